import { holdOut } from "../../data/hold-out.ts";
import type { Level } from "../../data/labelled.ts";
import { numberedLines, type TextChunks } from "../../data/lines.ts";
import { readPairs, type SequencePair } from "../../data/pairs.ts";
import { Autoencoder } from "../../models/autoencoder.ts";
import { EncoderDecoder, sequencePair, type Translation } from "../../models/encoder-decoder.ts";
import { defaultAutoencoderSpec, defaultEncoderDecoderSpec } from "../../models/encoder-decoder-spec.ts";
import type { SequenceToSequence } from "../../models/sequence-to-sequence.ts";
import type { ModelClass } from "../../models/task-model.ts";
import {
  evaluateSequences,
  SEQUENCE_RECIPE,
  type SequenceEvaluation,
  SequenceTrainer,
} from "../../train/sequence-trainer.ts";
import { about, openText, readAll } from "../files.ts";
import type { PredictFlags, TrainFlags } from "../flags.ts";
import { percent, thousands } from "../progress.ts";
import { recipeFrom } from "../recipe-flags.ts";
import { specFrom } from "../spec-flags.ts";
import { DEFAULT_MIN_COUNT } from "./label-flags.ts";
import { searchOptions } from "./pair-flags.ts";
import type { Prediction, TaskCommands, TaskData } from "./task-commands.ts";

/** Two texts of a line; of an autoencoder the same twice. */
interface Line {
  readonly source: string;
  readonly target: string;
}

/** What encoder-decoders and autoencoders do in their own way. */
interface Own<M extends SequenceToSequence> {
  readonly kind: ModelClass<M>;
  read(chunks: TextChunks, file: string): AsyncIterable<Line>;
  /** Fits the texts. */
  defaults(lines: readonly Line[]): M["spec"];
  pair(line: Line, spec: M["spec"]): SequencePair;
  tables(pairs: readonly SequencePair[], spec: M["spec"], minCount: number): M["tables"];
  write(model: M, texts: readonly string[], flags: PredictFlags): Translation[];
  /** Fields of a prediction for programs, besides those of the search. */
  fields?(model: M, text: string): object;
}

export const encoderDecoder = sequenceTask<EncoderDecoder>({
  kind: EncoderDecoder,
  read: readPairs,
  defaults: (lines) =>
    defaultEncoderDecoderSpec(
      levelOf(lines.map(({ source }) => source)),
      levelOf(lines.map(({ target }) => target)),
    ),
  pair: ({ source, target }, spec) => sequencePair(source, target, spec),
  tables: EncoderDecoder.tablesOf,
  write: (model, texts, flags) =>
    model.predict(texts, { ...searchOptions(flags), attention: flags.json ?? false }),
});

export const autoencoder = sequenceTask<Autoencoder>({
  kind: Autoencoder,
  read: readSequences,
  defaults: (lines) => defaultAutoencoderSpec(levelOf(lines.map(({ source }) => source))),
  pair: ({ source }, spec) =>
    sequencePair(source, source, { sourceLevel: spec.level, targetLevel: spec.level, lowerCase: false }),
  tables: (pairs, spec, minCount) =>
    Autoencoder.tablesOf(
      pairs.map(({ source }) => source),
      spec,
      minCount,
    ),
  write: (model, texts, flags) => model.predict(texts, searchOptions(flags)),
  fields: (model, text) => ({ vector: [...model.encode([text])[0]!] }),
});

