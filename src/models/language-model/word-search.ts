import { pattern } from "../../data/words.ts";
import { insertRanked } from "./ranked.ts";

/** Maximum number of beginnings that the search reads: about 20 ms with 256 units. */
const MOST_READ = 256;

/** Maximum number of symbols that the search adds to a text. */
const MOST_SYMBOLS = 32;

const APOSTROPHE = /^['’]$/;

/** Returns the patterns of a letter, and of the word that a text ends with. They are made when they are used first, as in words.ts. */
const patterns = () =>
  (made ??= {
    letter: pattern(`^[${LETTERS}]$`),
    prefix: pattern(`[\\p{L}\\p{N}][${LETTERS}'’]*$`),
  });
let made: { readonly letter: RegExp; readonly prefix: RegExp } | undefined;

const LETTERS = "\\p{L}\\p{M}\\p{N}\\p{Join_C}";

/** Returns the letters of the word that a text ends with; "" if it ends with white space or a mark. */
export const wordPrefix = (text: string): string => patterns().prefix.exec(text)?.[0] ?? "";

/** What is searched. */
interface WordSearch {
  /** The characters of the vocabulary, in the order of their ids. */
  readonly symbols: readonly string[];
  /** The id of `<UNK>`, which belongs to no suggestion. */
  readonly unknown: number | null;
  /** The id of the symbol after which another text begins. */
  readonly lineEnd: number | null;
  /** Number of words to find. */
  readonly top: number;
  /** The letters of the word that the text ends with. */
  readonly prefix: string;
  /** Whether the text is empty or ends with white space. If not, white space may come before the next word. */
  readonly spaced: boolean;
}

/** The state after a symbol, and the log-probabilities of the next one. */
interface Reading<State> {
  readonly state: State;
  readonly logProbabilities: readonly number[];
}

/** The beginning of a word, or a whole word. */
interface Hypothesis<State> {
  /** Natural logarithm of its probability. */
  readonly score: number;
  /** The letters after the prefix. */
  readonly text: string;
  readonly state: State;
  /** The symbol to read from `state`; undefined if there is none. */
  readonly symbol?: number;
  /** Number of symbols, with white space before the word. */
  readonly length: number;
  readonly complete: boolean;
}

/**
 * Finds the most probable words that continue a text, by best-first search: the most probable beginning is continued first. A
 * probability only falls with more symbols, so the first complete words are the most probable ones of all.
 *
 * A word ends before the first symbol that is no letter, mark on a letter, digit or inner apostrophe. The probability of the end is the
 * sum over all such symbols, so the probabilities of all words add up to at most 1.
 *
 * @param read reads a symbol from a state
 * @returns the letters after the prefix, the most probable word first
 */
export function likelyWords<State>(
  { symbols, unknown, lineEnd, top, prefix, spaced }: WordSearch,
  state: State,
  read: (state: State, symbol: number | undefined) => Reading<State>,
): readonly { readonly text: string; readonly score: number }[] {
  const kinds = symbols.map((symbol, id) =>
    id === unknown
      ? "none"
      : patterns().letter.test(symbol)
        ? "letter"
        : APOSTROPHE.test(symbol)
          ? "apostrophe"
          : "end",
  );
  const open: Hypothesis<State>[] = [{ score: 0, text: "", state, length: 0, complete: false }];
  const found = new Map<string, Hypothesis<State>>();
  let reads = 0;
  for (let next = open.shift(); next && found.size < top; next = open.shift()) {
    const { text, score, length, complete } = next;
    if (complete || length === MOST_SYMBOLS) {
      if (!found.has(text)) found.set(text, next);
      continue;
    }
    if (reads === MOST_READ) continue;
    reads++;
    const { state, logProbabilities } = read(next.state, next.symbol);
    const last = text.at(-1) ?? prefix.at(-1);
    const inWord = last !== undefined && patterns().letter.test(last);
    const room = MOST_READ - reads + top; // more can be neither read nor found
    const add = (symbol: number, letter: string) => {
      const score = next.score + logProbabilities[symbol]!;
      insertRanked(
        open,
        { score, text: text + letter, state, symbol, length: length + 1, complete: false },
        room,
      );
    };
    let end = 0;
    kinds.forEach((kind, id) => {
      if (kind === "letter" || (kind === "apostrophe" && inWord)) add(id, symbols[id]!);
      else if (kind === "end" && inWord) end += Math.exp(logProbabilities[id]!);
      else if (kind === "end" && !spaced && !last && !length && id !== lineEnd && /\s/u.test(symbols[id]!))
        add(id, "");
    });
    if (end) insertRanked(open, { ...next, score: score + Math.log(end), complete: true }, room);
  }
  return [...found.values()];
}
