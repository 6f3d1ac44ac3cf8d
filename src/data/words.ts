import { tokenize } from "./labelled.ts";
import { END_SYMBOL } from "./vocabulary.ts";

/**
 * How a text becomes words. `words`: lower-cased, punctuation marks apart; sentences end after . ! ? and at blank lines. `spaces`:
 * what stands between white space as it is, a sentence a line; `<unk>` and `<eos>` in any case are the symbols of that name.
 */
export const TOKEN_RULES = ["words", "spaces"] as const;
export type TokenRule = (typeof TOKEN_RULES)[number];

// White space first: the look back may be long.
const SENTENCE_END = /(?=\s)(?<=[.!?…]["'”’»)\]]*)\s+|\n\s*\n/u;
const SYMBOL = /^<(?:unk|eos)>$/i;

/**
 * The words of a text, `<EOS>` after each sentence.
 *
 * @param lines a sentence is a line, whatever the rule
 */
export function* sentenceTokens(text: string, rule: TokenRule, lines = false): Iterable<string> {
  const spaces = rule === "spaces";
  for (const sentence of text.split(lines || spaces ? "\n" : SENTENCE_END)) {
    let last = END_SYMBOL;
    for (const token of spaces ? sentence.split(/\s+/) : tokenize(sentence.toLowerCase(), "word")) {
      if (!token) continue;
      last = spaces && SYMBOL.test(token) ? token.toUpperCase() : token;
      yield last;
    }
    if (last !== END_SYMBOL) yield END_SYMBOL;
  }
}

/** Whether the words of a text stand apart already: punctuation marks alone more often than behind a word; or `<unk>` among them. */
export function tokensApart(text: string): boolean {
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  return count(/(?<!\S)[.,!?](?!\S)/g) > count(/\S[.,!?](?!\S)/g) || /(?<!\S)<unk>(?!\S)/i.test(text);
}

const CLOSES = /^[.,;:!?…)\]}%»”’]+$/;
const OPENS = /^[([{«“‘]$/;

/** Makes words a text again, one by one: gives each the space that it needs before it, and `<EOS>` as the end of a line. */
export function wordJoiner(): (token: string) => string {
  let joined = true;
  let quoted = false;
  return (token) => {
    const quote = token === '"';
    if (quote) quoted = !quoted;
    const begins = quote ? quoted : OPENS.test(token);
    const closes = quote ? !quoted : token === "-" || CLOSES.test(token);
    const space = joined || closes ? "" : " ";
    joined = begins || token === "-" || token === END_SYMBOL;
    if (token !== END_SYMBOL) return space + token;
    quoted = false;
    return "\n";
  };
}
