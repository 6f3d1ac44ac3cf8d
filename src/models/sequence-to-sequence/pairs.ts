import { checkText, checkTexts } from "../../checks.ts";
import type { Level } from "../../data/labelled.ts";
import { numberedLines, shown, type TextChunks, wrongLine } from "../../data/lines.ts";

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
  for await (const [line, content] of numberedLines(chunks)) {
    if (!content.trim()) continue;
    const [source, target] = content.split("\t", 2).map((column) => column.trim());
    const wrong = (what: string) =>
      wrongLine(file, line, `${what}, expected source <TAB> target: ${shown(content)}`);
    if (target === undefined) wrong("no tab");
    if (!source) wrong("the source is empty");
    if (!target) wrong("the target is empty");
    yield { source: source!, target: target! };
  }
}
