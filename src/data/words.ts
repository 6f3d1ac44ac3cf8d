import { checkIterable, checkObject, checkText } from "../checks.ts";
import { type Infer, oneOf, type Refuse, rule } from "../schema.ts";
import type { Level, Step } from "./labelled.ts";
import { END_SYMBOL } from "./vocabulary.ts";

/**
 * Rules of the word tokenizer.
 *
 * - `words` cuts a text into words and punctuation marks. Where a text consists of several sentences, they end after . ! ? … and
 *   the like of other scripts, and at blank lines. Most models turn words into lower case.
 * - `spaces` splits at white space. In a language model it changes no word, each line is a sentence, and `<unk>` and `<eos>`, in
 *   upper or lower case, become the symbols `<UNK>` and `<EOS>`.
 */
export const TOKEN_RULES = ["words", "spaces"] as const;
/** The name of a rule of the word tokenizer: `words` or `spaces`. {@link TOKEN_RULES} explains them. */
export type TokenRule = (typeof TOKEN_RULES)[number];

/**
 * Fields that the specs of all models of texts have. They define how a text is cut into tokens.
 *
 * @param tokens the rule of files without the field
 */
export const textFields = (tokens: TokenRule = "words") => ({
  /** Tokenizer that splits a text into words. It has no effect if tokens are characters. */
  tokens: oneOf(TOKEN_RULES).default(tokens),
  /** The Unicode normalization form into which texts, tokens and labels are brought: `NFC`, or `none` to leave them as they are. */
  normalForm: oneOf(["none", "NFC"]).default("none"),
  /** Where words and sentences end: by the rules of the Latin script (`latin`, in older files), or of all scripts (`unicode`). */
  segmentation: oneOf(["latin", "unicode"]).default("latin"),
  /**
   * The word lists that cut the training text, if it has scripts without spaces between words. It names them by hashes, so that
   * other word lists are noticed. `characters`: there were none, and such scripts are cut into characters.
   */
  segmenter: rule<string>("a text", (value) => typeof value === "string").default(""),
});

/** The fields of a spec that define how a text is cut into tokens. Fields that are missing have the values of a new model. */
export interface TokenSpec extends Partial<Omit<Infer<typeof textFields>, "tokens">> {
  /** What a token is: a character or a word. */
  readonly level?: Level;
  /** The rule of the word tokenizer. */
  readonly tokens?: string;
}

/** The values of the text fields in the spec of a new model. */
export const newTextFields = { normalForm: "NFC", segmentation: "unicode", segmenter: "" } as const;

/** Refuses a rule that has no effect. @param levels what the tokens of the texts are */
export function checkTokens(
  tokens: string,
  standard: TokenRule,
  levels: readonly Level[],
  refuse: Refuse,
): void {
  if (tokens !== standard && !levels.includes("word")) {
    refuse(`tokens is ${tokens}, which has no effect if level is char`);
  }
}

/** Returns a text or a token in the normal form of a model. A vector stays as it is. */
export const normalized = <S extends Step>(step: S, spec: TokenSpec): S =>
  checkObject("spec", spec, "it is").normalForm === "none" || typeof step !== "string"
    ? step
    : (step.normalize() as S);

/** Letters of Chinese and Japanese, and wide marks. */
const EAST = "\\u3001-\\u312F\\u31A0-\\u9FFF\\uF900-\\uFAFF\\uFF01-\\uFF9F\\u{20000}-\\u{3FFFF}";
/** Letters of scripts without spaces between words: also of Thai, Lao, Burmese and Khmer. */
const SOUTH = "\\u0E00-\\u0EFF\\u1000-\\u109F\\u1780-\\u17FF";
/** Marks inside words: soft hyphen, joiners, and the marks that Armenian puts on a vowel. */
const INSIDE = "\\xAD\\u180E\\u200C\\u200D\\u2060\\u055A-\\u055C\\u055E";
/** Marks that belong to the symbol before them: accents, skin tones, tags of flags. */
const MARKS = "[\\p{M}\\u{1F3FB}-\\u{1F3FF}\\u{E0020}-\\u{E007F}]*";

/**
 * Makes a pattern with classes of Unicode. An engine reads a literal with such a class at once, even in a function, which takes 0.1 to
 * 0.5 ms for each. So they are made from texts, when they are used first.
 */
export const pattern = (source: string, flags = "u"): RegExp => new RegExp(source, flags);

/** Returns the patterns of all scripts. They are made in a function, so that bundlers can leave them out. */
const unicode = () => (patterns ??= makePatterns());
let patterns: ReturnType<typeof makePatterns> | undefined;

