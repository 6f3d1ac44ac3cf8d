import { checkObject, checkOptions } from "../checks.ts";
import type { Vector } from "../data/feature-scaling.ts";
import type { TextForm } from "../data/form.ts";
import type { Parts } from "../data/hold-out.ts";
import type { Level, Step } from "../data/labelled.ts";
import type { SequenceInput } from "../data/steps.ts";
import type { TokenSpec } from "../data/words.ts";
import { Autoencoder, type Reconstruction } from "../models/sequence-to-sequence/autoencoder.ts";
import {
  EncoderDecoder,
  sequencePair,
  type Translation,
} from "../models/sequence-to-sequence/encoder-decoder.ts";
import type { DecodeOptions } from "../models/sequence-to-sequence/model.ts";
import { PAIR_FORM, type SequencePair, TEXT_FORM } from "../models/sequence-to-sequence/pairs.ts";
import {
  evaluateReconstruction,
  type ReconstructionEvaluation,
  ReconstructionTrainer,
} from "../models/sequence-to-sequence/reconstruction.ts";
import {
  type AutoencoderSpec,
  defaultAutoencoderSpec,
  defaultEncoderDecoderSpec,
  type EncoderDecoderSpec,
  type HalvesSpec,
} from "../models/sequence-to-sequence/spec.ts";
import {
  evaluateSequences,
  type SequenceEvaluation,
  SequenceTrainer,
  sequenceRecipe,
} from "../models/sequence-to-sequence/trainer.ts";
import type { ModelClass } from "../network/model.ts";
import type { Evaluated } from "../train/evaluate.ts";
import type { Recipe } from "../train/recipe.ts";
import type { Trainer } from "../train/trainer.ts";
import { checkSteps } from "./check-steps.ts";
import { Cut, checkTrainable, withCutInputs } from "./cut.ts";
import { defineTask } from "./define-task.ts";
import { cutPart, hashOf } from "./hash.ts";
import { forValidation } from "./notes.ts";
import {
  DEFAULT_MIN_COUNT,
  type FirstFile,
  modelReads,
  type PlacedParts,
  partsOf,
  readExamples,
} from "./parts.ts";
import { hashParts, readingOf, TABLE_OPTIONS } from "./reading.ts";
import { type TextSource, withContext } from "./source.ts";
import type {
  DataOptions,
  EvaluateTaskOptions,
  FormatOptions,
  OptionNames,
  Reading,
  RunData,
  Task,
} from "./task.ts";
import { readTextExamples } from "./text-tables.ts";
import {
  checkTextOptions,
  completeTexts,
  isOneWord,
  noteUnknown,
  noteUnknownTexts,
  writtenTokens,
} from "./texts.ts";
import {
  findVectors,
  isText,
  readSequences,
  readVectorExamples,
  sizeOfSteps,
  type VectorForm,
} from "./vector-data.ts";

/** An example. Its source is a text or a list of vectors. For an autoencoder, source and target are the same. */
interface Line {
  readonly source: SequenceInput;
  readonly target: SequenceInput;
}

/** A model that writes a sequence for a text or for vectors. */
export type SequenceModel = EncoderDecoder | Autoencoder;

/** The quality of an autoencoder: that of texts, or of vectors. */
export type AutoencoderEvaluation = SequenceEvaluation | ReconstructionEvaluation;

type DataNames = OptionNames["data"];
type Pairs = readonly SequencePair<Step>[];

/** The members of a task that differ between encoder-decoders and autoencoders. */
interface Own<M extends SequenceModel, E extends Evaluated, P, Data extends DataNames = DataNames> {
  readonly Model: ModelClass<M>;
  /** Names of the options of `read`. */
  readonly data: Data;
  /** How texts are read. */
  readonly form: TextForm;
  /** How vectors are read. */
  readonly vectors: VectorForm;
  /** Returns a default spec that fits the lines. @param features numbers in a vector of a source; 0 if sources are texts */
  defaults(lines: readonly Line[], features: number, options: DataOptions): M["spec"];
  pair(line: Line, spec: M["spec"]): SequencePair<Step>;
  tables(pairs: Pairs, spec: M["spec"], minCount: number): M["tables"];
  trainer(model: M, parts: Parts<SequencePair<Step>>, recipe: Recipe): Trainer<M, E>;
  evaluate(model: M, pairs: Pairs, options: DecodeOptions): E;
  readonly blank: P;
  predict(model: M, inputs: readonly SequenceInput[], options?: DecodeOptions): P[];
}

const BLANK: Translation = { text: "", tokens: [], logProbability: 0 };

const OPTIONS = {
  format: [...TABLE_OPTIONS, "cut"],
  evaluate: ["beam", "maxLength", "lengthPenalty"],
} as const;

