import { tokenize } from "./labelled.ts";
import { END_SYMBOL } from "./vocabulary.ts";

/**
 * Rules of the word tokenizer.
 *
 * - `words` turns words into lower case and separates punctuation marks. Sentences end after . ! ? … and at blank lines.
 * - `spaces` splits at white space and changes no word. Each line is a sentence. `<unk>` and `<eos>`, in upper or lower case,
 *   become the symbols `<UNK>` and `<EOS>`.
 */
export const TOKEN_RULES = ["words", "spaces"] as const;
/** The name of a rule of the word tokenizer: `words` or `spaces`. {@link TOKEN_RULES} explains them. */
export type TokenRule = (typeof TOKEN_RULES)[number];

// The pattern tests for white space first, because that is faster than the lookbehind.
const SENTENCE_END = /(?=\s)(?<=[.!?…]["'”’»)\]]*)\s+|\n\s*\n/u;
const SYMBOL = /^<(?:unk|eos)>$/i;

/**
 * Yields the words of a text, with `<EOS>` after each sentence.
 *
 * @param lines if true, each line is a sentence, whichever rule is given
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

/**
 * Tells whether a text is already tokenized. The answer is yes if the text contains `<unk>`. It is also yes if more punctuation
 * marks stand alone than directly after a word. A text may be given in pieces that end at white space.
 */
export function tokensApart(text: string | Iterable<string>): boolean {
  let more = 0;
  for (const piece of typeof text === "string" ? [text] : text) {
    const count = (pattern: RegExp) => piece.match(pattern)?.length ?? 0;
    more += count(/(?<!\S)[.,!?](?!\S)/g) - count(/\S[.,!?](?!\S)/g);
    if (/(?<!\S)<unk>(?!\S)/i.test(piece)) return true;
  }
  return more > 0;
}

const CLOSES = /^[.,;:!?…)\]}%»”’]+$/;
const OPENS = /^[([{«“‘]$/;

/**
 * Makes a function that turns words back into text, one word per call. The function adds a space before the word if
 * needed, and turns `<EOS>` into a newline.
 */
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
