import {
  createRuntime,
  defaultEncoderDecoderSpec,
  EncoderDecoder,
  holdOut,
  loadModel,
  type SequencePair,
  SequenceTrainer,
  sequencePair,
  serializeModel,
} from "unrolled";
import { inLab, type LabOptions, type Progress } from "./lab.ts";
import { below, type Random } from "./random.ts";
import type { CurvePoint } from "./training.ts";

/** A source and its target, such as "abc" and "cba". */
export type TextPair = readonly [source: string, target: string];

/** Options of {@link attentionLesson}. */
export interface AttentionOptions extends LabOptions<AttentionProgress> {
  /** Pairs of texts, such as dates written in words and in digits; default: random words and the same words in reverse. */
  readonly pairs?: readonly TextPair[];
  /** Iterations of training for each network; default 800. */
  readonly iterations?: number;
  /** Number of hidden units; default 48. */
  readonly hidden?: number;
  /** Sources whose attention is shown; default: some of the held-out pairs. */
  readonly examples?: readonly string[];
}

/** One of the two networks, as far as it is trained. */
export interface TranslatorResult {
  readonly attention: boolean;
  readonly parameters: number;
  readonly curve: readonly CurvePoint[];
  /** Share of the held-out targets that are written without an error, by length of the source, in the order of `lengths`. */
  readonly exact: readonly number[];
}

/** What can be shown while the networks train. */
export interface AttentionProgress extends Progress {
  readonly lengths: readonly number[];
  readonly translators: readonly TranslatorResult[];
}

/** What a network wrote for an example. */
export interface AttentionExample {
  readonly source: readonly string[];
  readonly target: string;
  /** What the network without attention writes. */
  readonly without: string;
  /** What the network with attention writes, and the end symbol. */
  readonly written: readonly string[];
  /** α<t, t'>: the weight of each source symbol t' for each written symbol t, and for the end symbol. [T_y + 1, T_x], rows have the sum 1. */
  readonly weights: readonly (readonly number[])[];
}

/** The result of {@link attentionLesson}. */
export interface AttentionResult {
  readonly lengths: readonly number[];
  /** The network without attention, then that with it. */
  readonly translators: readonly TranslatorResult[];
  readonly examples: readonly AttentionExample[];
  /** The model files, without and with attention, for {@link translate}. */
  readonly models: readonly [without: Uint8Array, withAttention: Uint8Array];
}

const LETTERS = "abcdefgh";
const [SHORTEST, LONGEST, WORDS] = [2, 12, 1500];
const BATCH = 32;
/** Largest number of held-out pairs of each length. */
const TESTED = 40;

/** Draws words of 2 to 12 letters, each with its reverse. */
export function reversedWords(random: Random): TextPair[] {
  return Array.from({ length: WORDS }, () => {
    const length = SHORTEST + below(random, LONGEST - SHORTEST + 1);
    const letters = Array.from({ length }, () => LETTERS[below(random, LETTERS.length)]!);
    return [letters.join(""), letters.reverse().join("")];
  });
}

/** Stands for the end symbol in {@link AttentionExample.written}. */
export const END = "<EOS>";

/** Groups pairs by the length of their source, from the shortest on, and keeps at most `TESTED` of each. */
function testsByLength(pairs: readonly SequencePair[]): Map<number, SequencePair[]> {
  const lengths = [...new Set(pairs.map(({ source }) => source.length))].sort((a, b) => a - b);
  const some = (length: number) => pairs.filter(({ source }) => source.length === length).slice(0, TESTED);
  return new Map(lengths.map((length) => [length, some(length)]));
}

/** Returns the share of pairs whose target the model writes without an error. */
function shareExact(model: EncoderDecoder, pairs: readonly SequencePair[]): number {
  const written = model.write(pairs.map(({ source }) => source));
  const isRight = (pair: SequencePair, i: number) => written[i]!.tokens.join("") === pair.target.join("");
  return pairs.filter(isRight).length / pairs.length;
}

