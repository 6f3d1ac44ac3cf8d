import { checkText, checkTexts } from "../../checks.ts";
import { UnrolledError } from "../../errors.ts";
import { show } from "../../schema.ts";
import type { PackedLanguageModel } from "./stream.ts";

/** A text whose blank is filled with one of several alternatives. */
export interface ClozeAnswer {
  /** What fills the blank. */
  readonly alternative: string;
  /** The whole text with it. */
  readonly text: string;
  /** Natural logarithm of the probability of the whole text, as `score` computes it. */
  readonly logProbability: number;
  /** The probability of this text, divided by the sum for all alternatives. */
  readonly share: number;
}

const BLANK = /_{2,}/g;

/** Matches a blank, followed by its alternatives, such as "____ (is/are)". */
const LISTED = /(_{2,})[ \t]*\(([^()/]*(?:\/[^()/]*)+)\)/g;

/**
 * Finds the alternatives that a text lists behind its blank.
 *
 * @returns the text without the list and the alternatives; undefined if the text has no such list, or several
 *
 * @example
 * ```js
 * console.log(listedAlternatives("The keys ____ (is/are) here.")); // { text: 'The keys ____ here.', alternatives: [ 'is', 'are' ] }
 * ```
 */
export function listedAlternatives(
  text: string,
): { readonly text: string; readonly alternatives: readonly string[] } | undefined {
  const [found, ...others] = checkText("text", text).matchAll(LISTED);
  if (!found || others.length) return undefined;
  const alternatives = found[2]!.split("/").map((one) => one.trim());
  return { text: text.replace(found[0], found[1]!), alternatives };
}

/**
 * Fills the blank of a text with each alternative and compares the probabilities of the whole texts, so that what follows the blank counts
 * too.
 *
 * @param packed the model's weights, as `model.pack()` returns them
 * @param text a text with one blank: two or more underscores, such as "____". It lists no alternatives: `listedAlternatives` takes them off
 * @param alternatives at least two texts, none empty
 * @returns an answer for each alternative, in their order
 * @throws ERR_VALUE if there is not one blank, if alternatives stand behind it, or if there are fewer than two alternatives or an empty
 *   one, which would win because its text is shorter; the errors of `score`
 *
 * @example
 * ```js
 * const text = "the dog barks. the dogs bark. the cat sits. the cats sit. ".repeat(40);
 * const rt = await createRuntime();
 * const spec = { ...defaultLanguageModelSpec(), hidden: 24, layers: 1 };
 * const model = new LanguageModel(rt, spec, textVocabulary(text, spec));
 * const trainer = new LanguageModelTrainer(model, model.encode(text), { batch: 8, seq: 29, lr: 0.02 });
 * for (let i = 0; i < 150; i++) trainer.step();
 * for (const { alternative, share } of cloze(model.pack(), "the dogs ____.", ["bark", "barks"])) {
 *   console.log(alternative, share.toFixed(2));
 * }
 * // bark 0.99
 * // barks 0.01
 * ```
 */
export function cloze(
  packed: PackedLanguageModel,
  text: string,
  alternatives: readonly string[],
): ClozeAnswer[] {
  checkTexts("alternatives", alternatives);
  const blanks = [...checkText("text", text).matchAll(BLANK)].length;
  if (blanks !== 1) {
    throw new UnrolledError("ERR_VALUE", `${show(text)} has ${blanks} blanks, expected one: ____`);
  }
  if (alternatives.length < 2) {
    const given = alternatives.length ? `only ${show(alternatives[0])}` : "none";
    throw new UnrolledError("ERR_VALUE", `there are too few alternatives, ${given}, expected at least two`);
  }
  const listed = listedAlternatives(text);
  if (listed) {
    const given = `${listed.alternatives.join("/")} behind the blank and ${alternatives.join("/")} apart`;
    throw new UnrolledError(
      "ERR_VALUE",
      `${show(text)} has alternatives twice, ${given}, expected one of them`,
    );
  }
  const empty = alternatives.findIndex((alternative) => !alternative.trim());
  if (empty >= 0) {
    throw new UnrolledError(
      "ERR_VALUE",
      `alternative ${empty + 1} of ${show(text)} is empty, expected a text`,
    );
  }
  const scores = alternatives.map((alternative) => packed.score(text.replace(BLANK, () => alternative)));
  const best = Math.max(...scores.map(({ logProbability }) => logProbability));
  const ratios = scores.map(({ logProbability }) => Math.exp(logProbability - best));
  const sum = ratios.reduce((sum, ratio) => sum + ratio, 0);
  return scores.map(({ text, logProbability }, i) => ({
    alternative: alternatives[i]!,
    text,
    logProbability,
    share: ratios[i]! / sum,
  }));
}