/** Learns to turn one sequence into another. The model is an {@link EncoderDecoder}. */
export const encoderDecoderTask = /* @__PURE__ */ sequenceTask({
  Model: EncoderDecoder,
  data: ["tokens", "minCount"],
  form: PAIR_FORM,
  vectors: {
    reader: "an encoder-decoder",
    example: '{"vectors": [[0.1, ...], ...], "target": "..."}',
    vectors: { option: "textColumn", names: ["vectors", "input", "source", "src"] },
    beside: {
      option: "labelColumn",
      names: ["target", "tgt", "output", "text", "transcript", "translation", "answer", "summary", "label"],
      kind: "text",
    },
  },
  defaults(lines, features) {
    const target = levelOf(lines.map(({ target }) => target as string));
    const source = features ? target : levelOf(lines.map(({ source }) => source as string));
    return defaultEncoderDecoderSpec(source, target, features);
  },
  pair({ source, target }, spec) {
    if (typeof source === "string") return sequencePair(source, target as string, spec);
    return { source, target: sequencePair("", target as string, spec).target };
  },
  tables: (pairs, spec, minCount) => EncoderDecoder.tablesOf(pairs, spec, minCount),
  trainer: (model, parts, recipe) => new SequenceTrainer(model, parts, recipe),
  evaluate: (model, pairs, options) => evaluateSequences(model, pairs, options),
  blank: BLANK,
  predict: (model, inputs, options) => model.predict(inputs, options),
});

const sourcesOf = (pairs: Pairs) => pairs.map(({ source }) => source);
const vectorsOf = (pairs: Pairs) => sourcesOf(pairs) as readonly (readonly Vector[])[];

/** Learns to turn a sequence into a vector, and the vector back into the sequence. The model is an {@link Autoencoder}. */
export const autoencoderTask = /* @__PURE__ */ sequenceTask({
  Model: Autoencoder,
  data: ["level", "tokens", "minCount"],
  form: TEXT_FORM,
  vectors: {
    reader: "an autoencoder",
    example: '{"vectors": [[0.1, ...], ...]}',
    vectors: { option: "textColumn", names: ["vectors", "input", "sequence"] },
  },
  defaults(lines, features, options) {
    const { level } = options;
    const found = () => (features ? undefined : levelOf(lines.map(({ source }) => source as string)));
    return defaultAutoencoderSpec(level ?? found(), features);
  },
  pair({ source }, spec) {
    if (typeof source !== "string") return { source, target: [] };
    const { level } = spec;
    return sequencePair(source, source, {
      ...spec,
      sourceLevel: level,
      targetLevel: level,
      lowerCase: false,
    });
  },
  tables: (pairs, spec, minCount) => Autoencoder.tablesOf(sourcesOf(pairs), spec, minCount),
  trainer(model, { train, validation }, recipe): Trainer<Autoencoder, AutoencoderEvaluation> {
    if (model.target) return new SequenceTrainer(model, { train, validation }, recipe);
    const parts = { train: vectorsOf(train), validation: vectorsOf(validation) };
    return new ReconstructionTrainer(model, parts, recipe);
  },
  evaluate(model, pairs, options) {
    if (model.target) return evaluateSequences(model, pairs, options);
    checkOptions("evaluate of vectors", options as object, "");
    return evaluateReconstruction(model, vectorsOf(pairs));
  },
  blank: { ...BLANK, vector: new Float32Array(), output: [], error: 0 } as Translation | Reconstruction,
  predict: (model, inputs, options) => model.predict(inputs, options),
});

type SequenceOptions<Data extends DataNames> = typeof OPTIONS & { readonly data: Data };

/** A task whose models write sequences. */
export interface SequenceTask<
  M extends SequenceModel,
  E extends Evaluated = Evaluated,
  P = unknown,
  Data extends DataNames = DataNames,
> extends Task<M, E, SequenceOptions<Data>> {
  inputs(model: M, data: TextSource, options?: FormatOptions): Promise<SequenceInput[]>;
  readonly blank: P;
  predict(model: M, inputs: readonly SequenceInput[], options?: DecodeOptions): P[];
}

