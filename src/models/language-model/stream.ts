import { checkOptions } from "../../checks.ts";
import type { Vocabulary } from "../../data/vocabulary.ts";
import { wordJoiner } from "../../data/words.ts";
import { UnrolledError } from "../../errors.ts";
import type { FeedForwardStream, PackedFeedForward } from "../../nn/packed-feed-forward.ts";
import type { PackedRecurrent } from "../../nn/packed-recurrent.ts";
import type { RecurrentStream, StreamState } from "../../nn/stream.ts";
import { Random } from "../../runtime/random.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { LanguageModel } from "./model.ts";
import type { LanguageModelSpec } from "./spec.ts";
import { encodeText } from "./text.ts";

/** How symbols are drawn. */
export interface SamplingOptions {
  /** Logits are divided by it: below 1 more cautious, above 1 more varied; 0 always takes the likeliest. Default 1. */
  temperature?: number;
  /** Draw from the likeliest k symbols only; default 0, all. */
  topK?: number;
  /** Draw from the likeliest symbols whose probabilities reach p together only; default 1, all. */
  topP?: number;
}

export interface GenerateOptions extends SamplingOptions {
  /** Text that the model reads first; default none. */
  prompt?: string;
  /** Symbols to generate; default 500. A model of words and lines stops before, at the end of a sentence. */
  length?: number;
  /** Seed of the draws, default 1: the same seed gives the same text. */
  seed?: number;
}

const SAMPLING_NAMES = "temperature topK topP";
export const GENERATE_NAMES = `${SAMPLING_NAMES} prompt length seed` as const;

/** How likely a model holds a text to be. */
export interface Score {
  readonly text: string;
  /** Sum of the natural logarithms of the symbols' conditional probabilities. */
  readonly logProbability: number;
  /** exp(-logProbability / tokens). */
  readonly perplexity: number;
  /** Symbols that were predicted, with those that end lines or sentences. */
  readonly tokens: number;
  /** Of each symbol, in their order, the logarithm of its probability after those before it. */
  readonly conditionals: readonly { readonly symbol: string; readonly logProbability: number }[];
}

/** Beyond it nothing changes any more, but its inverse would be 0 in float32 and times -Infinity no number. */
const HOTTEST = 1e30;

/** A language model's weights packed once; any number of streams read them. Freed by `dispose`. */
export class PackedLanguageModel {
  readonly runtime: Runtime;
  readonly vocabulary: Vocabulary;
  readonly spec: LanguageModelSpec;
  readonly recurrent: PackedRecurrent;
  readonly head: PackedFeedForward;
  #disposed = false;

  constructor(model: LanguageModel) {
    const { runtime, vocabulary, rnn, head, embedding } = model;
    this.runtime = runtime;
    this.vocabulary = vocabulary;
    this.spec = model.spec;
    [this.recurrent, this.head] = runtime.frame(() => [
      rnn.pack({ tokens: embedding?.weight ?? true }),
      head.pack(),
    ]);
  }

  stream(): LanguageModelStream {
    return new LanguageModelStream(this);
  }

  /**
   * Text, symbol by symbol; words with the spaces between them. The unknown symbol is never drawn.
   *
   * @throws ERR_DATA for a prompt with characters that the model never saw (words may be unknown), ERR_VALUE for other options;
   * both at once
   */
  generate(options: GenerateOptions = {}): Generator<string, void, undefined> {
    checkOptions("generate", options, GENERATE_NAMES);
    checkSampling(options);
    const { prompt = "" } = options;
    const unknown = this.spec.level === "char" ? this.vocabulary.unknownIn(prompt) : [];
    if (unknown.length) {
      const shown = unknown.map((character) => JSON.stringify(character)).join(" ");
      throw new UnrolledError("ERR_DATA", `the prompt has characters that the model never saw: ${shown}`);
    }
    return this.#symbols(options, this.#encode(prompt), new Random(options.seed ?? 1));
  }

