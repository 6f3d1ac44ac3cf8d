import { checkObject, checkTexts } from "../../checks.ts";
import { readForm, type TextForm } from "../../data/form.ts";
import type { Level, Step } from "../../data/labelled.ts";
import type { TextChunks } from "../../data/lines.ts";
import { type TokenSpec, wordJoiner } from "../../data/words.ts";

/** A source sequence and its target. */
export interface SequencePair<S extends Step = string> {
  /** Tokens or vectors of the source. */
  readonly source: readonly S[];
  /** Tokens of the target. */
  readonly target: readonly string[];
}

/**
 * Joins tokens into a text. This is the inverse of `tokenize`, except for white space.
 *
 * @param spec what a token is: `char`, `word`, or the spec of a model
 */
export function joinTokens(tokens: readonly string[], spec: Level | TokenSpec): string {
  if (typeof spec === "string") return joinTokens(tokens, { level: spec });
  checkObject("joinTokens", spec, "spec is");
  checkTexts("tokens", tokens);
  if (spec.level === "word" && spec.tokens !== "spaces") return tokens.map(wordJoiner(spec)).join("");
  return tokens.join(spec.level === "char" ? "" : " ");
}

/** The form of pairs of texts. Further columns of a line are ignored, such as the origin of a translation. */
export const PAIR_FORM: TextForm = {
  fields: [
    {
      what: "source",
      option: "textColumn",
      names: ["source", "src", "input", "text", "question", "article"],
    },
    {
      what: "target",
      option: "labelColumn",
      names: ["target", "tgt", "output", "translation", "answer", "summary", "label"],
    },
  ],
  line: "source <TAB> target",
  ignoresRest: true,
  divide(line) {
    const [source, target] = line.split("\t", 2).map((column) => column.trim());
    return [source, target];
  },
};

/** The form of single texts: each line is a text. */
export const TEXT_FORM: TextForm = {
  fields: [
    { what: "text", option: "textColumn", names: ["text", "sentence", "sequence", "word", "content"] },
  ],
  line: "a text",
  divide: (line) => [line.trim()],
};

/**
 * Reads a source and a target, separated by a tab, from each line. Blank lines are skipped. Further columns are ignored, such
 * as the origin of a translation.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param file name of the file, for errors
 * @throws ERR_DATA naming file and line if there is no tab, or the source or the target is empty
 */
export async function* readPairs(
  chunks: TextChunks,
  file: string,
): AsyncGenerator<{ source: string; target: string }> {
  for await (const { values } of readForm(chunks, file, PAIR_FORM)) {
    yield { source: values[0]!, target: values[1]! };
  }
}
