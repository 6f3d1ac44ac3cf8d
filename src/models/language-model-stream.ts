import type { Vocabulary } from "../data/vocabulary.ts";
import { UnrolledError } from "../errors.ts";
import type { FeedForwardStream, PackedFeedForward } from "../nn/packed-feed-forward.ts";
import type { PackedRecurrent } from "../nn/packed-recurrent.ts";
import type { RecurrentStream, StreamState } from "../nn/stream.ts";
import { Random } from "../runtime/random.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { LanguageModel } from "./language-model.ts";

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
  /** Symbols to generate; default 500. */
  length?: number;
  /** Seed of the draws, default 1: the same seed gives the same text. */
  seed?: number;
}

/** Beyond it nothing changes any more, but its inverse would be 0 in float32 and times -Infinity no number. */
const HOTTEST = 1e30;

/** A language model's weights packed once; any number of streams read them. Freed by `dispose`. */
export class PackedLanguageModel {
  readonly runtime: Runtime;
  readonly vocabulary: Vocabulary;
  readonly recurrent: PackedRecurrent;
  readonly head: PackedFeedForward;
  /** Id of the newline, which begins every line from a zero state; undefined where the text is one sequence. */
  readonly lineStart: number | undefined;
  #disposed = false;

  constructor(model: LanguageModel) {
    const { runtime, vocabulary, rnn, head, embedding } = model;
    this.runtime = runtime;
    this.vocabulary = vocabulary;
    this.lineStart = model.spec.lines ? vocabulary.encode("\n")[0] : undefined;
    [this.recurrent, this.head] = runtime.frame(() => [
      rnn.pack({ tokens: embedding?.weight ?? true }),
      head.pack(),
    ]);
  }

  stream(): LanguageModelStream {
    return new LanguageModelStream(this);
  }

  /**
   * Text, symbol by symbol. The unknown symbol is never drawn.
   *
   * @throws ERR_DATA for a prompt with characters that the model never saw, ERR_VALUE for other options; both at once
   */
  generate(options: GenerateOptions = {}): Generator<string, void, undefined> {
    checkSampling(options);
    const unknown = this.vocabulary.unknownIn(options.prompt ?? "");
    if (unknown.length) {
      const shown = unknown.map((character) => JSON.stringify(character)).join(" ");
      throw new UnrolledError("ERR_DATA", `the prompt has characters that the model never saw: ${shown}`);
    }
    return this.#symbols(options, new Random(options.seed ?? 1));
  }

  *#symbols({ prompt, length = 500, ...sampling }: GenerateOptions, random: Random): Generator<string, void> {
    const { symbols } = this.vocabulary;
    const stream = this.stream();
    try {
      // A line, and a text without a prompt, begins as after a newline, where the vocabulary has one.
      const begin = this.lineStart !== undefined || (!prompt && this.vocabulary.has("\n"));
      for (const token of this.vocabulary.encode(`${begin ? "\n" : ""}${prompt ?? ""}`)) stream.feed(token);
      for (let i = 0; i < length; i++) {
        const token = stream.draw(random, sampling);
        yield symbols[token]!;
        stream.feed(token);
      }
    } finally {
      stream.dispose();
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.recurrent.dispose();
    this.head.dispose();
  }
}

/** One text that is read or written symbol by symbol; a step allocates nothing. Freed by `dispose`. */
export class LanguageModelStream {
  readonly #model: PackedLanguageModel;
  readonly #stream: RecurrentStream;
  readonly #head: FeedForwardStream;
  readonly #token = new Int32Array(1);
  readonly #work: number;
  #disposed = false;

  constructor(model: PackedLanguageModel) {
    this.#model = model;
    [this.#stream, this.#head, this.#work] = model.runtime.frame(() => [
      model.recurrent.stream(),
      model.head.stream(),
      model.runtime.allocate(2 * model.vocabulary.size),
    ]);
    this.#predict();
  }

  /** Reads one symbol: afterwards the logits are those of the symbol that follows it. */
  feed(token: number): void {
    if (token === this.#model.lineStart) this.#stream.reset();
    this.#token[0] = token;
    this.#stream.step(this.#token);
    this.#predict();
  }

  /** Logits of the next symbol [V], a copy; before the first symbol those of the zero state. */
  logits(): Float32Array {
    return this.#view().slice();
  }

  /** Draws the next symbol, without reading it. The unknown symbol is never drawn. @throws ERR_VALUE, ERR_NAN */
  draw(random: Random, options: SamplingOptions = {}): number {
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
    if (token < 0)
      throw new UnrolledError("ERR_NAN", "the model's logits are not finite: its weights are damaged");
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

function checkSampling({ temperature = 1, topK = 0, topP = 1 }: SamplingOptions): void {
  const fail = (problem: string): never => {
    throw new UnrolledError("ERR_VALUE", problem);
  };
  if (!(temperature >= 0)) fail(`temperature is ${temperature}, expected at least 0`);
  if (!(Number.isSafeInteger(topK) && topK >= 0)) {
    fail(`topK is ${topK}, expected a whole number from 0 (all) on`);
  }
  if (!(topP > 0 && topP <= 1)) fail(`topP is ${topP}, expected above 0 to 1`);
}
