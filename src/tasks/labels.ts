import { checkOptions } from "../checks.ts";
import type { Parts } from "../data/hold-out.ts";
import { type Labelled, type Level, type Step, tokenize } from "../data/labelled.ts";
import { UnrolledError } from "../errors.ts";
import { labelTables } from "../models/labels/batches.ts";
import { Classifier } from "../models/labels/classifier.ts";
import type { LabelModel } from "../models/labels/model.ts";
import { defaultClassifierSpec, defaultTaggerSpec } from "../models/labels/spec.ts";
import { Tagger } from "../models/labels/tagger.ts";
import { evaluateLabels, type LabelEvaluation, LabelTrainer, labelRecipe } from "../models/labels/trainer.ts";
import type { ModelClass } from "../network/model.ts";
import { checkTrainable } from "./cut.ts";
import { checkSteps, readFor, readRun, readSentences, readTexts } from "./label-data.ts";
import { DEFAULT_MIN_COUNT } from "./parts.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { type TextSource, withContext } from "./source.ts";
import type { FormatOptions, NoOptions, OptionNames, RunData, Task } from "./task.ts";

/** An input to label: a text, a list of tokens or a list of vectors. */
type Input = string | readonly Step[];

/** A task whose models assign labels to their input. */
export interface LabelTask<M extends LabelModel, Inputs, Output, Names extends OptionNames>
  extends Task<M, LabelEvaluation, Names> {
  inputs(model: M, data: TextSource, options?: FormatOptions): Promise<Inputs[]>;
  predict(model: M, inputs: readonly Input[], options?: NoOptions): Output[];
}

/** Learns the label of a sequence. The model is a {@link Classifier}. */
export const classifierTask = /* @__PURE__ */ labelTask(
  Classifier,
  { format: ["labelFirst", "format", "cut"], data: ["level", "minCount"], evaluate: [] },
  defaultClassifierSpec,
  ({ spec }, data, options) => readTexts(spec, data, options),
  (model, inputs) => model.predict(inputs),
);

/** Learns the label of every step of a sequence. The model is a {@link Tagger}. */
export const taggerTask = /* @__PURE__ */ labelTask(
  Tagger,
  { format: ["tagColumn", "format", "cut"], data: ["minCount"], evaluate: [] },
  (_, features) => defaultTaggerSpec(features),
  (_, data, options) => readSentences(data, options),
  // If an input is a text, it is split into words at spaces and punctuation.
  (model, inputs) =>
    model.predict(inputs.map((input) => (typeof input === "string" ? tokenize(input, "word") : input))),
);

function labelTask<M extends LabelModel, Inputs, Output, const Names extends OptionNames>(
  Model: ModelClass<M>,
  options: Names,
  defaults: (level: Level, features: number) => M["spec"],
  inputs: LabelTask<M, Inputs, Output, Names>["inputs"],
  predict: LabelTask<M, Inputs, Output, Names>["predict"],
): LabelTask<M, Inputs, Output, Names> {
  const { task } = Model;
  return refuseUnknown({
    Model,
    options,
    // If there are few sentences, 12 epochs train a tagger too little. It then trains for 4000 iterations.
    defaultLength: () => (task === "tagger" ? { epochs: 12, iterations: 4000 } : { epochs: 30 }),
    defaultRecipe: () => labelRecipe(task),
    async read(sources, options) {
      const { level, features, hash, parts } = await readRun(task, sources, options);
      const data = async (spec: M["spec"], seed: number, minCount = DEFAULT_MIN_COUNT) => {
        checkSteps(features, spec.features, sources.data);
        return labelData(Model, spec, await parts(spec.level, seed), minCount);
      };
      return {
        hash,
        prepare: async (complete, seed) => {
          const spec = Model.schema().check(complete(defaults(options.level ?? level, features)), "spec");
          return data(spec, seed, options.minCount);
        },
        resume: async (spec, seed) => data(spec, seed),
      };
    },
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
    inputs,
    predict(model, inputs, options = {}) {
      checkOptions("predict", options as object, "");
      return predict(model, inputs);
    },
  } satisfies LabelTask<M, Inputs, Output, Names>);
}

function labelData<M extends LabelModel>(
  Model: ModelClass<M>,
  spec: M["spec"],
  { place, ...parts }: Parts<Labelled<Step>> & { place(i: number): string },
  minCount: number,
): RunData<M, LabelEvaluation> {
  return {
    model: (runtime) => Model.build(runtime, spec, labelTables(parts.train, spec, { minCount })),
    trainer(model, recipe) {
      checkTrainable(
        model,
        recipe,
        parts.train.map(({ tokens }) => [tokens.length]),
        place,
      );
      return new LabelTrainer(model, parts, recipe);
    },
  };
}