function makePatterns() {
  const regExp = (source: string, flags = "gu") => pattern(source, flags);
  return {
    /**
     * A word with its inner apostrophes, or any other single character that is not white space. Also inside words: the dot of
     * Catalan, geresh and gershayim of Hebrew. Emoji sequences are one symbol. Marks without width that separate words or set the
     * direction of writing are left out, as white space is.
     */
    word: regExp(
      `[#*\\d]\\uFE0F?\\u20E3|[\\p{L}\\p{M}\\p{N}${INSIDE}]+` +
        `(?:(?:['’·׳״]|(?<=[א-ת])"(?=[א-ת]))[\\p{L}\\p{M}${INSIDE}]+)*׳?|` +
        `\\p{RI}{2}|[^\\s\\u200B\\u200E\\u200F\\u061C\\u202A-\\u202E\\u2066-\\u2069]${MARKS}(?:\\u200D\\p{ExtPict}${MARKS})*`,
    ),
    /** A letter with its marks. */
    letter: regExp(".\\p{M}*"),
    unspaced: regExp(`[${EAST}${SOUTH}]`, "u"),
    /** A run of letters of scripts without spaces, or of other letters. */
    run: regExp(`[${EAST}${SOUTH}][${EAST}${SOUTH}\\p{M}${INSIDE}]*|[^${EAST}${SOUTH}]+`),
    /**
     * The end of a sentence that needs no white space after it: a full stop of another script (but not the comma of Burmese or a
     * decimal point), or a mark before a letter of a script without spaces. Thai and Lao have no such marks: their sentences end
     * with their lines.
     */
    stop: regExp(
      `(?![.!?၊]|．\\p{N})\\p{STerm}[\\p{STerm}…"'\\p{Pe}\\p{Pf}]*|[!?](?=[${EAST}${SOUTH}])|[\\u0E00-\\u0EFF](?=[^\\S\\n]*\\n)`,
    ),
    /** Two tokens, with a newline between them, that stand together without a space. */
    together: regExp(`[${EAST}]\\n|\\n[${EAST}]|[${SOUTH}]\\n[${SOUTH}]`, "u"),
  };
}

/** Returns the pattern of a word with its inner apostrophes, or of any other single character that is not white space. */
const latinWord = () => (latin ??= pattern("[\\p{L}\\p{M}\\p{N}]+(?:['’][\\p{L}\\p{M}]+)*|\\S", "gu"));
let latin: RegExp | undefined;

// The patterns test for white space first, because that is faster than the lookbehind.
const SENTENCE_ENDS = {
  latin: "”’»)\\]",
  unicode: "\\p{Pe}\\p{Pf}\\u200E\\u200F",
};
const sentenceEnd = (script: keyof typeof SENTENCE_ENDS) =>
  pattern(`(?=\\s)(?<=[.!?…]["'${SENTENCE_ENDS[script]}]*)\\s+|\\n\\s*\\n`);

/** Returns the patterns by which words and sentences are found, for a tokenizer in another language. */
export function tokenizerPatterns({ segmentation = "unicode" }: TokenSpec): Readonly<Record<string, string>> {
  const sentence = `([.!?…]["'${SENTENCE_ENDS[segmentation]}]*)(\\s+)|\\n\\s*\\n`;
  const shared = { sentence, space: "\\s+" };
  if (segmentation === "latin") return { ...shared, word: latinWord().source };
  const { word, letter, unspaced, run, stop } = unicode();
  const found = Object.entries({ word, letter, unspaced, run, stop });
  return { ...shared, ...Object.fromEntries(found.map(([name, { source }]) => [name, source])) };
}

/** Tells whether a text has letters of scripts that put no spaces between words. */
export const isUnspaced = (text: string): boolean => unicode().unspaced.test(checkText("text", text));

/** The maximum length of a text that is given to `Intl.Segmenter`. Its time is quadratic: V8 copies the text for each word. */
const PART = 256;

let segmenter: Intl.Segmenter | undefined;

/** Splits a run of letters of scripts without spaces into words or, without word lists, into letters with their marks. */
function segmented(run: string, lists: boolean): string[] {
  if (!lists || !globalThis.Intl?.Segmenter) return run.match(unicode().letter)!;
  segmenter ??= new Intl.Segmenter("en", { granularity: "word" });
  const words: string[] = [];
  for (let at = 0; at < run.length; ) {
    const part = run.slice(at, at + PART);
    const found = Array.from(segmenter.segment(part), ({ segment }) => segment);
    if (at + PART < run.length && found.length > 1) found.pop();
    words.push(...found);
    for (const word of found) at += word.length;
  }
  return words;
}

