import { checkOptions } from "../checks.ts";
import { type Level, type Step, tokenize } from "../data/labelled.ts";
import { UnrolledError } from "../errors.ts";
import { labelTables } from "../models/labels/batches.ts";
import { Classifier } from "../models/labels/classifier.ts";
import type { LabelModel } from "../models/labels/model.ts";
import { defaultClassifierSpec, defaultTaggerSpec, type LabelSpec } from "../models/labels/spec.ts";
import { Tagger } from "../models/labels/tagger.ts";
import { evaluateLabels, type LabelEvaluation, LabelTrainer, labelRecipe } from "../models/labels/trainer.ts";
import type { ModelClass } from "../network/model.ts";
import { checkSteps, readFor, readParts } from "./label-data.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { withContext } from "./source.ts";
import type { Sources, Task, TaskData } from "./task.ts";

/** Words and characters that occur less often in the training part are unknown: so the unknown symbol is learnt. */
export const DEFAULT_MIN_COUNT = 2;

/** What is labelled: a text, or its tokens, or vectors. */
type Input = string | readonly Step[];

interface LabelTask<M extends LabelModel, Output> extends Task<M, LabelEvaluation> {
  predict(model: M, inputs: readonly Input[], options?: object): Output[];
}

export const classifierTask = /* @__PURE__ */ labelTask(
  Classifier,
  defaultClassifierSpec,
  (model: Classifier, inputs) => model.predict(inputs),
);

export const taggerTask = /* @__PURE__ */ labelTask(
  Tagger,
  (_, features) => defaultTaggerSpec(features),
  // The words of a text are found at spaces and punctuation.
  (model: Tagger, inputs) =>
    model.predict(inputs.map((input) => (typeof input === "string" ? tokenize(input, "word") : input))),
);

function labelTask<M extends LabelModel, Output>(
  kind: ModelClass<M>,
  defaults: (level: Level, features: number) => M["spec"],
  predict: LabelTask<M, Output>["predict"],
): LabelTask<M, Output> {
  const task = kind.task;
  return refuseUnknown({
    kind,
    // Few sentences need more epochs.
    length: () => (task === "tagger" ? { epochs: 12, iterations: 4000 } : { epochs: 30 }),
    recipe: () => labelRecipe(task),
    async newData(sources, complete, options, seed) {
      const parts = await readParts(task, sources, options, seed);
      const spec = kind.checkSpec(complete(defaults(options.level ?? parts.level, parts.features)));
      return labelData(kind, spec, sources, parts, options.minCount);
    },
    sameData: async (sources, spec, options, seed) =>
      labelData(kind, spec, sources, await readParts(task, sources, options, seed)),
    async evaluate(model, data, options = {}) {
      const examples = await readFor(model.spec, data, options);
      if (!examples.some(({ labels }) => labels.some((label) => model.labels.has(label)))) {
        throw new UnrolledError(
          "ERR_DATA",
          `${data.name}: the model knows none of the labels; is it the right file?`,
        );
      }
      return withContext(data.name, () => evaluateLabels(model, examples));
    },
    predict(model, inputs, options = {}) {
      checkOptions("predict", options, "");
      return predict(model, inputs);
    },
  } satisfies LabelTask<M, Output>);
}

function labelData<M extends LabelModel>(
  kind: ModelClass<M>,
  spec: LabelSpec,
  { data }: Sources,
  { features, hash, as }: Awaited<ReturnType<typeof readParts>>,
  minCount = DEFAULT_MIN_COUNT,
): TaskData<M, LabelEvaluation> {
  checkSteps(features, spec.features, data);
  const parts = as(spec.level);
  return {
    hash,
    model: (runtime) => kind.build(runtime, spec, labelTables(parts.train, spec, { minCount })),
    trainer: (model, recipe) => new LabelTrainer(model, parts, recipe) as never,
  };
}
