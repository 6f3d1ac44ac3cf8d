import type { Labelled, Step } from "../data/labelled.ts";
import { wordJoiner } from "../data/words.ts";
import type { TaggerRule } from "../models/labels/spec.ts";
import { taggerTokens } from "../models/labels/tagger-tokens.ts";
import type { FormatOptions } from "./task.ts";

/** Number of sentences from which the rule is found. */
const SAMPLE = 1000;

/** How a tagger cuts a text into tokens. */
interface TaggerCut {
  readonly tokens: TaggerRule;
  /** `characters` if letters of scripts without spaces between words are tokens, but words of other scripts are whole. */
  readonly segmenter: "" | "characters";
}

/** The candidates. If several cut equally well, the first one counts. */
const CUTS: readonly TaggerCut[] = [
  { tokens: "graphemes", segmenter: "" },
  { tokens: "characters", segmenter: "" },
  { tokens: "words", segmenter: "" },
  { tokens: "words", segmenter: "characters" },
  { tokens: "edges", segmenter: "" },
  { tokens: "spaces", segmenter: "" },
];

const NAMES: Readonly<Record<TaggerRule, string>> = {
  words: "into words and punctuation marks",
  edges: "at spaces, with punctuation marks cut off at both ends of a word",
  spaces: "at spaces",
  graphemes: "into characters",
  characters: "into characters",
};

/** Joins tokens to the text that they were probably cut from. */
function textOf(tokens: readonly string[]): string {
  const join = wordJoiner();
  return tokens
    .map((token, i) => {
      const text = join(token);
      const whole = /^(?:['’]\p{L}|n['’]t$)/iu.test(token) || /\p{L}['’]$/u.test(tokens[i - 1] ?? "");
      return whole ? text.trimStart() : text;
    })
    .join("");
}

/** Returns the places where tokens begin and end, such as "3-7", counted without white space. */
function placesOf(tokens: readonly string[]): Set<string> {
  let end = 0;
  return new Set(
    tokens.map((token) => {
      const start = end;
      end += token.replace(/\s/g, "").length;
      return `${start}-${end}`;
    }),
  );
}

/**
 * Finds how to cut texts so that their tokens are like those of the training sentences. Joins the tokens of each sentence to a
 * text, cuts the text by each rule, and chooses the rule that finds most tokens again.
 */
export function taggerCutOf(
  sentences: readonly Labelled<Step>[],
  { normalForm }: { readonly normalForm: "none" | "NFC" },
  { note }: FormatOptions,
): TaggerCut {
  const sample = sentences.slice(0, SAMPLE).map(({ tokens }) => tokens as readonly string[]);
  const vocabulary = new Set(sample.flat());
  const known = (token: string) => vocabulary.has(token);
  const texts = sample.map((tokens) => ({ text: textOf(tokens), places: placesOf(tokens) }));
  const scores = CUTS.map((cut) => {
    let [found, all] = [0, 0];
    for (const { text, places } of texts) {
      const cutPlaces = placesOf(taggerTokens(text, { ...cut, normalForm, segmentation: "unicode" }, known));
      for (const place of cutPlaces) if (places.has(place)) found++;
      all += places.size + cutPlaces.size;
    }
    return found / all;
  });
  const best = CUTS[scores.indexOf(Math.max(...scores))]!;
  if (best.tokens !== "words")
    note?.(`predict will cut texts ${NAMES[best.tokens]}, as the training sentences are cut`);
  return best;
}