  *#symbols(
    { length = 500, temperature, topK, topP }: GenerateOptions,
    prompt: Int32Array,
    random: Random,
  ): Generator<string, void> {
    const { symbols, endId } = this.vocabulary;
    const { level, lines } = this.spec;
    const words = level === "word";
    const join = words ? wordJoiner() : String;
    // A sentence that the prompt leaves open goes on.
    const read = words ? prompt.subarray(0, -1) : prompt;
    const stream = this.#begin(!read.length);
    try {
      for (const token of read) {
        stream.feed(token);
        join(symbols[token]!);
      }
      const sampling = { temperature, topK, topP };
      for (let i = 0; i < length; i++) {
        const token = stream.draw(random, sampling);
        if (words && lines && token === endId) return;
        yield join(symbols[token]!);
        stream.feed(token);
      }
    } finally {
      stream.dispose();
    }
  }

  /**
   * The probability of a text as the product of its conditionals. It begins as after the end of a line or sentence, or from a zero
   * state where the model knows no lines, and sentences and lines have to end: the last `<EOS>`, or newline of a model of lines,
   * counts. Unknown symbols count as `<UNK>`.
   *
   * @throws ERR_DATA for a text without symbols, ERR_NAN
   */
  score(text: string): Score {
    const ids = [...this.#encode(text)];
    if (!ids.length) throw new UnrolledError("ERR_DATA", `${JSON.stringify(text)} has no symbols to score`);
    const { symbols, endId } = this.vocabulary;
    if (this.spec.lines && ids.at(-1) !== endId) ids.push(endId!);
    const stream = this.#begin(true);
    try {
      const conditionals = ids.map((token) => {
        const logProbability = stream.logProbability(token);
        stream.feed(token);
        return { symbol: symbols[token]!, logProbability };
      });
      const tokens = ids.length;
      const logProbability = conditionals.reduce((sum, one) => sum + one.logProbability, 0);
      return { text, logProbability, perplexity: Math.exp(-logProbability / tokens), tokens, conditionals };
    } finally {
      stream.dispose();
    }
  }

  /** `score` of each candidate, the likeliest first. @throws as `score` */
  rank(texts: readonly string[]): Score[] {
    return texts.map((text) => this.score(text)).sort((a, b) => b.logProbability - a.logProbability);
  }

  #encode(text: string): Int32Array {
    return encodeText(text, this.spec, this.vocabulary);
  }

  /** A stream at the beginning of a line or sentence; `fresh`: also where the text is one, if it has any. */
  #begin(fresh: boolean): LanguageModelStream {
    const { endId } = this.vocabulary;
    const stream = this.stream();
    if (endId !== null && (fresh || this.spec.lines || this.spec.level === "word")) stream.feed(endId);
    return stream;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.recurrent.dispose();
    this.head.dispose();
  }
}

/** What a stream reads of packed weights. */
export type StreamWeights = Pick<PackedLanguageModel, "runtime" | "vocabulary" | "recurrent" | "head"> & {
  readonly spec: Pick<LanguageModelSpec, "lines">;
};

/** One text that is read or written symbol by symbol; a step allocates nothing. Freed by `dispose`. */
export class LanguageModelStream {
  readonly #model: StreamWeights;
  readonly #stream: RecurrentStream;
  readonly #head: FeedForwardStream;
  readonly #token = new Int32Array(1);
  readonly #work: number;
  /** What begins every line from a zero state; null where the text is one sequence. */
  readonly #lineStart: number | null;
  /** Options that were checked: the same ones come for every symbol. */
  #checked: SamplingOptions | undefined;
  #disposed = false;

