import { checkFunction, checkList } from "../checks.ts";
import type { Level, Step } from "../data/labelled.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import { isUnspaced, type TokenSpec, tokenize } from "../data/words.ts";
import { UnrolledError } from "../errors.ts";
import { joinTokens } from "../models/sequence-to-sequence/pairs.ts";
import { CHARACTERS, segmenterOf } from "./segmenter.ts";
import type { CompleteSpec, DataOptions, FormatOptions } from "./task.ts";

/** Number of texts from which a rule is found. */
const SAMPLE = 10_000;

/** Tells whether most letters of a text are of scripts that put no spaces between words. */
function isMostlyUnspaced(text: string): boolean {
  if (!isUnspaced(text)) return false;
  const letters = text.match(/\p{L}/gu) ?? [];
  return letters.filter(isUnspaced).length > letters.length / 2;
}

/** Tells whether most texts are of scripts that put no spaces between words. */
export const areUnspaced = (texts: readonly string[]): boolean =>
  texts.filter(isMostlyUnspaced).length > texts.length / 2;

/** Tells whether no space shows where a text's words end: it is a single word, or its script puts no spaces between words. */
export const isOneWord = (text: string): boolean => !/\s/.test(text) || isMostlyUnspaced(text);

/** Tells the user that tokens are characters because of the script. */
export function noteUnspaced({ note }: FormatOptions): void {
  note?.("most texts have no spaces between words: tokens are characters; for words, choose the level word");
}

/** The fields of specs that `completeTexts` reads. */
interface TextsSpec extends TokenSpec {
  readonly sourceLevel?: Level;
  readonly targetLevel?: Level;
}

const hasWords = ({ level, sourceLevel, targetLevel }: TextsSpec) =>
  [level, sourceLevel, targetLevel].includes("word");

/**
 * Completes the spec of a new model of texts. Stores which word lists cut the texts into words, if their scripts need any.
 *
 * @param found returns the rule that fits the texts, if the option `tokens` is missing; default: the rule of the default spec
 */
export function completeTexts<Spec extends TextsSpec>(
  complete: CompleteSpec,
  defaults: Spec,
  texts: Iterable<string>,
  { tokens, note }: DataOptions,
  found?: () => string,
): Spec {
  const first = complete({ ...defaults, ...(tokens && { tokens }) });
  const words = hasWords(first);
  const spec = words && found && !tokens ? complete({ ...defaults, tokens: found() }) : first;
  if (!words || spec.tokens !== "words" || spec.segmentation !== "unicode" || spec.segmenter) return spec;
  const segmenter = segmenterOf(texts);
  if (segmenter === CHARACTERS) {
    note?.(
      "this runtime has no Intl.Segmenter: in scripts without spaces between words, tokens are characters",
    );
  }
  return { ...spec, segmenter };
}

/**
 * Returns the rule for texts that a model writes: `words` if most texts are the same after they are cut into words and joined,
 * else `spaces`. Words with marks in them, such as I_TURN_LEFT, and texts that are cut already need `spaces`.
 */
export function writtenTokens(texts: readonly string[], { note }: FormatOptions): "words" | "spaces" {
  const sample = texts.slice(0, SAMPLE);
  const rule = { level: "word", tokens: "words" } as const;
  const plain = (text: string) => text.normalize().split(/\s+/).join(" ").trim();
  const same = sample.filter((text) => plain(joinTokens(tokenize(text, rule), rule)) === plain(text));
  if (same.length >= sample.length / 2) return "words";
  note?.(
    "words are split at spaces only, because splitting off punctuation marks would change most targets; tokens words (--tokens words) splits them off",
  );
  return "spaces";
}

/** The options and fields that say which tokens a text has. */
const TOKEN_FIELDS = ["level", "tokens", "minCount"] as const;

/**
 * @param defaults the default spec that fits the data; its `features` is 0 if they are texts
 * @throws ERR_VALUE if the data are vectors, but the user chose an option or a field of the spec that says which tokens texts have. An
 *   encoder-decoder of vectors has targets of tokens, so that its only such field is `sourceLevel`.
 */
export function checkTextOptions(
  options: DataOptions,
  complete: CompleteSpec,
  defaults: { readonly features: number },
): void {
  const { features } = defaults;
  if (!features) return;
  const chosen = (name: string): unknown =>
    name in defaults && (complete({ ...defaults, [name]: undefined }) as Record<string, unknown>)[name];
  for (const name of "sourceLevel" in defaults ? ["sourceLevel"] : TOKEN_FIELDS) {
    const value = (options as Record<string, unknown>)[name] ?? (chosen(name) || undefined);
    if (value === undefined) continue;
    throw new UnrolledError(
      "ERR_VALUE",
      `${name} is ${value}, but features is ${features}: vectors have no tokens; leave it out`,
    );
  }
}

/** A model that reads texts. */
export interface TextReader {
  /** The vocabulary of the tokens. */
  readonly vocabulary?: Vocabulary | undefined;
  /** The vocabulary of the texts, if the model also has one of targets. */
  readonly source?: Vocabulary | undefined;
  /** Splits a text into the tokens that the model reads. */
  tokens(text: string): readonly string[];
}

/**
 * Returns a note if a model does not know most tokens of its inputs. If it knows them, returns undefined.
 *
 * @param inputs texts, or lists of tokens
 */
export function unknownNote(
  model: TextReader,
  inputs: readonly (string | readonly Step[])[],
): string | undefined {
  checkFunction("unknownNote: model.tokens", model?.tokens);
  const tokens = (input: string | readonly Step[]) =>
    typeof input === "string" ? model.tokens(input) : checkList("a list of tokens", input);
  return noteOfTokens(model.vocabulary ?? model.source, Array.from(checkList("inputs", inputs), tokens));
}

function noteOfTokens(
  vocabulary: Vocabulary | undefined,
  sequences: Iterable<Iterable<unknown>>,
): string | undefined {
  if (!vocabulary) return undefined;
  let [unknown, all] = [0, 0];
  for (const tokens of sequences) {
    for (const token of tokens) {
      all++;
      if (token === vocabulary.unknownId || (typeof token === "string" && !vocabulary.has(token))) unknown++;
    }
  }
  if (unknown <= all / 2) return undefined;
  const share = Math.round((100 * unknown) / all);
  return `the model does not know ${share}% of the tokens; is it the language of the training data, cut in the same way (level, tokens)?`;
}

/** Tells the user if a model does not know most tokens of its inputs. */
export function noteUnknownTexts(
  { note }: FormatOptions,
  model: TextReader,
  inputs: readonly (string | readonly Step[])[],
): void {
  const text = note && unknownNote(model, inputs);
  if (text) note?.(text);
}

/** Tells the user if most tokens or ids are unknown to a model. */
export function noteUnknown(
  { note }: FormatOptions,
  vocabulary: Vocabulary | undefined,
  sequences: Iterable<Iterable<unknown>>,
): void {
  const text = note && noteOfTokens(vocabulary, sequences);
  if (text) note?.(text);
}
