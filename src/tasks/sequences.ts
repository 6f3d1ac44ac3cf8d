import { checkObject } from "../checks.ts";
import type { TextForm } from "../data/form.ts";
import type { Level } from "../data/labelled.ts";
import type { TokenSpec } from "../data/words.ts";
import { Autoencoder } from "../models/sequence-to-sequence/autoencoder.ts";
import {
  EncoderDecoder,
  sequencePair,
  type Translation,
} from "../models/sequence-to-sequence/encoder-decoder.ts";
import type { DecodeOptions, SequenceToSequence } from "../models/sequence-to-sequence/model.ts";
import { PAIR_FORM, type SequencePair, TEXT_FORM } from "../models/sequence-to-sequence/pairs.ts";
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
import { Cut, checkTrainable, withCutInputs } from "./cut.ts";
import { defineTask } from "./define-task.ts";
import { cutPart, hashOf } from "./hash.ts";
import { forValidation } from "./notes.ts";
import { DEFAULT_MIN_COUNT, type PlacedParts, partsOf, readExamples } from "./parts.ts";
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
import { readTextExamples, readTextInputs } from "./text-tables.ts";
import { completeTexts, isOneWord, noteUnknown, noteUnknownTexts, writtenTokens } from "./texts.ts";

/** The two texts of a line. For an autoencoder, the two texts are equal. */
interface Line {
  readonly source: string;
  readonly target: string;
}

/** A model that maps a text to a text. */
export type SequenceModel = SequenceToSequence & Pick<EncoderDecoder | Autoencoder, "predict" | "tokens">;

type DataNames = OptionNames["data"];

/** The members of a task that differ between encoder-decoders and autoencoders. */
interface Own<M extends SequenceModel, Data extends DataNames = DataNames> {
  readonly Model: ModelClass<M>;
  /** Names of the options of `read`. */
  readonly data: Data;
  readonly form: TextForm;
  /** Returns a default spec that fits the lines. */
  defaults(lines: readonly Line[], options: DataOptions): M["spec"];
  pair(line: Line, spec: M["spec"]): SequencePair;
  tables(pairs: readonly SequencePair[], spec: M["spec"], minCount: number): M["tables"];
}

const OPTIONS = {
  format: [...TABLE_OPTIONS, "cut"],
  evaluate: ["beam", "maxLength", "lengthPenalty"],
} as const;

/** Learns to turn one sequence into another. The model is an {@link EncoderDecoder}. */
export const encoderDecoderTask = /* @__PURE__ */ sequenceTask({
  Model: EncoderDecoder,
  data: ["tokens", "minCount"],
  form: PAIR_FORM,
  defaults: (lines) =>
    defaultEncoderDecoderSpec(
      levelOf(lines.map(({ source }) => source)),
      levelOf(lines.map(({ target }) => target)),
    ),
  pair: ({ source, target }, spec) => sequencePair(source, target, spec),
  tables: (pairs, spec, minCount) => EncoderDecoder.tablesOf(pairs, spec, minCount),
});

/** Learns to turn a sequence into a vector, and the vector back into the sequence. The model is an {@link Autoencoder}. */
export const autoencoderTask = /* @__PURE__ */ sequenceTask({
  Model: Autoencoder,
  data: ["level", "tokens", "minCount"],
  form: TEXT_FORM,
  defaults: (lines, { level }) => defaultAutoencoderSpec(level ?? levelOf(lines.map(({ source }) => source))),
  pair: ({ source }, spec) =>
    sequencePair(source, source, {
      ...spec,
      sourceLevel: spec.level,
      targetLevel: spec.level,
      lowerCase: false,
    }),
  tables: (pairs, spec, minCount) =>
    Autoencoder.tablesOf(
      pairs.map(({ source }) => source),
      spec,
      minCount,
    ),
});

type SequenceOptions<Data extends DataNames> = typeof OPTIONS & { readonly data: Data };

/** A task whose models write sequences. */
export interface SequenceTask<M extends SequenceModel, Data extends DataNames = DataNames>
  extends Task<M, SequenceEvaluation, SequenceOptions<Data>> {
  inputs(model: M, data: TextSource, options?: FormatOptions): Promise<string[]>;
  readonly blank: Translation;
  predict(model: M, texts: readonly string[], options?: DecodeOptions): Translation[];
}

function sequenceTask<M extends SequenceModel, const Data extends DataNames>(
  own: Own<M, Data>,
): SequenceTask<M, Data> {
  const { Model } = own;
  const readLines = (source: TextSource, format: FormatOptions, trained: Reading | undefined) =>
    readTextExamples(
      source,
      own.form,
      format,
      { trained },
      (source, target = source): Line => ({
        source: source!,
        target: target!,
      }),
    );
  return defineTask({
    Model,
    options: { ...OPTIONS, data: own.data },
    defaultLength: () => ({ epochs: 30 }),
    defaultRecipe: sequenceRecipe,
    async read(sources, options, resumed) {
      const lines = await readExamples(sources, options, resumed?.reading, readLines);
      const { reading } = lines;
      const how = [...hashParts(lines.name, reading), ...cutPart(options)];
      return {
        hash: await (sources.validation || how.length ? hashOf(sources, ...how) : sources.data.hash()),
        reading,
        async prepare(complete, seed) {
          const parts = await partsOf(lines, seed);
          const targets = parts.train.map(({ target }) => target);
          const texts = parts.train.flatMap(({ source, target }) => [source, target]);
          const spec = completeTexts(complete, own.defaults(parts.train, options), texts, options, () =>
            writtenTokens(targets, options),
          );
          return sequenceData(own, Model.schema().check(spec, "spec"), parts, options);
        },
        resume: async (spec, seed) =>
          sequenceData(own, spec, await partsOf(lines, seed), { ...options, minCount: undefined }),
      };
    },
    async evaluate(model, data, options = {}) {
      const { examples } = await readLines(data, options, readingOf(model));
      const pairs = pairsOf(own, examples, model.spec, options);
      noteUnknown(
        options,
        model.source,
        pairs.map(({ source }) => source),
      );
      return withContext(data.name, () => evaluateSequences(model, pairs, searchOptions(options)));
    },
    /** Reads the source text of each line. */
    async inputFile(model: M, data: TextSource, options: FormatOptions = {}) {
      const file = await readTextInputs(data, own.form, 0, options, { trained: readingOf(model) });
      noteUnknownTexts(options, model, file.inputs);
      return withCutInputs(file, options, (text, cut) => cut.text(text, sourceSpecOf(model.spec)));
    },
    blank: { text: "", tokens: [], logProbability: 0 },
    predict: (model, texts, options) => model.predict(texts, options),
  } satisfies Omit<SequenceTask<M, Data>, "inputs">);
}

function sequenceData<M extends SequenceModel>(
  own: Own<M>,
  spec: M["spec"],
  { train, validation, place }: PlacedParts<Line>,
  options: DataOptions,
): RunData<M, SequenceEvaluation> {
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
      checkTrainable(model, recipe, { steps, outputs: model.target.size, place }, options.note);
      return new SequenceTrainer(model, parts, recipe);
    },
  };
}

/** Splits lines into tokens, and shortens sequences that are longer than the option `cut`. */
function pairsOf<M extends SequenceModel>(
  own: Own<M>,
  lines: readonly Line[],
  spec: M["spec"],
  options: FormatOptions,
): SequencePair[] {
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
