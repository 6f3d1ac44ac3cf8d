import type { Vocabulary } from "../../data/vocabulary.ts";

/** The distinct words of a batch, each as a sequence of characters. Words are sorted by length, the longest first. */
export interface Spellings {
  /** Index of each step's word among the distinct words, time-major [T, B]. Past the end of a sequence, it is 0. */
  readonly words: Int32Array;
  /** Number of characters of each distinct word, at least 1. */
  readonly lengths: readonly number[];
  /** Ids of the characters, time-major [C, words]. C is the length of the longest word. Past the end of a word, ids are 0. */
  readonly characters: Int32Array;
}

/** Maximum number of characters read from a word. If a word is longer, only its first 32 and last 32 characters are read. */
const LONGEST = 64;

/**
 * Splits the distinct words of a batch into characters. Each distinct word is then encoded once, even if it occurs several times.
 *
 * @param sequences words of each sequence, [B]
 * @param steps number of steps of the longest sequence (T)
 * @param vocabulary vocabulary of the characters
 */
export function spell(
  sequences: readonly (readonly string[])[],
  steps: number,
  vocabulary: Vocabulary,
): Spellings {
  const spelt = new Map<string, Int32Array>();
  for (const words of sequences) {
    for (const word of words) if (!spelt.has(word)) spelt.set(word, charactersOf(word, vocabulary));
  }
  const sorted = [...spelt].sort(([, a], [, b]) => b.length - a.length);
  const places = new Map(sorted.map(([word], place) => [word, place]));
  const [W, B] = [sorted.length, sequences.length];
  const characters = new Int32Array((sorted[0]?.[1].length ?? 0) * W);
  sorted.forEach(([, ids], w) => {
    ids.forEach((id, c) => {
      characters[c * W + w] = id;
    });
  });
  const words = new Int32Array(steps * B);
  sequences.forEach((sequence, b) => {
    sequence.forEach((word, t) => {
      words[t * B + b] = places.get(word)!;
    });
  });
  return { words, lengths: sorted.map(([, { length }]) => length), characters };
}

/** Returns the ids of the characters that are read from a word (see `LONGEST`). An empty word becomes one unknown character. */
function charactersOf(word: string, vocabulary: Vocabulary): Int32Array {
  const ends = word.length <= LONGEST ? word : word.slice(0, LONGEST / 2) + word.slice(-LONGEST / 2);
  return ends ? vocabulary.encode(ends) : Int32Array.of(vocabulary.unknownId ?? 0);
}
