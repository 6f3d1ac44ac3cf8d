import type { Level } from "../../data/labelled.ts";
import { numberedLines, shown, type TextChunks, wrongLine } from "../../data/lines.ts";
import { type TokenSpec, wordJoiner } from "../../data/words.ts";

/** A source sequence and its target. */
export interface SequencePair {
  /** Tokens of the source. */
  readonly source: readonly string[];
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
  if (spec.level === "word" && spec.tokens !== "spaces") return tokens.map(wordJoiner(spec)).join("");
  return tokens.join(spec.level === "char" ? "" : " ");
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
