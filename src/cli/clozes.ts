import { UnrolledError } from "../errors.ts";
import { listedAlternatives } from "../models/language-model/cloze.ts";
import { show } from "../schema.ts";

/** A text with a blank, and what may fill it. */
export interface Cloze {
  readonly text: string;
  readonly alternatives: readonly string[];
}

/**
 * Matches a blank with a list that is no single list of two or more alternatives. If the parentheses have no slash, the blank must stand
 * alone with a space behind it: `__init__(self)` and `__("text")` are code.
 */
const UNCLEAR = /_{2,}[ \t]*\([^()]*\/[^()]*\)|(?<![\p{L}\p{N}_])_{2,}[ \t]+\([^()]*\)/u;

/** Matches a blank that is not a part of a word. */
const ALONE = /(?<![\p{L}\p{N}_])_{2,}(?![\p{L}\p{N}_])/u;

/**
 * Finds the blank and the alternatives of each text.
 *
 * @param alternatives what fills the blank of the texts, if it does not stand behind the blank
 * @returns undefined if no text lists alternatives, so that the texts are scored as they stand
 * @throws ERR_VALUE if a list cannot be read, or if only some of the texts have one
 */
export function clozesOf(
  texts: readonly string[],
  alternatives?: readonly string[],
): readonly Cloze[] | undefined {
  if (alternatives) return texts.map((text) => ({ text, alternatives }));
  const found = texts.map(listedIn);
  const cloze = found.findIndex((one) => one !== undefined);
  if (cloze < 0) return undefined;
  const whole = found.indexOf(undefined);
  if (whole >= 0) {
    throw new UnrolledError(
      "ERR_VALUE",
      `score: ${show(texts[cloze])} has a blank with alternatives, but ${show(texts[whole])} has none; ` +
        "score texts with a blank and whole texts in two calls",
    );
  }
  return found as Cloze[];
}

function listedIn(text: string): Cloze | undefined {
  const found = listedAlternatives(text);
  if (found || !UNCLEAR.test(text)) return found;
  const expected = 'expected one blank with at least two alternatives, as in "____ (is/are)"';
  throw new UnrolledError("ERR_VALUE", `score: the blank of ${show(text)} cannot be filled, ${expected}`);
}

/** Returns a note if texts that are scored as they stand have a blank; undefined if none has. */
export function blankNote(texts: readonly string[]): string | undefined {
  const text = texts.find((text) => ALONE.test(text));
  if (text === undefined) return undefined;
  const advice = 'to fill the blank, add what may fill it, as in "____ (is/are)", or give --alternatives';
  return `score: ${show(text)} is scored as it stands; ${advice}`;
}
