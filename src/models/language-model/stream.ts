import { checkOptions, checkTexts } from "../../checks.ts";
import type { Vocabulary } from "../../data/vocabulary.ts";
import { UnrolledError } from "../../errors.ts";
import type { PackedHead } from "../../network/head.ts";
import { type NetworkParts, PackedNetwork } from "../../network/packed-network.ts";
import { TokenStream } from "../../network/token-stream.ts";
import { GENERATE_NAMES, type GenerateOptions, write } from "../../network/write.ts";
import type { Dtype } from "../../nn/stream/packed.ts";
import type { PackedRecurrent, StreamState } from "../../nn/stream/recurrent.ts";
import type { Score } from "./score.ts";
import type { LanguageModelSpec } from "./spec.ts";
import { encodeText } from "./text.ts";

/** The parts of a language model that `PackedLanguageModel` packs or refers to. */
interface LanguageModelParts extends NetworkParts<LanguageModelSpec, PackedRecurrent, PackedHead> {
  readonly vocabulary: Vocabulary;
}

/** The packed weights of a language model. Any number of streams can share the weights. `dispose` frees the weights. */
export class PackedLanguageModel extends PackedNetwork<LanguageModelSpec, PackedRecurrent, PackedHead> {
  /** Vocabulary of the symbols. */
  readonly vocabulary: Vocabulary;
  /** The state after a vector of zeros, if lines begin with it. */
  readonly #start: StreamState | undefined;

  /** Packs weights. Programs call `pack` of a model, or `openModel`. */
  constructor(model: LanguageModelParts, dtype: Dtype) {
    super(model, true, dtype);
    this.vocabulary = model.vocabulary;
    if (!model.spec.zeroStart) return;
    const weights = model.rnn.pack({ dtype });
    const stream = weights.stream();
    stream.step(new Float32Array(model.rnn.inputSize));
    this.#start = stream.state;
    stream.dispose();
    weights.dispose();
  }

  /** Opens a stream that has read no symbol. */
  stream(): TokenStream {
    const { vocabulary, spec } = this;
    return new TokenStream(this, vocabulary, spec.lines ? vocabulary.endId : null, this.#start);
  }

  /**
   * Generates text, symbol by symbol. Words are separated by spaces. `<UNK>` is never drawn. Errors are thrown by
   * `generate` itself, not by the first `next()`.
   *
   * @throws ERR_DATA if the prompt has unknown characters (unknown words are allowed), ERR_VALUE if an option is invalid
   *
   * @example
   * ```js
   * const text = "the cat sat. the dog ran. ".repeat(80);
   * const rt = await createRuntime();
   * const spec = { ...defaultLanguageModelSpec(), hidden: 24, layers: 1 };
   * const model = new LanguageModel(rt, spec, textVocabulary(text, spec));
   * const trainer = new LanguageModelTrainer(model, model.encode(text), { batch: 8, seq: 26, lr: 0.02 });
   * for (let i = 0; i < 80; i++) trainer.step();
   * const packed = model.pack();
   * console.log([...packed.generate({ prompt: "the d", length: 7, temperature: 0.3 })].join("")); // og ran.
   * console.log([...packed.generate({ prompt: "the c", length: 7, temperature: 0.3 })].join("")); // at sat.
   * ```
   */
  generate(options: GenerateOptions = {}): Generator<string, void, undefined> {
    checkOptions("generate", options, GENERATE_NAMES);
    return write(this, options, (prompt) => {
      const { symbols, endId } = this.vocabulary;
      const words = this.spec.level === "word";
      const all = this.#encode(prompt);
      const ids = words ? all.subarray(0, -1) : all; // drops the final <EOS>, so that new words continue the sentence
      return {
        open: () => this.#begin(!ids.length),
        ids,
        symbols: Array.from(ids, (id) => symbols[id]!),
        end: words && this.spec.lines ? endId : null,
      };
    });
  }

  /**
   * Computes the probability of a text as the product of the conditional probabilities of its symbols. The model first reads
   * `<EOS>` or a newline, as if a line or sentence had just ended. If the vocabulary has neither symbol, the text starts from a
   * zero state. If symbols are words or `spec.lines` is true, the model also predicts the end of the last line or sentence, even
   * if the text does not contain it. Unknown symbols are read as `<UNK>`.
   *
   * @throws ERR_DATA if the text has no symbols, ERR_NAN if a probability is not a number
   *
   * @example
   * ```js
   * const text = "the cat sat.\nthe dog ran.\n".repeat(80);
   * const rt = await createRuntime();
   * const spec = { ...defaultLanguageModelSpec(), hidden: 24, layers: 1 };
   * const model = new LanguageModel(rt, spec, textVocabulary(text, spec));
   * const trainer = new LanguageModelTrainer(model, model.encode(text), { batch: 8, seq: 26, lr: 0.02 });
   * for (let i = 0; i < 80; i++) trainer.step();
   * const packed = model.pack();
   * for (const line of ["the cat sat.", "the cat ran.", "sat cat the."]) {
   *   console.log(line, packed.score(line).logProbability.toFixed(1));
   * }
   * // the cat sat. -1.9
   * // the cat ran. -10.9
   * // sat cat the. -39.7
   * ```
   */
  score(text: string): Score {
    const ids = [...this.#encode(text)];
    if (!ids.length) throw new UnrolledError("ERR_DATA", `${JSON.stringify(text)} has no symbols to score`);
    const { symbols, endId } = this.vocabulary;
    if (this.spec.lines && ids.at(-1) !== endId) ids.push(endId!);
    const stream = this.#begin(true);
    try {
      const conditionals = ids.map((id) => {
        const logProbability = stream.logProbability(id);
        stream.feed(id);
        return { symbol: symbols[id]!, logProbability };
      });
      const tokens = ids.length;
      const logProbability = conditionals.reduce((sum, one) => sum + one.logProbability, 0);
      return { text, logProbability, perplexity: Math.exp(-logProbability / tokens), tokens, conditionals };
    } finally {
      stream.dispose();
    }
  }

  /** Scores each text and returns the scores, the most probable text first. @throws the errors of `score` */
  rank(texts: readonly string[]): Score[] {
    return checkTexts("texts", texts)
      .map((text) => this.score(text))
      .sort((a, b) => b.logProbability - a.logProbability);
  }

  #encode(text: string): Int32Array {
    return encodeText(text, this.spec, this.vocabulary);
  }

  /**
   * Opens a stream. The stream first reads the end symbol (`<EOS>` or a newline), so that the text starts a new sentence or line.
   * The stream reads nothing if the vocabulary has no end symbol.
   *
   * @param fresh if false, the stream reads nothing if symbols are characters and `spec.lines` is false
   */
  #begin(fresh: boolean): TokenStream {
    const { endId } = this.vocabulary;
    const stream = this.stream();
    if (endId !== null && (fresh || this.spec.lines || this.spec.level === "word")) stream.feed(endId);
    return stream;
  }
}