/**
 * Trains two encoder-decoders, one without and one with attention, to write a word in reverse. Without attention, the last state of the
 * encoder alone is the decoder's a<0>, so a long word has to fit into one vector. With it, each written letter has a context
 * c<t> = Σ α<t, t'> a<t'> of all states of the encoder, α = softmax of the scores (dot products, Luong et al. 2015;
 * docs/course-notes.md, "Sequence to sequence"). Both have the same sizes and the same data.
 *
 * @throws ERR_DATA if a source or target is empty, or there are too few pairs to hold some out
 */
export function attentionLesson(options: AttentionOptions = {}): Promise<AttentionResult> {
  const { seed = 1, iterations = 800, hidden = 48 } = options;
  return inLab(options, async (lab) => {
    const pairs = options.pairs ?? reversedWords(lab.random);
    const base = {
      ...defaultEncoderDecoderSpec("char", "char"),
      cell: "gru" as const,
      hidden,
      layers: 1,
      embedding: 16,
      dropout: 0,
      inputDropout: 0,
    };
    const parts = holdOut(
      pairs.map(([source, target]) => sequencePair(source, target, base)),
      seed,
    );
    const tests = testsByLength(parts.validation);
    const lengths = [...tests.keys()];
    const firsts = [...tests.values()].map(([first]) => first!.source.join(""));
    const sources = options.examples ?? firsts;
    const translators: TranslatorResult[] = [];
    const models: EncoderDecoder[] = [];
    lab.reportNow({ share: 0, lengths, translators });
    for (const [n, kind] of (["none", "dot"] as const).entries()) {
      const spec = { ...base, attention: kind };
      const model = new EncoderDecoder(lab.rt, spec, EncoderDecoder.tablesOf(parts.train, spec));
      const trainer = new SequenceTrainer(model, parts, {
        batch: BATCH,
        lr: 0.01,
        schedule: "linear",
        lrDecayOver: iterations,
        average: 0,
        seed,
      });
      const curve: CurvePoint[] = [];
      const result = (exact: readonly number[]): TranslatorResult => ({
        attention: kind === "dot",
        parameters: model.parameterCount,
        curve: [...curve],
        exact,
      });
      for (let i = 1; i <= iterations; i++) {
        const loss = trainer.step();
        if (i % 5 === 0) curve.push({ iteration: i, loss });
        lab.report(() => ({
          share: (n + i / iterations) / 2,
          lengths,
          translators: [...translators, result([])],
        }));
        await lab.pause();
      }
      trainer.dispose();
      const exact: number[] = [];
      for (const some of tests.values()) {
        exact.push(shareExact(model, some));
        await lab.pause();
      }
      translators.push(result(exact));
      models.push(model);
    }
    lab.reportNow({ share: 1, lengths, translators });
    const right = new Map(pairs);
    const [without, withIt] = models as [EncoderDecoder, EncoderDecoder];
    const examples = exampleOf(without, withIt, sources, (source) => right.get(source) ?? "");
    return { lengths, translators, examples, models: [serializeModel(without), serializeModel(withIt)] };
  });
}

function exampleOf(
  without: EncoderDecoder,
  withIt: EncoderDecoder,
  sources: readonly string[],
  targetOf: (source: string) => string,
): AttentionExample[] {
  const plain = without.predict(sources);
  return withIt.predict(sources, { attention: true }).map(({ tokens, attention }, i) => ({
    source: withIt.tokens(sources[i]!),
    target: targetOf(sources[i]!),
    without: plain[i]!.text,
    written: [...tokens, END],
    weights: attention!.map((row) => [...row]),
  }));
}

/** Options of {@link translate}. */
export interface TranslateOptions {
  readonly models: AttentionResult["models"];
  readonly source: string;
}

/** Writes one text in reverse with both trained networks. */
export async function translate({ models, source }: TranslateOptions): Promise<AttentionExample> {
  const rt = await createRuntime({ variant: "strict" });
  try {
    const [without, withIt] = models.map((bytes) => loadModel(rt, bytes, [EncoderDecoder]));
    return exampleOf(without!, withIt!, [source], () => [...source].reverse().join(""))[0]!;
  } finally {
    rt.dispose();
  }
}
