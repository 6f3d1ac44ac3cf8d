import { checkOptions } from "../../checks.ts";
import type { Vocabulary } from "../../data/vocabulary.ts";
import { UnrolledError } from "../../errors.ts";
import { type NetworkParts, PackedNetwork } from "../../network/packed-network.ts";
import { TokenStream } from "../../network/token-stream.ts";
import { GENERATE_NAMES, type GenerateOptions, write } from "../../network/write.ts";
import type { Score } from "./score.ts";
import type { LanguageModelSpec } from "./spec.ts";
import { encodeText } from "./text.ts";

/** The packed parts of a language model. */
interface LanguageModelParts extends NetworkParts<LanguageModelSpec> {
  readonly vocabulary: Vocabulary;
}

/** A language model's weights, packed once for any number of streams. `dispose` frees them. */
export class PackedLanguageModel extends PackedNetwork<LanguageModelSpec> {
  readonly vocabulary: Vocabulary;

  constructor(model: LanguageModelParts) {
    super(model, true);
    this.vocabulary = model.vocabulary;
  }

  stream(): TokenStream {
    const { vocabulary, spec } = this;
    return new TokenStream(this, vocabulary, spec.lines ? vocabulary.endId : null);
  }

  /**
   * Generates text, symbol by symbol. Words are separated by spaces. The unknown symbol is never drawn.
   * Errors are thrown by the call itself, not while generating.
   *
   * @throws ERR_DATA if the prompt has unknown characters (words may be unknown), ERR_VALUE if an option is invalid
   */
  generate(options: GenerateOptions = {}): Generator<string, void, undefined> {
    checkOptions("generate", options, GENERATE_NAMES);
    return write(this, options, (prompt) => {
      const { symbols, endId } = this.vocabulary;
      const words = this.spec.level === "word";
      const all = this.#encode(prompt);
      const ids = words ? all.subarray(0, -1) : all; // without the last <EOS>: new words continue the sentence
      return {
        open: () => this.#begin(!ids.length),
        ids,
        symbols: Array.from(ids, (id) => symbols[id]!),
        end: words && this.spec.lines ? endId : null,
      };
    });
  }

  /**
   * Computes the probability of a text as the product of its symbols' conditional probabilities. The text starts as if a line or
   * sentence had just ended, or from a zero state if the vocabulary has neither `<EOS>` nor a newline. For a model of lines or
   * words, the end of the last line or sentence counts too, even if the text lacks it. Unknown symbols are read as `<UNK>`.
   *
   * @throws ERR_DATA if the text has no symbols, ERR_NAN
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
    return texts.map((text) => this.score(text)).sort((a, b) => b.logProbability - a.logProbability);
  }

  #encode(text: string): Int32Array {
    return encodeText(text, this.spec, this.vocabulary);
  }

  /**
   * Opens a stream. If the model reads lines or words, or if `fresh` is true, the stream has already read the symbol that ends
   * a line or sentence, if the vocabulary has it.
   *
   * @param fresh whether the stream also starts after a newline if the model reads characters but `spec.lines` is false
   */
  #begin(fresh: boolean): TokenStream {
    const { endId } = this.vocabulary;
    const stream = this.stream();
    if (endId !== null && (fresh || this.spec.lines || this.spec.level === "word")) stream.feed(endId);
    return stream;
  }
}
