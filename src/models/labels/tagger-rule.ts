import { checkList, checkObject, checkTexts } from "../../checks.ts";
import type { Step } from "../../data/labelled.ts";
import { type TokenSpec, wordJoiner } from "../../data/words.ts";
import type { TaggerRule } from "./spec.ts";
import { taggerTokens } from "./tagger-tokens.ts";

/** Number of sentences from which the rule is found. */
const SAMPLE = 1000;

/** Longer sentences, in UTF-16 units, are left out. */
const LONG = 10_000;

/** Fields of a tagger's spec that define how it cuts a text into tokens. */
export interface TaggerCut {
  /** The rule. */
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

/** Joins tokens to the text that they were probably cut from. */
function textOf(tokens: readonly string[]): string {
  const join = wordJoiner();
  const text = tokens.map((token) => join(token)).join("");
  return text.replace(/(?<=\S) (?=['’]\p{L}|n['’]t(?!\S))|(?<=\p{L}['’]) /giu, "");
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
 * text, cuts the text by each rule, and chooses the rule that finds most tokens again. Reads at most 1,000 sentences.
 *
 * @param sentences the tokens of each sentence
 * @param spec its field `normalForm` is the normal form of the tokens
 * @returns fields of a tagger's spec
 */
export function taggerCutOf(sentences: readonly (readonly Step[])[], spec: TokenSpec = {}): TaggerCut {
  const { normalForm } = checkObject("taggerCutOf", spec, "spec is");
  for (const tokens of checkList("sentences", sentences)) checkTexts("tokens", tokens as readonly string[]);
  const short = (sentences as readonly (readonly string[])[]).filter(
    (tokens) => tokens.reduce((sum, { length }) => sum + length, 0) < LONG,
  );
  const sample = short.slice(0, SAMPLE);
  const counts = new Map<string, number>();
  for (const token of sample.flat()) counts.set(token, (counts.get(token) ?? 0) + 1);
  // A token that occurs once would be unknown in another text.
  const known = (token: string) => counts.get(token)! > 1;
  const texts = sample.map((tokens) => ({ text: textOf(tokens), places: placesOf(tokens) }));
  const scores = CUTS.map((cut) => {
    const spec = { ...cut, ...(normalForm && { normalForm }) };
    let [found, all] = [0, 0];
    for (const { text, places } of texts) {
      const cutPlaces = placesOf(taggerTokens(text, spec, known));
      for (const place of cutPlaces) if (places.has(place)) found++;
      all += places.size + cutPlaces.size;
    }
    return all && found / all;
  });
  const best = Math.max(...scores);
  return best ? CUTS[scores.indexOf(best)]! : { tokens: "words", segmenter: "" };
}
