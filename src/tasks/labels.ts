import { checkOptions } from "../checks.ts";
import { labelCell, labelSet } from "../data/label-set.ts";
import type { Labelled, Level, Step } from "../data/labelled.ts";
import type { TokenSpec } from "../data/words.ts";
import { UnrolledError } from "../errors.ts";
import { labelTables } from "../models/labels/batches.ts";
import { Classifier } from "../models/labels/classifier.ts";
import type { LabelModel } from "../models/labels/model.ts";
import { defaultClassifierSpec, defaultTaggerSpec, type TaggerRule } from "../models/labels/spec.ts";
import { Tagger } from "../models/labels/tagger.ts";
import { taggerCutOf } from "../models/labels/tagger-rule.ts";
import { evaluateLabels, type LabelEvaluation, LabelTrainer, labelRecipe } from "../models/labels/trainer.ts";
import type { ModelClass } from "../network/model.ts";
import { checkSteps } from "./check-steps.ts";
import { checkTrainable } from "./cut.ts";
import { defineTask } from "./define-task.ts";
import { readFor, readRun } from "./label-data.ts";
import { readSentencesToTag, readTextsToLabel } from "./label-inputs.ts";
import { forValidation } from "./notes.ts";
import { DEFAULT_MIN_COUNT, type PlacedParts } from "./parts.ts";
import { TABLE_OPTIONS } from "./reading.ts";
import { type TextSource, withContext } from "./source.ts";
import type { DataOptions, FormatOptions, InputFile, NoOptions, OptionNames, RunData, Task } from "./task.ts";
import {
  areUnspaced,
  checkTextOptions,
  completeTexts,
  noteUnknown,
  noteUnknownTexts,
  noteUnspaced,
} from "./texts.ts";

/** An input to label: a text, a list of tokens or a list of vectors. */
type Input = string | readonly Step[];

/** A tagger or a classifier. */
export type TextLabelModel = LabelModel & Pick<Classifier | Tagger, "tokens">;

/** A task whose models assign labels to their input. */
export interface LabelTask<
  M extends TextLabelModel,
  Inputs,
  Output,
  Names extends OptionNames,
  Options extends object,
> extends Task<M, LabelEvaluation, Names> {
  inputs(model: M, data: TextSource, options?: FormatOptions): Promise<Inputs[]>;
  inputFile(model: M, data: TextSource, options?: FormatOptions): Promise<InputFile<Inputs>>;
  readonly blank: Output;
  predict(model: M, inputs: readonly Input[], options?: Options): Output[];
}

/** Options of `predict` of a tagger. */
export interface TagOptions {
  /** How texts are cut into tokens; default: as `spec.tokens` says. `spaces` is for texts that are cut already. */
  readonly tokens?: TaggerRule | undefined;
}

/** Learns the label of a sequence. The model is a {@link Classifier}. */
export const classifierTask = /* @__PURE__ */ labelTask(
  Classifier,
  {
    format: ["labelFirst", ...TABLE_OPTIONS, "cut"],
    data: ["level", "tokens", "minCount", "multiLabel"],
    evaluate: [],
  },
  ({ level, features, texts }, options) => {
    // Sentences of a script without spaces are read as characters, but by a network for sentences.
    const unspaced = options.level === undefined && areUnspaced(texts);
    if (!unspaced) return defaultClassifierSpec(options.level ?? level, features);
    noteUnspaced(options);
    return { ...defaultClassifierSpec("word"), level };
  },
  readTextsToLabel,
  { label: "", probability: 0, probabilities: {} },
  (model, inputs, options: NoOptions = {}) => {
    checkOptions("predict", options as object, "");
    return model.predict(inputs);
  },
);

/** The rules by which a tagger cuts texts, in words, except the usual rule. */
const CUTS: Partial<Record<TaggerRule, string>> = {
  edges: "at spaces, with punctuation marks cut off both ends of a word",
  spaces: "at spaces",
  graphemes: "into characters",
  characters: "into characters",
};

/** Learns the label of every step of a sequence. The model is a {@link Tagger}. */
export const taggerTask = /* @__PURE__ */ labelTask(
  Tagger,
  {
    format: ["format", "header", "tokenColumn", "tagColumn", "cut"],
    data: ["tokens", "minCount", "multiLabel"],
    evaluate: [],
  },
  ({ features, sentences }, options) => {
    const spec = defaultTaggerSpec(features);
    if (features || options.tokens) return spec;
    const cut = taggerCutOf(
      sentences(spec).map(({ tokens }) => tokens),
      spec,
    );
    const how = CUTS[cut.tokens];
    if (how)
      options.note?.(
        `predict will cut texts ${how}, as the training sentences are cut (tokens ${cut.tokens})`,
      );
    return { ...spec, ...cut };
  },
  readSentencesToTag,
  [],
  // If an input is a text, it is cut as the training sentences were.
  (model, inputs, options: TagOptions = {}) => {
    const { tokens } = checkOptions("predict", options, "tokens");
    return model.predict(
      inputs.map((input) => (typeof input === "string" ? model.tokens(input, tokens) : input)),
    );
  },
);

/** What is known of the data when the spec of a new model is made. */
interface LabelFacts {
  readonly level: Level;
  readonly features: number;
  readonly texts: readonly string[];
  sentences(spec: TokenSpec): readonly Labelled<Step>[];
}

function labelTask<
  M extends TextLabelModel,
  Inputs extends Input,
  Output,
  const Names extends OptionNames,
  Options extends object,