  constructor(model: StreamWeights) {
    this.#model = model;
    this.#lineStart = model.spec.lines ? model.vocabulary.endId : null;
    [this.#stream, this.#head, this.#work] = model.runtime.frame(() => [
      model.recurrent.stream(),
      model.head.stream(),
      model.runtime.allocate(Math.max(5, 2 * model.vocabulary.size)),
    ]);
    this.#predict();
  }

  /** Reads one symbol: afterwards the logits are those of the symbol that follows it. */
  feed(token: number): void {
    if (token === this.#lineStart) this.#stream.reset();
    this.#token[0] = token;
    this.#stream.step(this.#token);
    this.#predict();
  }

  /** Logits of the next symbol [V], a copy; before the first symbol those of the zero state. */
  logits(): Float32Array {
    return this.#view().slice();
  }

  /** Natural logarithm of the probability that `token` comes next. @throws ERR_VALUE, ERR_NAN */
  logProbability(token: number): number {
    const { runtime, vocabulary } = this.#model;
    const { size } = vocabulary;
    if (!(Number.isInteger(token) && token >= 0 && token < size)) {
      throw new UnrolledError("ERR_VALUE", `symbol ${token}, expected a whole number from 0 to ${size - 1}`);
    }
    this.#view();
    const [loss, kept, lse, target] = [0, 4, 8, 16].map((at) => this.#work + at) as [
      number,
      number,
      number,
      number,
    ];
    runtime.ints(target, 1)[0] = token;
    runtime.kernels.cross_entropy_forward(loss, kept, lse, this.#head.outputPtr, target, 0, 1, size, -1, 0);
    const nats = runtime.floats(loss, 1)[0]!;
    if (Number.isNaN(nats)) throw damaged();
    return -nats;
  }

  /** Draws the next symbol, without reading it. The unknown symbol is never drawn. @throws ERR_VALUE, ERR_NAN */
  draw(random: Random, options: SamplingOptions = {}): number {
    if (options !== this.#checked) this.#checked = checkOptions("draw", options, SAMPLING_NAMES);
    checkSampling(options);
    const { temperature = 1, topK = 0, topP = 1 } = options;
    const { kernels } = this.#model.runtime;
    const { size: V, unknownId } = this.#model.vocabulary;
    const heat = Math.min(temperature, HOTTEST);
    const logits = this.#view();
    const unknown = unknownId === null ? 0 : logits[unknownId]!;
    if (unknownId !== null) logits[unknownId] = Number.NEGATIVE_INFINITY;
    const block = random.take(1);
    const token = kernels.sample(
      this.#head.outputPtr,
      V,
      heat,
      Math.min(topK, V),
      topP,
      this.#work,
      random.seed,
      block,
    );
    if (unknownId !== null) logits[unknownId] = unknown;
    if (token < 0) throw damaged();
    return token;
  }

  /** The state, copied out; assigning one goes back to it. */
  get state(): StreamState {
    return this.#stream.state;
  }

  set state(state: StreamState) {
    this.#stream.state = state;
    this.#predict();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#stream.dispose();
    this.#head.dispose();
    this.#model.runtime.free(this.#work);
  }

  #predict(): void {
    this.#head.run(this.#stream.outputPtr);
  }

  #view(): Float32Array {
    this.#stream.assertUsable();
    return this.#model.runtime.floats(this.#head.outputPtr, this.#model.vocabulary.size);
  }
}

const damaged = () =>
  new UnrolledError("ERR_NAN", "the model's logits are not finite: its weights are damaged");

/** @throws ERR_VALUE */
export function checkSampling({
  temperature = 1,
  topK = 0,
  topP = 1,
  length = 0,
}: SamplingOptions & { length?: number }): void {
  const fail = (problem: string): never => {
    throw new UnrolledError("ERR_VALUE", problem);
  };
  if (!(temperature >= 0)) fail(`temperature is ${temperature}, expected at least 0`);
  if (!(Number.isSafeInteger(topK) && topK >= 0)) {
    fail(`topK is ${topK}, expected a whole number from 0 (all) on`);
  }
  if (!(topP > 0 && topP <= 1)) fail(`topP is ${topP}, expected above 0 to 1`);
  if (!(length >= 0)) fail(`length is ${length}, expected at least 0`);
}
