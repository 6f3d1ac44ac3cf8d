import type { Parts } from "../data/hold-out.ts";
import type { Level } from "../data/labelled.ts";
import { numberedLines, type TextChunks } from "../data/lines.ts";
import { Autoencoder } from "../models/sequence-to-sequence/autoencoder.ts";
import {
  EncoderDecoder,
  sequencePair,
  type Translation,
} from "../models/sequence-to-sequence/encoder-decoder.ts";
import type { DecodeOptions, SequenceToSequence } from "../models/sequence-to-sequence/model.ts";
import { readPairs, type SequencePair } from "../models/sequence-to-sequence/pairs.ts";
import { defaultAutoencoderSpec, defaultEncoderDecoderSpec } from "../models/sequence-to-sequence/spec.ts";
import {
  evaluateSequences,
  type SequenceEvaluation,
  SequenceTrainer,
  sequenceRecipe,
} from "../models/sequence-to-sequence/trainer.ts";
import type { ModelClass } from "../network/model.ts";
import { hashOf } from "./hash.ts";
import { DEFAULT_MIN_COUNT, type Examples, partsOf, readBoth } from "./parts.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { readAll, type TextSource, withContext } from "./source.ts";
import type { DataOptions, EvaluateTaskOptions, FormatOptions, OptionNames, RunData, Task } from "./task.ts";
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
  read(chunks: TextChunks, name: string): AsyncIterable<Line>;
  /** Returns a default spec that fits the lines. */
  defaults(lines: readonly Line[], options: DataOptions): M["spec"];
  pair(line: Line, spec: M["spec"]): SequencePair;
  tables(pairs: readonly SequencePair[], spec: M["spec"], minCount: number): M["tables"];
}

const OPTIONS = { format: [], evaluate: ["beam", "maxLength", "lengthPenalty"] } as const;

/** Learns to turn one sequence into another. The model is an {@link EncoderDecoder}. */
export const encoderDecoderTask = /* @__PURE__ */ sequenceTask({
  Model: EncoderDecoder,
  data: ["tokens", "minCount"],
  read: readPairs,
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
  read: readSequences,
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
  predict(model: M, texts: readonly string[], options?: DecodeOptions): Translation[];
}

function sequenceTask<M extends SequenceModel, const Data extends DataNames>(
  own: Own<M, Data>,
): SequenceTask<M, Data> {
  const { Model } = own;
  const readLines = (source: TextSource) => readAll(source, own.read);
  return refuseUnknown({
    Model,
    options: { ...OPTIONS, data: own.data },
    defaultLength: () => ({ epochs: 30 }),
    defaultRecipe: sequenceRecipe,
    async read(sources, options) {
      const lines: Examples<readonly Line[]> = await readBoth(sources, readLines);
      return {
        hash: await (sources.validation ? hashOf(sources) : sources.data.hash()),
        async prepare(complete, seed) {
          const parts = await partsOf(lines, seed);
          const targets = parts.train.map(({ target }) => target);
          const texts = parts.train.flatMap(({ source, target }) => [source, target]);
          const spec = completeTexts(complete, own.defaults(parts.train, options), texts, options, () =>
            writtenTokens(targets, options),
          );
          return sequenceData(own, Model.schema().check(spec, "spec"), parts, options, options.minCount);
        },
        resume: async (spec, seed) => sequenceData(own, spec, await partsOf(lines, seed), options),
      };
    },
    async evaluate(model, data, options = {}) {
      const lines = await readLines(data);
      const pairs = lines.map((line) => own.pair(line, model.spec));
      noteUnknown(
        options,
        model.source,
        pairs.map(({ source }) => source),
      );
      return withContext(data.name, () => evaluateSequences(model, pairs, searchOptions(options)));
    },
    /** Reads the source text of each line. */
    async inputs(model, data, options = {}) {
      const texts = await readAll(data, readSources);
      noteUnknownTexts(options, model, texts);
      return texts;
    },
    predict: (model, texts, options) => model.predict(texts, options),
  } satisfies SequenceTask<M, Data>);
}

function sequenceData<M extends SequenceModel>(
  own: Own<M>,
  spec: M["spec"],
  { train, validation }: Parts<Line>,
  options: FormatOptions,
  minCount = DEFAULT_MIN_COUNT,
): RunData<M, SequenceEvaluation> {
  const pairs = (lines: readonly Line[]) => lines.map((line) => own.pair(line, spec));
  const parts = { train: pairs(train), validation: pairs(validation) };
  return {
    model: (runtime) => {
      const model = own.Model.build(runtime, spec, own.tables(parts.train, spec, minCount));
      noteUnknown(
        options,
        model.source,
        parts.validation.map(({ source }) => source),
        "validation: ",
      );
      return model;
    },
    trainer: (model, recipe) => new SequenceTrainer(model, parts, recipe),
  };
}

/**
 * Returns the options of the beam search. Leaves out options that are undefined.
 *
 * @param options the options of an evaluation
 */
export function searchOptions({ beam, maxLength, lengthPenalty }: EvaluateTaskOptions): DecodeOptions {
  return {
    ...(beam !== undefined && { beam }),
    ...(maxLength !== undefined && { maxLength }),
    ...(lengthPenalty !== undefined && { lengthPenalty }),
  };
}

/** Reads one sequence per line and skips blank lines. */
async function* readSequences(chunks: TextChunks): AsyncGenerator<Line> {
  for await (const [, line] of numberedLines(chunks)) {
    const source = line.trim();
    if (source) yield { source, target: source };
  }
}

/** Reads the source text of each line. Ignores target texts. */
async function* readSources(chunks: TextChunks): AsyncGenerator<string> {
  for await (const [, line] of numberedLines(chunks)) {
    if (line.trim()) yield line.split("\t", 1)[0]!.trim();
  }
}

/**
 * Chooses characters or words as tokens. Characters are chosen if at least half of the texts are single words, as in spelling
 * tasks, or of a script without spaces between words. Characters are also chosen if most words have digits. The model must then write numbers that it has never seen. It can
 * write them digit by digit, but not as words, because an unseen word is not in the vocabulary.
 */
function levelOf(texts: readonly string[]): Level {
  const several = texts.filter((text) => !isOneWord(text)).length;
  const words = texts.flatMap((text) => text.split(/\s+/));
  const numbers = words.filter((word) => /\d/.test(word)).length;
  return several <= texts.length / 2 || numbers > words.length / 2 ? "char" : "word";
}
