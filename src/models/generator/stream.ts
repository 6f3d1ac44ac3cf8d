import { activationCode } from "../../autograd/activation.ts";
import { checkOptions } from "../../checks.ts";
import { sequenceTokens } from "../../data/labelled.ts";
import { END_SYMBOL, type Vocabulary } from "../../data/vocabulary.ts";
import { wordJoiner } from "../../data/words.ts";
import { UnrolledError } from "../../errors.ts";
import type { PackedFeedForward } from "../../nn/packed-feed-forward.ts";
import { PackedLinear } from "../../nn/packed-linear.ts";
import type { PackedRecurrent } from "../../nn/packed-recurrent.ts";
import type { StreamState } from "../../nn/stream.ts";
import { Random } from "../../runtime/random.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import {
  checkSampling,
  GENERATE_NAMES,
  type GenerateOptions,
  LanguageModelStream,
} from "../language-model/stream.ts";
import type { Condition } from "./examples.ts";
import type { ConditionalGenerator } from "./model.ts";
import type { GeneratorSpec } from "./spec.ts";

const TANH = activationCode("", "tanh").id;

type Written = globalThis.Generator<string, void, undefined>;

export interface GeneratorOptions extends GenerateOptions {
  /** What the sequence is written from. */
  condition: Condition;
}

/** A generator's weights packed once; any number of sequences are written with them. Freed by `dispose`. */
export class PackedGenerator {
  readonly runtime: Runtime;
  readonly vocabulary: Vocabulary;
  readonly recurrent: PackedRecurrent;
  readonly head: PackedFeedForward;
  readonly spec: GeneratorSpec & { readonly lines: false };
  readonly #start: PackedLinear;
  readonly #vector: (condition: Condition) => Float32Array;
  #disposed = false;

  constructor(model: ConditionalGenerator) {
    const { runtime, vocabulary, rnn, head, embedding, start, spec } = model;
    this.runtime = runtime;
    this.vocabulary = vocabulary;
    this.spec = { ...spec, lines: false };
    this.#vector = (condition) => model.vector(condition);
    [this.recurrent, this.head, this.#start] = runtime.frame(() => [
      rnn.pack({ tokens: embedding?.weight ?? true }),
      head.pack(),
      new PackedLinear(start),
    ]);
  }

  /** A stream that has read nothing yet but the condition. @throws ERR_DATA for a condition that is none */
  stream(condition: Condition): LanguageModelStream {
    return this.#open(this.#vector(condition));
  }

  #open(vector: Float32Array): LanguageModelStream {
    const state = this.#begin(vector);
    const stream = new LanguageModelStream(this);
    stream.state = state;
    return stream;
  }

  #begin(vector: Float32Array): StreamState {
    const { runtime: rt } = this;
    return rt.frame(() => {
      const n = this.#start.outFeatures;
      const [x, y] = [rt.scratch(vector.length), rt.scratch(n)];
      rt.floats(x, vector.length).set(vector);
      this.#start.run(y, x, 1);
      rt.kernels.activation_forward(TANH, y, y, n, 0, 0);
      const all = rt.floats(y, n).slice();
      if (this.spec.cell !== "lstm") return { h: all };
      return { h: all.slice(0, n / 2), c: all.slice(n / 2) };
    });
  }

  /**
   * A sequence, symbol by symbol (words with the spaces between them), to its end or to `length` symbols (default 500). The
   * unknown symbol is never drawn.
   *
   * @throws ERR_DATA for a condition that is none, or a prompt with characters that the model never saw (words may be
   * unknown); ERR_VALUE for other options; all at once
   */
  generate(options: GeneratorOptions): Written {
    checkOptions("generate", options, `${GENERATE_NAMES} condition`);
    checkSampling(options);
    const { prompt = "", condition, seed = 1 } = options;
    const tokens = sequenceTokens(prompt, this.spec.level);
    const unknown = this.spec.level === "char" ? tokens.filter((token) => !this.vocabulary.has(token)) : [];
    if (unknown.length) {
      const shown = [...new Set(unknown)].map((character) => JSON.stringify(character)).join(" ");
      throw new UnrolledError("ERR_DATA", `the prompt has characters that the model never saw: ${shown}`);
    }
    return this.#symbols(this.#vector(condition), tokens, options, new Random(seed));
  }

  *#symbols(
    condition: Float32Array,
    prompt: readonly string[],
    { length = 500, temperature, topK, topP }: GenerateOptions,
    random: Random,
  ): Written {
    const { symbols } = this.vocabulary;
    const [end, ...rest] = this.vocabulary.encodeTokens([END_SYMBOL, ...prompt]);
    const join = this.spec.level === "word" ? wordJoiner() : String;
    prompt.forEach(join);
    const stream = this.#open(condition);
    try {
      for (const token of [end!, ...rest]) stream.feed(token);
      const sampling = { temperature, topK, topP };
      for (let i = 0; i < length; i++) {
        const token = stream.draw(random, sampling);
        if (token === end) return;
        yield join(symbols[token]!);
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
    this.#start.dispose();
  }
}
