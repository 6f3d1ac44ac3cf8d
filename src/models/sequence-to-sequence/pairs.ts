import { checkText, checkTexts } from "../../checks.ts";
import { readForm, type TextForm } from "../../data/form.ts";
import type { Level } from "../../data/labelled.ts";
import type { TextChunks } from "../../data/lines.ts";

/** A source sequence and its target. */
export interface SequencePair {
  /** Tokens of the source. */
  readonly source: readonly string[];
  /** Tokens of the target. */
  readonly target: readonly string[];
}

/** Splits a text into its characters (code points), or its words (between white space). */
export function splitTokens(text: string, level: Level): string[] {
  checkText("text", text);
  return level === "char" ? [...text] : (text.match(/\S+/g) ?? []);
}

/** Joins tokens into a text. This is the inverse of `splitTokens`, except that words are joined by single spaces. */
export function joinTokens(tokens: readonly string[], level: Level): string {
  return checkTexts("tokens", tokens).join(level === "char" ? "" : " ");
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
