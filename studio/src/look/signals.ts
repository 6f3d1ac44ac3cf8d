import { patternOf } from "./pattern.ts";

/** Something that can be told of every symbol of a text, as a number. A unit may follow it. */
export interface Signal {
  /** Short name, fit for a list. */
  readonly name: string;
  /** The number after each symbol was read, [T]. 0 and 1 for yes and no. */
  readonly values: Float32Array;
}

const OPEN = "([{";
const CLOSE = ")]}";
const LETTER = /\p{L}/u;

/**
 * Computes the signals of a text. Each is known after a symbol was read: inside quotes is 1 at the opening mark and 0 at the closing
 * one. A blank line ends quotes and brackets that were left open. Apostrophes do not open quotes.
 *
 * @param symbols the symbols of the text, as `activations` returns them
 * @param pattern a regular expression of the user; its signal is 1 for symbols within a match
 * @throws the error of `patternOf` if the pattern is not a regular expression
 */
export function signals(symbols: readonly string[], pattern?: string): Signal[] {
  const isLetter = symbols.map((symbol) => LETTER.test(symbol));
  const of = (name: string, value: (symbol: string, t: number) => number | boolean): Signal => ({
    name,
    values: Float32Array.from(symbols, (symbol, t) => Number(value(symbol, t))),
  });
  return [
    { name: "inside quotes", values: insideQuotes(symbols) },
    { name: "bracket depth", values: bracketDepth(symbols) },
    { name: "position in line", values: counted(symbols, (symbol) => !isLineEnd(symbol)) },
    { name: "share of line", values: shareOfLine(symbols) },
    { name: "in a word", values: Float32Array.from(isLetter, Number) },
    { name: "position in word", values: counted(symbols, (_, t) => isLetter[t]!) },
    of("after a space", (_, t) => t > 0 && /^\s+$/u.test(symbols[t - 1]!)),
    of("space", (symbol) => /^\s+$/u.test(symbol)),
    of("line end", isLineEnd),
    of("vowel", (symbol) => /^[aeiouäöüáéíóúàèìòùâêîôûåæøœ]$/iu.test(symbol)),
    of("upper case", (symbol) => /^\p{Lu}/u.test(symbol)),
    of("digit", (symbol) => /^\p{Nd}/u.test(symbol)),
    of("punctuation", (symbol) => /^\p{P}/u.test(symbol)),
    ...(pattern ? [{ name: `/${pattern}/`, values: matched(symbols, pattern) }] : []),
  ];
}

function isLineEnd(symbol: string): boolean {
  return symbol === "\n" || symbol === "<EOS>";
}

/** Whether a blank line ends here. */
function endsParagraph(symbols: readonly string[], t: number): boolean {
  return symbols[t] === "\n" && symbols[t - 1] === "\n";
}

function insideQuotes(symbols: readonly string[]): Float32Array {
  let inside = false;
  return Float32Array.from(symbols, (symbol, t) => {
    if (symbol === '"') inside = !inside;
    else if ("“«„".includes(symbol)) inside = true;
    else if ("”»".includes(symbol) || endsParagraph(symbols, t)) inside = false;
    return Number(inside);
  });
}

function bracketDepth(symbols: readonly string[]): Float32Array {
  let depth = 0;
  return Float32Array.from(symbols, (symbol, t) => {
    if (OPEN.includes(symbol)) depth++;
    else if (CLOSE.includes(symbol)) depth = Math.max(0, depth - 1);
    else if (endsParagraph(symbols, t)) depth = 0;
    return depth;
  });
}

/** Counts the symbols since `goes` was last false. */
function counted(symbols: readonly string[], goes: (symbol: string, t: number) => boolean): Float32Array {
  let count = 0;
  return Float32Array.from(symbols, (symbol, t) => {
    count = goes(symbol, t) ? count + 1 : 0;
    return count;
  });
}

/** Position in the line divided by the length of the line. It looks ahead, so that no unit can know it exactly. */
function shareOfLine(symbols: readonly string[]): Float32Array {
  const values = new Float32Array(symbols.length);
  let start = 0;
  for (let t = 0; t <= symbols.length; t++) {
    if (t < symbols.length && !isLineEnd(symbols[t]!)) continue;
    for (let i = start; i < t; i++) values[i] = (i - start + 1) / (t - start);
    start = t + 1;
  }
  return values;
}

function matched(symbols: readonly string[], pattern: string): Float32Array {
  const values = new Float32Array(symbols.length);
  const starts: number[] = [];
  let text = "";
  for (const symbol of symbols) {
    starts.push(text.length);
    text += symbol;
  }
  let t = 0;
  for (const { index, 0: found } of text.matchAll(patternOf(pattern))) {
    while (t < symbols.length && starts[t]! + symbols[t]!.length <= index) t++;
    for (let i = t; i < symbols.length && starts[i]! < index + found.length; i++) values[i] = 1;
  }
  return values;
}
