import { checkIterable, checkOptions, checkText, checkWhole } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { SymbolTable, UNKNOWN_SYMBOL } from "./symbol-table.ts";

export { END_SYMBOL, UNKNOWN_SYMBOL } from "./symbol-table.ts";

/** Options of {@link Vocabulary.fromText}. */
export interface VocabularyOptions {
  /** Whether the last id is reserved for `<UNK>`, which stands for characters outside the vocabulary. Default true. */
  unknown?: boolean;
  /** Characters (or tokens) that occur less often than this are left out. With 1 (default), all are kept. */
  minCount?: number;
}

/** Options of {@link Vocabulary.fromTokens}. */
export interface TokenVocabularyOptions extends VocabularyOptions {
  /** Maximum number of symbols, including `<UNK>`. The rarest are left out. Default: no limit. */
  limit?: number;
}

/**
 * An ordered list of symbols. The id of a symbol is its index. In a vocabulary of characters, symbols are Unicode code points and
 * possibly `<UNK>`. An emoji of two UTF-16 code units is one symbol, and so is a lone surrogate. In a vocabulary made by
 * `fromTokens`, symbols are tokens of any length.
 *
 * @example
 * ```js
 * const vocabulary = Vocabulary.fromText("hello");
 * console.log(vocabulary.symbols.join(" ")); // e h l o <UNK>
 * console.log([...vocabulary.encode("hole")]); // [ 1, 3, 2, 0 ]
 * console.log(vocabulary.decode([1, 0, 2, 2, 3])); // hello
 * ```
 */
export class Vocabulary extends SymbolTable {
  /**
   * Makes a vocabulary from the characters of a text, or of its pieces, in code point order. Characters that occur fewer than `minCount` times
   * (default 1) are left out. The last symbol is `<UNK>`, unless `unknown` is false.
   * @throws UnrolledError `ERR_DATA` if no character occurs at least `minCount` times, `ERR_VALUE` if `minCount` is not a
   * positive integer.
   */
  static fromText(text: string | Iterable<string>, options: VocabularyOptions = {}): Vocabulary {
    const { unknown = true, minCount = 1 } = checkOptions("Vocabulary.fromText", options, "unknown minCount");
    checkWhole("Vocabulary.fromText: minCount", minCount, 1);
    const counts = new Map<string, number>();
    for (const piece of checkIterable("text", text)) {
      for (const character of checkText("text", piece))
        counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    const symbols = [...counts.keys()]
      .filter((character) => counts.get(character)! >= minCount)
      .sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
    if (symbols.length === 0) {
      throw new UnrolledError(
        "ERR_DATA",
        `Vocabulary.fromText: no character occurs at least ${minCount} times`,
      );
    }
    return new Vocabulary(unknown ? [...symbols, UNKNOWN_SYMBOL] : symbols);
  }

  /**
   * Collects tokens of any length, such as words or labels, most frequent first. Instead of tokens, it takes a map of their counts. Equally frequent tokens are in code unit order.
   * If `unknown` is true (default), `<UNK>` becomes the last symbol, however often the token `<UNK>` occurs in `tokens`. If
   * `unknown` is false, `<UNK>` is a token like any other.
   *
   * @throws UnrolledError `ERR_DATA` if `unknown` is false and no token occurs at least `minCount` times, `ERR_VALUE` if
   *   `minCount` or `limit` is not a positive integer.
   */
  static fromTokens(
    tokens: Iterable<string> | ReadonlyMap<string, number>,
    options: TokenVocabularyOptions = {},
  ): Vocabulary {
    const {
      unknown = true,
      minCount = 1,
      limit = Number.MAX_SAFE_INTEGER,
    } = checkOptions("Vocabulary.fromTokens", options, "unknown minCount limit");
    checkWhole("Vocabulary.fromTokens: minCount", minCount, 1);
    checkWhole("Vocabulary.fromTokens: limit", limit, 1);
    const counts =
      tokens instanceof Map
        ? new Map<string, number>(tokens)
        : countTokens(checkIterable("tokens", tokens) as Iterable<string>);
    if (unknown) counts.delete(UNKNOWN_SYMBOL);
    const symbols = [...counts.keys()]
      .filter((token) => counts.get(token)! >= minCount)
      .sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1))
      .slice(0, limit - (unknown ? 1 : 0));
    if (unknown) symbols.push(UNKNOWN_SYMBOL);
    if (symbols.length) return new Vocabulary(symbols);
    throw new UnrolledError("ERR_DATA", `Vocabulary.fromTokens: no token occurs at least ${minCount} times`);
  }
}

/** Counts how often each token occurs. */
export function countTokens(tokens: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}