function sequenceTask<M extends SequenceModel, E extends Evaluated, P, const Data extends DataNames>(
  own: Own<M, E, P, Data>,
): SequenceTask<M, E, P, Data> {
  const { Model } = own;
  const readLines = async (
    given: TextSource,
    format: FormatOptions,
    trained: Reading | undefined,
    first?: FirstFile,
  ) => {
    const { vectors, source, options } = await findVectors(given, own.vectors, format, trained, first);
    const line = (source?: SequenceInput, target = source): Line => ({ source: source!, target: target! });
    return vectors
      ? readVectorExamples(source, own.vectors, options, trained, line, first)
      : readTextExamples(source, own.form, options, { trained }, line, first);
  };
  return defineTask({
    Model,
    options: { ...OPTIONS, data: own.data },
    defaultLength: () => ({ epochs: 30 }),
    defaultRecipe: sequenceRecipe,
    async read(sources, options, resumed) {
      const lines = await readExamples(sources, options, resumed?.reading, readLines);
      const { reading } = lines;
      const features = featuresOf(lines.data);
      if (lines.validation) checkSteps(featuresOf(lines.validation), features, sources.validation!);
      const how = [...hashParts(lines.name, reading), ...cutPart(options)];
      return {
        hash: await (sources.validation || how.length ? hashOf(sources, ...how) : sources.data.hash()),
        reading,
        async prepare(complete, seed) {
          const parts = await partsOf(lines, seed);
          const texts = parts.train.flatMap(({ source, target }) => [source, target]).filter(isText);
          const targets = parts.train.map(({ target }) => target).filter(isText);
          const defaults = own.defaults(parts.train, features, options);
          checkTextOptions(options, complete, defaults);
          const found = targets.length ? () => writtenTokens(targets, options) : undefined;
          const completed = completeTexts(complete, defaults, texts, options, found);
          const spec = Model.schema().check(completed, "spec");
          checkSteps(features, spec.features, sources.data);
          return sequenceData(own, spec, parts, options);
        },
        async resume(spec, seed) {
          checkSteps(features, spec.features, sources.data);
          return sequenceData(own, spec, await partsOf(lines, seed), { ...options, minCount: undefined });
        },
      };
    },
    async evaluate(model, data, options = {}) {
      const known = modelReads(model.spec.features);
      const { examples } = await readLines(data, options, readingOf(model), known);
      checkSteps(featuresOf(examples), model.spec.features, data);
      const pairs = pairsOf(own, examples, model.spec, options);
      noteUnknown(
        options,
        model.source,
        pairs.map(({ source }) => source),
      );
      return withContext(data.name, () => own.evaluate(model, pairs, searchOptions(options)));
    },
    /** Reads the source of each line. */
    async inputFile(model: M, data: TextSource, options: FormatOptions = {}) {
      const file = await readSequences(data, own.form, own.vectors, model, options);
      noteUnknownTexts(options, model, file.inputs);
      return withCutInputs(file, options, (input, cut) => cut.input(input, sourceSpecOf(model.spec)));
    },
    blank: own.blank,
    predict: own.predict,
  } satisfies Omit<SequenceTask<M, E, P, Data>, "inputs">);
}

const featuresOf = ([first]: readonly Line[]): number => sizeOfSteps(first!.source);

function sequenceData<M extends SequenceModel, E extends Evaluated>(
  own: Own<M, E, unknown>,
  spec: M["spec"],
  { train, validation, place }: PlacedParts<Line>,
  options: DataOptions,
): RunData<M, E> {
  const { minCount = DEFAULT_MIN_COUNT } = options;
  const parts = {
    train: pairsOf(own, train, spec, options),
    validation: pairsOf(own, validation, spec, forValidation(options)),
  };
  return {
    model: (runtime) => {
      const model = own.Model.build(runtime, spec, own.tables(parts.train, spec, minCount));
      noteUnknown(
        forValidation(options),
        model.source,
        parts.validation.map(({ source }) => source),
      );
      return model;
    },
    trainer(model, recipe) {
      const steps = parts.train.map(({ source, target }) => [source.length, target.length] as const);
      const outputs = model.target?.size ?? spec.features;
      checkTrainable(model, recipe, { steps, outputs, place }, options.note);
      return own.trainer(model, parts, recipe);
    },
  };
}

/** Splits lines into tokens, and shortens sequences that are longer than the option `cut`. */
function pairsOf<M extends SequenceModel>(
  own: Pick<Own<M, Evaluated, unknown>, "pair">,
  lines: readonly Line[],
  spec: M["spec"],
  options: FormatOptions,
): SequencePair<Step>[] {
  const cut = new Cut(options);
  const pairs = lines.map((line) => {
    const { source, target } = own.pair(line, spec);
    return { source: cut.of(source), target: cut.of(target) };
  });
  cut.tell();
  return pairs;
}

/** Returns how the source of a model is cut into tokens. */
const sourceSpecOf = (spec: HalvesSpec): TokenSpec => ({
  ...spec,
  level: (spec as EncoderDecoderSpec).sourceLevel ?? (spec as AutoencoderSpec).level,
});

/**
 * Returns the options of the beam search. Leaves out options that are undefined.
 *
 * @param options the options of an evaluation
 */
export function searchOptions(options: EvaluateTaskOptions): DecodeOptions {
  const { beam, maxLength, lengthPenalty } = checkObject("searchOptions", options);
  return {
    ...(beam !== undefined && { beam }),
    ...(maxLength !== undefined && { maxLength }),
    ...(lengthPenalty !== undefined && { lengthPenalty }),
  };
}

/**
 * Chooses characters or words as tokens. Characters are chosen if at least half of the texts are single words, as in spelling
 * tasks, or of a script without spaces between words. Characters are also chosen if most words have digits. The model must then
 * write numbers that it has never seen. It can write them digit by digit, but not as words, because an unseen word is not in the
 * vocabulary.
 */
function levelOf(texts: readonly string[]): Level {
  const several = texts.filter((text) => !isOneWord(text)).length;
  const words = texts.flatMap((text) => text.split(/\s+/));
  const numbers = words.filter((word) => /\d/.test(word)).length;
  return several <= texts.length / 2 || numbers > words.length / 2 ? "char" : "word";
}
