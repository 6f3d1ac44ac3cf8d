import { checkAtLeast, checkObject, checkValue } from "../../checks.ts";
import type { Vocabulary } from "../../data/vocabulary.ts";
import { UnrolledError } from "../../errors.ts";
import type { TokenStream } from "../../network/token-stream.ts";
import type { StreamState } from "../../nn/stream/recurrent.ts";
import { number, show } from "../../schema.ts";
import type { PrefixScorer } from "./beam-search.ts";

/** A language model of characters that weighs what a transcriber writes. The result of `LanguageModel.pack` is one. */
export interface WritingModel {
  /** Vocabulary of the characters. */
  readonly vocabulary: Vocabulary;
  /** The fields of its spec that say what a symbol is, and whether each line is a sequence of its own. */
  readonly spec: { readonly level: string; readonly lines: boolean };
  /** Opens a stream that has read no symbol. */
  stream(): TokenStream;
}

/** How much a language model counts. */
export interface LanguageWeights {
  /** Exponent of the language model's probability (Hannun's alpha). */
  readonly languageWeight: number;
  /** Exponent of the number of symbols (Hannun's beta). */
  readonly lengthBonus: number;
}

interface State {
  readonly stream: StreamState;
  /** Number of symbols. */
  readonly count: number;
}

/**
 * Ranks texts by P(text | vectors) * P(text)^languageWeight * n^lengthBonus, as Hannun et al. (2014). P(text) is that of a language
 * model, and n the number of symbols, at least 1. `dispose` frees its memory.
 */
export class LanguageScorer implements PrefixScorer<State> {
  readonly start: State;
  readonly #stream: TokenStream;
  readonly #weights: LanguageWeights;
  /** Id of each class in the language model's vocabulary. That of the blank is not used. */
  readonly #ids: readonly number[];
  /** Id of the symbol after a text, if the language model's lines are sequences. */
  readonly #end: number | null;

  /**
   * @param symbols the symbols of the transcriber; the class of a symbol is its index + 1
   * @throws ERR_VALUE if the model is not one of characters, or if a weight is wrong; ERR_DATA if it lacks a symbol and has no `<UNK>`
   */
  constructor(model: WritingModel, symbols: readonly string[], weights: LanguageWeights) {
    const { vocabulary, spec } = checkObject("languageModel", model, "it is");
    checkAtLeast("languageWeight", weights.languageWeight);
    checkValue("lengthBonus", weights.lengthBonus, number());
    if (checkObject("languageModel: spec", spec, "it is").level !== "char") {
      throw new UnrolledError("ERR_VALUE", "the language model is one of words, expected one of characters");
    }
    const { unknownId, endId } = vocabulary;
    const id = (symbol: string) => {
      if (vocabulary.has(symbol)) return vocabulary.encode(symbol)[0]!;
      if (unknownId !== null) return unknownId;
      throw new UnrolledError(
        "ERR_DATA",
        `the language model does not know ${show(symbol)}, which the model writes`,
      );
    };
    this.#ids = [0, ...symbols.map(id)];
    this.#end = spec.lines ? endId : null;
    this.#weights = weights;
    this.#stream = model.stream();
    if (endId !== null) this.#stream.feed(endId);
    this.start = { stream: this.#stream.state, count: 0 };
  }

  extend({ stream, count }: State, label: number): State {
    this.#stream.state = stream;
    this.#stream.feed(this.#ids[label]!);
    return { stream: this.#stream.state, count: count + 1 };
  }

  next({ stream, count }: State): Float64Array {
    const { languageWeight, lengthBonus } = this.#weights;
    this.#stream.state = stream;
    const bonus = lengthBonus * (Math.log(count + 1) - Math.log(Math.max(1, count)));
    return Float64Array.from(this.#ids, (id) => languageWeight * this.#stream.logProbability(id) + bonus);
  }

  end({ stream }: State): number {
    if (this.#end === null) return 0;
    this.#stream.state = stream;
    return this.#weights.languageWeight * this.#stream.logProbability(this.#end);
  }

  /** Frees the stream. */
  dispose(): void {
    this.#stream.dispose();
  }
}
