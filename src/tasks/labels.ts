import { checkOptions } from "../checks.ts";
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
import { defineTask } from "./define-task.ts";
import { checkSteps, readFor, readRun, readSentencesToTag, readTextsToLabel } from "./label-data.ts";
import { DEFAULT_MIN_COUNT, type PlacedParts } from "./parts.ts";
import { TABLE_OPTIONS } from "./reading.ts";
import { type TextSource, withContext } from "./source.ts";
import type { FormatOptions, InputFile, NoOptions, OptionNames, RunData, Task } from "./task.ts";

/** An input to label: a text, a list of tokens or a list of vectors. */
type Input = string | readonly Step[];

/** A task whose models assign labels to their input. */
export interface LabelTask<M extends LabelModel, I extends Input, Output, Names extends OptionNames>
  extends Task<M, LabelEvaluation, Names> {
  inputs(model: M, data: TextSource, options?: FormatOptions): Promise<I[]>;
  inputFile(model: M, data: TextSource, options?: FormatOptions): Promise<InputFile<I>>;
  readonly blank: Output;
  predict(model: M, inputs: readonly Input[], options?: NoOptions): Output[];
}

/** Learns the label of a sequence. The model is a {@link Classifier}. */
export const classifierTask = /* @__PURE__ */ labelTask(
  Classifier,
  { format: ["labelFirst", ...TABLE_OPTIONS, "cut"], data: ["level", "minCount"], evaluate: [] },
  defaultClassifierSpec,
  readTextsToLabel,
  { label: "", probability: 0, probabilities: {} },
  (model, inputs) => model.predict(inputs),
);

/** Learns the label of every step of a sequence. The model is a {@link Tagger}. */
export const taggerTask = /* @__PURE__ */ labelTask(
  Tagger,
  { format: ["format", "header", "tokenColumn", "tagColumn", "cut"], data: ["minCount"], evaluate: [] },
  (_, features) => defaultTaggerSpec(features),
  readSentencesToTag,
  [],
  // If an input is a text, it is split into words at spaces and punctuation.
  (model, inputs) =>
    model.predict(inputs.map((input) => (typeof input === "string" ? tokenize(input, "word") : input))),
);

function labelTask<M extends LabelModel, I extends Input, Output, const Names extends OptionNames>(
  Model: ModelClass<M>,
  options: Names,
  defaults: (level: Level, features: number) => M["spec"],
  inputFile: LabelTask<NoInfer<M>, I, NoInfer<Output>, Names>["inputFile"],
  blank: NoInfer<Output>,
  predict: LabelTask<M, I, Output, Names>["predict"],
): LabelTask<M, I, Output, Names> {
  const { task } = Model;
  return defineTask({
    Model,
    options,
    // If there are few sentences, 12 epochs train a tagger too little. It then trains for 4000 iterations.
    defaultLength: () => (task === "tagger" ? { epochs: 12, iterations: 4000 } : { epochs: 30 }),
    defaultRecipe: () => labelRecipe(task),
    async read(sources, options, resumed) {
      const run = await readRun(task, sources, options, resumed?.reading);
      const { level, features, hash, reading, parts } = run;
      const data = async (spec: M["spec"], seed: number, minCount = DEFAULT_MIN_COUNT) => {
        checkSteps(features, spec.features, sources.data);
        const divided = await parts(spec.level, seed);
        checkSeveral(task, divided.train, sources.data);
        return labelData(Model, spec, divided, minCount);
      };
      return {
        hash,
        reading,
        prepare: async (complete, seed) => {
          const spec = Model.schema().check(complete(defaults(options.level ?? level, features)), "spec");
          return data(spec, seed, options.minCount);
        },
        resume: async (spec, seed) => data(spec, seed),
      };
    },
    async evaluate(model, data, options = {}) {
      const examples = await readFor(model, data, options);
      if (!examples.some(({ labels }) => labels.some((label) => model.labels.has(label)))) {
        throw new UnrolledError(
          "ERR_DATA",
          `${data.name}: the model knows none of the labels; is it the right file?`,
        );
      }
      return withContext(data.name, () => evaluateLabels(model, examples));
    },
    inputFile,
    blank,
    predict(model, inputs, options = {}) {
      checkOptions("predict", options as object, "");
      return predict(model, inputs);
    },
  } satisfies Omit<LabelTask<M, I, Output, Names>, "inputs">);
}

/** Checks that there is something to learn. @throws ERR_DATA naming the source if all its labels are equal */
function checkSeveral(
  task: LabelModel["spec"]["task"],
  examples: readonly Labelled<Step>[],
  { name }: TextSource,
): void {
  const first = examples[0]!.labels[0]!;
  if (examples.some(({ labels }) => labels.some((label) => label !== first))) return;
  const label = JSON.stringify(first.slice(0, 60));
  throw new UnrolledError(
    "ERR_DATA",
    task === "tagger"
      ? `${name}: all tokens have the tag ${label}, expected at least two tags; is the tag in another column (--tag-column)?`
      : `${name}: all examples have the label ${label}, expected at least two labels; is the label in another column (--label-column), or before the text (--label-first)?`,
  );
}

function labelData<M extends LabelModel>(
  Model: ModelClass<M>,
  spec: M["spec"],
  { place, ...parts }: PlacedParts<Labelled<Step>>,
  minCount: number,
): RunData<M, LabelEvaluation> {
  return {
    model: (runtime) => Model.build(runtime, spec, labelTables(parts.train, spec, { minCount })),
    trainer(model, recipe) {
      const steps = parts.train.map(({ tokens }) => [tokens.length] as const);
      checkTrainable(model, recipe, steps, place);
      return new LabelTrainer(model, parts, recipe);
    },
  };
}