/** Splits a text into words and punctuation marks. */
function wordsOf(text: string, { segmentation = "unicode", segmenter }: TokenSpec): string[] {
  if (segmentation === "latin") return text.match(latinWord()) ?? [];
  const words = text.match(unicode().word) ?? [];
  if (!isUnspaced(text)) return words;
  const runs = words.flatMap((word) => (isUnspaced(word) ? word.match(unicode().run)! : word));
  return runs.flatMap((run) =>
    run[1] && isUnspaced(run) ? segmented(run, segmenter !== "characters") : run,
  );
}

/**
 * Splits a text into tokens. Characters are code points. A text is brought to NFC first, unless `spec.normalForm` is "none".
 *
 * @param spec what a token is: `char`, `word`, or the spec of a model
 *
 * @example
 * ```js
 * console.log(tokenize("It isn't far.", "word")); // [ 'It', "isn't", 'far', '.' ]
 * console.log(tokenize("far", "char")); // [ 'f', 'a', 'r' ]
 * ```
 */
export function tokenize(text: string, spec: Level | TokenSpec): string[] {
  if (typeof spec === "string") return tokenize(text, { level: spec });
  const normal = normalized(checkText("text", text), spec);
  if (spec.level === "char") return [...normal];
  return spec.tokens === "spaces" ? (normal.match(/\S+/g) ?? []) : wordsOf(normal, spec);
}

/** Splits a text into tokens like `tokenize`. Characters stay as they are, and words become lower case. */
export function sequenceTokens(text: string, spec: Level | TokenSpec): string[] {
  if (typeof spec === "string") return sequenceTokens(text, { level: spec });
  const normal = normalized(checkText("text", text), spec);
  return tokenize(spec.level === "char" ? text : normal.toLowerCase(), spec);
}

const SYMBOL = /^<(?:unk|eos)>$/i;

/**
 * Yields the words of a text, with `<EOS>` after each sentence.
 *
 * @param lines if true, each line is a sentence, whichever rule is given
 */
export function* sentenceTokens(text: string, spec: TokenSpec, lines = false): Iterable<string> {
  const { segmentation = "unicode" } = spec;
  const spaces = spec.tokens === "spaces";
  const normal = normalized(text, spec);
  const sentences =
    lines || spaces
      ? normal.split("\n")
      : (segmentation === "latin" ? normal : normal.replace(unicode().stop, "$&\n\n")).split(
          sentenceEnd(segmentation),
        );
  for (const sentence of sentences) {
    let last = END_SYMBOL;
    for (const token of spaces ? sentence.split(/\s+/) : wordsOf(sentence.toLowerCase(), spec)) {
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
  for (const piece of typeof text === "string" ? [text] : checkIterable("text", text)) {
    checkText("a piece of the text", piece);
    const count = (pattern: RegExp) => piece.match(pattern)?.length ?? 0;
    more += count(/(?<!\S)[.,!?،؟۔।。，！？](?!\S)/g) - count(/\S[.,!?،؟۔।](?!\S)|\S[。，！？]/g);
    if (/(?<!\S)<unk>(?!\S)/i.test(piece)) return true;
  }
  return more > 0;
}

/** Patterns of tokens that stand without a space. */
const joins = {
  latin: () => ({ dash: /^-$/, opens: /^[([{«“‘]$/, closes: /^[.,;:!?…)\]}%»”’]+$/ }),
  unicode: () => ({
    dash: /^[-־་]$/,
    opens: pattern("^[\\p{Ps}\\p{Pi}]$"),
    // Punctuation follows a word, except these marks and those of the blocks Latin-1 and General Punctuation.
    closes: pattern(`^(?:[…\\p{Pe}\\p{Pf}]|(?!["#&'*@/\\\\¡-¿‐-⁞])\\p{Po})+$`),
  }),
};

/**
 * Makes a function that turns words back into text, one word per call. The function adds a space before the word if
 * needed, and turns `<EOS>` into a newline.
 *
 * @param spec the spec of the model that the words belong to
 */
export function wordJoiner({ segmentation = "unicode" }: TokenSpec = {}): (token: string) => string {
  const { dash, opens, closes } = joins[segmentation]();
  const together = (two: string) => segmentation === "unicode" && unicode().together.test(two);
  let joined = true;
  let quoted = false;
  let before = "";
  return (token) => {
    const quote = token === '"';
    if (quote) quoted = !quoted;
    const isDash = dash.test(token);
    const begins = quote ? quoted : opens.test(token);
    const ends = quote ? !quoted : isDash || closes.test(token);
    const space = joined || ends || together(`${before}\n${token}`) ? "" : " ";
    joined = begins || isDash || token === END_SYMBOL;
    before = token;
    if (token !== END_SYMBOL) return space + token;
    quoted = false;
    return "\n";
  };
}