>(
  Model: ModelClass<M>,
  options: Names,
  defaults: (data: LabelFacts, options: DataOptions) => M["spec"],
  inputFile: LabelTask<NoInfer<M>, Inputs, NoInfer<Output>, Names, Options>["inputFile"],
  blank: NoInfer<Output>,
  predict: LabelTask<M, Inputs, Output, Names, Options>["predict"],
): LabelTask<M, Inputs, Output, Names, Options> {
  const { task } = Model;
  return defineTask({
    Model,
    options,
    // If there are few sentences, 12 epochs train a tagger too little. It then trains for 4000 iterations.
    defaultLength: () => (task === "tagger" ? { epochs: 12, iterations: 4000 } : { epochs: 30 }),
    defaultRecipe: () => labelRecipe(task),
    async read(sources, options, resumed) {
      const multiLabel = resumed ? resumed.spec.multiLabel : (options.multiLabel ?? false);
      const read = await readRun(task, sources, options, multiLabel, resumed?.reading);
      const data = async (spec: M["spec"], seed: number, minCount = DEFAULT_MIN_COUNT) => {
        checkSteps(read.features, spec.features, sources.data);
        checkMultiLabel(spec.multiLabel, multiLabel);
        const parts = await read.parts(spec, seed);
        checkSeveral(spec, parts.train, sources.data);
        return labelData(Model, spec, parts, minCount, options);
      };
      return {
        hash: read.hash,
        reading: read.reading,
        prepare: async (complete, seed) => {
          const sentences = () =>
            read.sentences({ normalForm: "none" }).map(({ tokens }) => tokens.join(" "));
          const texts = task === "tagger" && !read.features ? sentences() : read.texts;
          const standard = { ...defaults(read, options), multiLabel };
          checkTextOptions(options, complete, standard);
          const spec = completeTexts(complete, standard, texts, options);
          return data(Model.schema().check(spec, "spec"), seed, options.minCount);
        },
        resume: async (spec, seed) => data(spec, seed),
      };
    },
    async evaluate(model, data, options = {}) {
      const examples = await readFor(model, data, options);
      const cells = examples.flatMap(({ labels }) => labels);
      const labels = model.spec.multiLabel ? cells.flatMap(labelSet) : cells;
      if (labels.length && !labels.some((label) => model.labels.has(label))) {
        throw new UnrolledError(
          "ERR_DATA",
          `${data.name}: the model knows none of the labels; is it the right file?`,
        );
      }
      noteUnknown(
        options,
        model.vocabulary,
        examples.map(({ tokens }) => tokens),
      );
      return withContext(data.name, () => evaluateLabels(model, examples));
    },
    async inputFile(model, data, options = {}) {
      const file = await inputFile(model, data, options);
      noteUnknownTexts(options, model, file.inputs);
      return file;
    },
    blank,
    predict,
  } satisfies Omit<LabelTask<M, Inputs, Output, Names, Options>, "inputs">);
}

/** @throws ERR_VALUE if the labels were not read as the spec says */
function checkMultiLabel(spec: boolean, read: boolean): void {
  if (spec === read) return;
  throw new UnrolledError(
    "ERR_VALUE",
    `spec.multiLabel is ${spec}, but the labels are read with the option multiLabel ${read}; set the option, from which the spec follows`,
  );
}

/** Checks that there is something to learn. @throws ERR_DATA naming the source if all its labels or sets of labels are equal */
function checkSeveral(
  { task, multiLabel }: LabelModel["spec"],
  examples: readonly Labelled<Step>[],
  { name }: TextSource,
): void {
  const cells = examples.flatMap(({ labels }) => labels);
  const targets = multiLabel ? cells.map((cell) => labelCell(labelSet(cell).sort())) : cells;
  const first = targets[0]!;
  if (targets.some((target) => target !== first)) return;
  const [each, noun, elsewhere] =
    task === "tagger"
      ? ["tokens", "tag", "another column (--tag-column)"]
      : ["examples", "label", "another column (--label-column), or before the text (--label-first)"];
  const shown = JSON.stringify(first.slice(0, 60));
  const problem = !multiLabel
    ? `all ${each} have the ${noun} ${shown}, expected at least two ${noun}s`
    : first === "[]"
      ? `all ${each} have the empty set of ${noun}s, expected at least two sets`
      : `all ${each} have the same set of ${noun}s, ${shown}, expected at least two sets`;
  throw new UnrolledError("ERR_DATA", `${name}: ${problem}; is the ${noun} in ${elsewhere}?`);
}

function labelData<M extends LabelModel>(
  Model: ModelClass<M>,
  spec: M["spec"],
  { place, ...parts }: PlacedParts<Labelled<Step>>,
  minCount: number,
  options: FormatOptions,
): RunData<M, LabelEvaluation> {
  return {
    model: (runtime) => {
      const tables = labelTables(parts.train, spec, { minCount });
      noteUnknown(
        forValidation(options),
        tables.vocabulary,
        parts.validation.map(({ tokens }) => tokens),
      );
      return Model.build(runtime, spec, tables);
    },
    trainer(model, recipe) {
      const steps = parts.train.map(({ tokens }) => [tokens.length] as const);
      const outputs = model.targetPer === "step" ? model.labels.size : 0;
      checkTrainable(model, recipe, { steps, outputs, place }, options.note);
      return new LabelTrainer(model, parts, recipe);
    },
  };
}
