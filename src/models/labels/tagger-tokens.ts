import { charactersOf } from "../../data/characters.ts";
import { normalized, pattern, type TokenSpec, tokenize } from "../../data/words.ts";
import type { TaggerRule } from "./spec.ts";

/** Longer words are not looked up, so that the time for a word of many marks is not quadratic. */
const LONG = 1000;

/** The length of the part of a word in which its first or last character is looked for. */
const END = 40;

/** The maximum length of a known token that the rule `edges` cuts off a word, such as `n't` or `...`. */
const LONGEST = 5;

/**
 * Splits a text into the tokens that a tagger reads.
 *
 * @param spec its field `tokens` is the rule
 * @param known tells whether a token is in the tagger's vocabulary
 */
export function taggerTokens(
  text: string,
  spec: TokenSpec & { readonly tokens: TaggerRule },
  known: (token: string) => boolean,
): string[] {
  const normal = normalized(text, spec);
  if (spec.tokens === "graphemes") return charactersOf(normal);
  if (spec.tokens === "characters") return [...normal.replace(/\s+/g, "")];
  if (spec.tokens !== "edges") return tokenize(text, spec);
  return (normal.match(/[^\s\u200B]+/g) ?? []).flatMap((word) => edges(word, known));
}

/** Cuts punctuation marks, known tokens of marks and known tokens with an apostrophe off both ends of a word, until the rest is a known token. */
function edges(word: string, known: (token: string) => boolean): string[] {
  const before: string[] = [];
  const after: string[] = [];
  let rest = word;
  while (rest && !(rest.length < LONG && known(rest))) {
    const last = charactersOf(rest.slice(-END)).at(-1)!;
    const suffix = knownEdge(rest, -1, known) ?? (isMark(last) ? last : undefined);
    if (suffix) {
      after.push(suffix);
      rest = rest.slice(0, -suffix.length);
      continue;
    }
    const first = charactersOf(rest.slice(0, END))[0]!;
    const prefix = knownEdge(rest, 1, known) ?? (isMark(first) ? first : undefined);
    if (!prefix) break;
    before.push(prefix);
    rest = rest.slice(prefix.length);
  }
  if (rest) before.push(rest);
  return before.concat(after.reverse());
}

/** Returns the patterns of a text that begins with a mark, of marks alone, and of a text with a letter. They are made when they are used first. */
const patterns = () =>
  (made ??= {
    mark: pattern(MARK),
    marks: pattern(`${MARK}+$`),
    letter: pattern("\\p{L}"),
  });
let made: { readonly mark: RegExp; readonly marks: RegExp; readonly letter: RegExp } | undefined;

const MARK = "^[^\\p{L}\\p{M}\\p{N}]";
const isMark = (character: string) => patterns().mark.test(character);

/** Returns the longest known token of marks, or with an apostrophe, at one end of a word. @param side 1: the start of the word; -1: its end */
function knownEdge(word: string, side: 1 | -1, known: (token: string) => boolean): string | undefined {
  for (let length = Math.min(LONGEST, word.length - 1); length > 1; length--) {
    const part = side < 0 ? word.slice(-length) : word.slice(0, length);
    if (known(part) && (patterns().marks.test(part) || (/['’]/.test(part) && patterns().letter.test(part))))
      return part;
  }
  return undefined;
}
