import { checkInstance, checkIterable, checkObject, checkOptions, checkText } from "../../checks.ts";
import { countTokens, END_SYMBOL, UNKNOWN_SYMBOL, Vocabulary } from "../../data/vocabulary.ts";
import { normalized, sentenceTokens, type TokenSpec } from "../../data/words.ts";
import { UnrolledError } from "../../errors.ts";
import type { LanguageModelSpec } from "./spec.ts";

/** The fields of a spec that define the symbols of a text. */
export type TextSpec = TokenSpec &
  Pick<LanguageModelSpec, "level" | "tokens" | "lines"> &
  Partial<Pick<LanguageModelSpec, "softmax">>;

/** Options of {@link textVocabulary}. */
export interface TextVocabularyOptions {
  /** Maximum number of words, including `<EOS>` and `<UNK>`; default 10,000. The number of characters has no limit. */
  limit?: number;
  /**
   * Symbols that occur less often than this are read as `<UNK>`. The default for characters is 1. The default for words is 1 if
   * the text already contains `<UNK>`, else 2.
   */
  minCount?: number;
}

/**
 * Makes the vocabulary of a text. If `spec.level` is "char", it contains the characters in code point order, then `<UNK>`. If
 * `spec.level` is "word", it contains `<EOS>`, then the words, the most frequent first, then `<UNK>`. If `spec.softmax` is "adaptive",
 * `<UNK>` comes after `<EOS>`, so that it is not in the cluster of the rarest words.
 *
 * @param text the text, or its pieces. A piece has to end where a sentence ends, unless symbols are characters.
 * @throws ERR_DATA if no symbol occurs at least `minCount` times, ERR_VALUE if an option is invalid
 */
export function textVocabulary(
  text: string | Iterable<string>,
  spec: TextSpec,
  options: TextVocabularyOptions = {},
): Vocabulary {
  const { limit = 10_000, minCount } = checkOptions("textVocabulary", options, "limit minCount");
  checkObject("textVocabulary", spec, "spec is");
  function* symbols() {
    for (const piece of typeof text === "string" ? [text] : checkIterable("text", text)) {
      yield* symbolsOf(checkText("text", piece), spec);
    }
  }
  if (spec.level === "char") return Vocabulary.fromText(symbols(), { minCount: minCount ?? 1 });
  if (!(limit >= 3))
    throw new UnrolledError("ERR_VALUE", `a vocabulary of ${limit} words, expected at least 3`);
  const counts = countTokens(symbols());
  counts.delete(END_SYMBOL);
  const least = minCount ?? (counts.has(UNKNOWN_SYMBOL) ? 1 : 2);
  const { symbols: words } = Vocabulary.fromTokens(counts, { limit: limit - 1, minCount: least });
  if (words.length > 1) {
    const vocabulary = new Vocabulary([END_SYMBOL, ...words]);
    return spec.softmax === "adaptive" ? frequentFirst(vocabulary) : vocabulary;
  }
  throw new UnrolledError(
    "ERR_DATA",
    `no word occurs ${least} times or more; use more text, or a smaller minimum`,
  );
}

/** Moves `<UNK>` from the end of a vocabulary of words to the place after `<EOS>`, since it is frequent. */
export function frequentFirst(vocabulary: Vocabulary): Vocabulary {
  const { symbols } = checkInstance("vocabulary", vocabulary, Vocabulary, "a Vocabulary");
  const [end, ...words] = symbols;
  return new Vocabulary([end!, words.at(-1)!, ...words.slice(0, -1)]);
}

/** Encodes a text as ids of a vocabulary. @throws ERR_DATA if a character is unknown and there is no `<UNK>` */
export function encodeText(text: string, spec: TextSpec, vocabulary: Vocabulary): Int32Array<ArrayBuffer> {
  return spec.level === "char"
    ? vocabulary.encode(normalized(text, spec))
    : vocabulary.encodeTokens(sentenceTokens(text, spec, spec.lines));
}

/** Returns the symbols of a text, in order. */
export function symbolsOf(text: string, spec: TextSpec): Iterable<string> {
  return spec.level === "char" ? normalized(text, spec) : sentenceTokens(text, spec, spec.lines);
}

/** Returns the symbols of a text that are not in a vocabulary. Each is returned once, in the order of its first appearance. */
export function unknownSymbols(text: string, spec: TextSpec, vocabulary: Vocabulary): string[] {
  checkText("text", text);
  checkInstance("vocabulary", vocabulary, Vocabulary, "a Vocabulary");
  checkObject("unknownSymbols", spec, "spec is");
  return [...new Set(symbolsOf(text, spec))].filter((symbol) => !vocabulary.has(symbol));
}