function sequenceTask<M extends SequenceToSequence>(own: Own<M>): TaskCommands<M, SequenceEvaluation> {
  const { kind } = own;
  const read = async (file: string) => {
    const { chunks, hash } = openText(file);
    return { lines: await readAll(file, own.read(chunks, file)), hash: hash() };
  };
  /** Lines of `--data` and of `--validation`; without it, a tenth of the former by the seed. */
  const readParts = async ({ data, validation }: TrainFlags, seed: number) => {
    const all = await read(data);
    if (validation === undefined) return { ...holdOut(all.lines, seed), hash: all.hash };
    const held = await read(validation);
    return { train: all.lines, validation: held.lines, hash: `${all.hash} ${held.hash}` };
  };
  const dataOf = (
    { train, validation, hash }: Awaited<ReturnType<typeof readParts>>,
    spec: M["spec"],
    minCount = DEFAULT_MIN_COUNT,
  ): TaskData<M, SequenceEvaluation> => {
    const pairs = (lines: readonly Line[]) => lines.map((line) => own.pair(line, spec));
    const parts = { train: pairs(train), validation: pairs(validation) };
    return {
      hash,
      model: (runtime) => kind.build(runtime, spec, own.tables(parts.train, spec, minCount)),
      trainer: (model, recipe) => new SequenceTrainer(model, parts, recipe),
    };
  };
  return {
    kind,
    unit: "tokens",
    loss: "nats",
    target: "token",
    length: { epochs: 30 },
    recipe: (flags, command) => recipeFrom(SEQUENCE_RECIPE, flags, command),
    async newData(flags, command, seed) {
      const parts = await readParts(flags, seed);
      const spec = kind.checkSpec(specFrom(own.defaults(parts.train), flags, command));
      return dataOf(parts, spec, flags.minCount);
    },
    sameData: async (flags, spec, seed) => dataOf(await readParts(flags, seed), spec),
    scores: ({ exact, tokenErrorRate, bleu }) => ({ exact, token_error_rate: tokenErrorRate, bleu }),
    note: ({ exact, tokenErrorRate, bleu }) =>
      `${percent(exact)} exact, token error rate ${percent(tokenErrorRate)}, BLEU ${percent(bleu)}`,
    async evaluate(model, flags) {
      const { lines } = await read(flags.data);
      const pairs = lines.map((line) => own.pair(line, model.spec));
      const result = await about(flags.data, () => evaluateSequences(model, pairs, searchOptions(flags)));
      if (!flags.json) {
        const count = thousands(result.sequences);
        console.log(`${count} sequences: ${this.note(result)}, ${result.nats.toFixed(4)} nats a token`);
      }
      return { ...this.scores(result), nats: result.nats, sequences: result.sequences };
    },
    predict: (model, texts, flags) => predictions(own, model, texts, flags),
  };
}

async function* predictions<M extends SequenceToSequence>(
  own: Own<M>,
  model: M,
  texts: readonly string[],
  flags: PredictFlags,
): AsyncGenerator<Prediction> {
  const { data } = flags;
  const inputs = data === undefined ? texts : await readAll(data, sourcesOf(data));
  const written = await about(data ?? "predict", () => own.write(model, inputs, flags));
  for (const [i, { text: output, tokens, logProbability, attention }] of written.entries()) {
    const text = inputs[i]!;
    yield {
      get json() {
        const weights = attention && { attention: attention.map((row) => [...row]) };
        const more = own.fields?.(model, text);
        return { text, output, tokens, log_probability: logProbability, ...weights, ...more };
      },
      text: output,
    };
  }
}

/** The sources of a file's lines, without the targets that may stand beside them. */
async function* sourcesOf(file: string): AsyncGenerator<string> {
  for await (const [, line] of numberedLines(openText(file).chunks)) {
    if (line.trim()) yield line.split("\t", 1)[0]!.trim();
  }
}

/** One sequence a line; blank lines are left out. */
async function* readSequences(chunks: TextChunks): AsyncGenerator<Line> {
  for await (const [, line] of numberedLines(chunks)) {
    const source = line.trim();
    if (source) yield { source, target: source };
  }
}

/** What tokens should be: characters where most texts are a single word, or most words have digits. */
function levelOf(texts: readonly string[]): Level {
  const several = texts.filter((text) => /\s/.test(text)).length;
  const words = texts.flatMap((text) => text.split(/\s+/));
  const numbers = words.filter((word) => /\d/.test(word)).length;
  return several <= texts.length / 2 || numbers > words.length / 2 ? "char" : "word";
}
