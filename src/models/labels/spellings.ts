import type { Vocabulary } from "../../data/vocabulary.ts";

/** The distinct words of a batch as characters. */
export interface Spellings {
  /** Index of the word at each step, time-major [T, B]. It is 0 past the end of a sequence. */
  readonly words: Int32Array;
  /** Number of characters of each word, at least 1. The longest word comes first. */
  readonly lengths: readonly number[];
  /** Ids of the characters, time-major [C, words], where C is the longest word's length. They are 0 past the end of a word. */
  readonly characters: Int32Array;
}

/** Maximum number of characters read from a word. Of a longer word, the first 32 and the last 32 characters are read. */
const LONGEST = 64;

/**
 * Spells each distinct word of a batch once. The gradients of all occurrences of a word add up.
 *
 * @param sequences words of each sequence [B]
 * @param steps steps of the longest sequence (T)
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

/** Returns the ids of a word's characters. The empty word counts as one unknown character. */
function charactersOf(word: string, vocabulary: Vocabulary): Int32Array {
  const ends = word.length <= LONGEST ? word : word.slice(0, LONGEST / 2) + word.slice(-LONGEST / 2);
  return ends ? vocabulary.encode(ends) : Int32Array.of(vocabulary.unknownId ?? 0);
}
