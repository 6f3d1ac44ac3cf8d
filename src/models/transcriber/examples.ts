import { checkText } from "../../checks.ts";
import type { Vector } from "../../data/feature-scaling.ts";

/** A sequence of vectors, such as the features of a recording or the points of a pen, and the text that it stands for. */
export interface Transcribed {
  /** The vector of each step. */
  readonly vectors: readonly Vector[];
  /** The text. */
  readonly text: string;
}

/** Returns the symbols of a text: its code points in Unicode's normal form NFC. */
export const symbolsOf = (text: string): string[] => [...checkText("text", text).normalize()];

/** Returns the words of a text, which are separated by white space. */
export const wordsOf = (text: string): string[] => text.normalize().split(/\s+/).filter(Boolean);
