import { holdOut } from "../data/hold-out.ts";
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
  SEQUENCE_RECIPE,
  type SequenceEvaluation,
  SequenceTrainer,
} from "../models/sequence-to-sequence/trainer.ts";
import type { ModelClass } from "../network/model.ts";
import { DEFAULT_MIN_COUNT } from "./labels.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { readAll, withContext } from "./source.ts";
import type { DataOptions, EvaluateTaskOptions, Sources, Task, TaskData } from "./task.ts";

/** Two texts of a line; of an autoencoder the same twice. */
interface Line {
  readonly source: string;
  readonly target: string;
}

/** A model that writes what follows from a text. */
type Model = SequenceToSequence & Pick<EncoderDecoder | Autoencoder, "predict">;

/** What encoder-decoders and autoencoders do in their own way. */
interface Own<M extends Model> {
  readonly kind: ModelClass<M>;
  read(chunks: TextChunks, name: string): AsyncIterable<Line>;
  /** Fits the texts. */
  defaults(lines: readonly Line[], options: DataOptions): M["spec"];
  pair(line: Line, spec: M["spec"]): SequencePair;
  tables(pairs: readonly SequencePair[], spec: M["spec"], minCount: number): M["tables"];
}

export const encoderDecoderTask = /* @__PURE__ */ sequenceTask<EncoderDecoder>({
  kind: EncoderDecoder,
  read: readPairs,
  defaults: (lines) =>
    defaultEncoderDecoderSpec(
      levelOf(lines.map(({ source }) => source)),
      levelOf(lines.map(({ target }) => target)),
    ),
  pair: ({ source, target }, spec) => sequencePair(source, target, spec),
  tables: (pairs, spec, minCount) => EncoderDecoder.tablesOf(pairs, spec, minCount),
});

export const autoencoderTask = /* @__PURE__ */ sequenceTask<Autoencoder>({
  kind: Autoencoder,
  read: readSequences,
  defaults: (lines, { level }) => defaultAutoencoderSpec(level ?? levelOf(lines.map(({ source }) => source))),
  pair: ({ source }, spec) =>
    sequencePair(source, source, { sourceLevel: spec.level, targetLevel: spec.level, lowerCase: false }),
  tables: (pairs, spec, minCount) =>
    Autoencoder.tablesOf(
      pairs.map(({ source }) => source),
      spec,
      minCount,
    ),
});

interface SequenceTask<M extends Model> extends Task<M, SequenceEvaluation> {
  predict(model: M, texts: readonly string[], options?: DecodeOptions): Translation[];
}

function sequenceTask<M extends Model>(own: Own<M>): SequenceTask<M> {
  const { kind } = own;
  return refuseUnknown({
    kind,
    length: () => ({ epochs: 30 }),
    recipe: () => SEQUENCE_RECIPE,
    async newData(sources, complete, options, seed) {
      const parts = await readParts(own, sources, seed);
      const spec = kind.checkSpec(complete(own.defaults(parts.train, options)));
      return sequenceData(own, spec, parts, options.minCount);
    },
    sameData: async (sources, spec, _, seed) => sequenceData(own, spec, await readParts(own, sources, seed)),
    async evaluate(model, data, options = {}) {
      const lines = await readAll(data, own.read);
      const pairs = lines.map((line) => own.pair(line, model.spec));
      return withContext(data.name, () => evaluateSequences(model, pairs, searchOptions(options)));
    },
    predict: (model, texts, options) => model.predict(texts, options),
  } satisfies SequenceTask<M>);
}

/** Lines of the data and of those to validate with; without these, a tenth of the former by the seed. */
async function readParts<M extends Model>({ read }: Own<M>, { data, validation }: Sources, seed: number) {
  const lines = await readAll(data, read);
  const hash = await data.hash();
  if (!validation) return { ...holdOut(lines, seed), hash };
  const held = await readAll(validation, read);
  return { train: lines, validation: held, hash: `${hash} ${await validation.hash()}` };
}

function sequenceData<M extends Model>(
  own: Own<M>,
  spec: M["spec"],
  { train, validation, hash }: Awaited<ReturnType<typeof readParts>>,
  minCount = DEFAULT_MIN_COUNT,
): TaskData<M, SequenceEvaluation> {
  const pairs = (lines: readonly Line[]) => lines.map((line) => own.pair(line, spec));
  const parts = { train: pairs(train), validation: pairs(validation) };
  return {
    hash,
    model: (runtime) => own.kind.build(runtime, spec, own.tables(parts.train, spec, minCount)),
    trainer: (model, recipe) => new SequenceTrainer(model, parts, recipe),
  };
}

/** How targets are searched for; what was not asked for is left out. */
export function searchOptions({ beam, maxLength, lengthPenalty }: EvaluateTaskOptions): DecodeOptions {
  return {
    ...(beam !== undefined && { beam }),
    ...(maxLength !== undefined && { maxLength }),
    ...(lengthPenalty !== undefined && { lengthPenalty }),
  };
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
