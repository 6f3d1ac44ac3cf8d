import { numberedLines, shown, type TextChunks, wrongLine } from "../../data/lines.ts";

/** The input from which a sequence is generated: the name of a category, or a vector such as the features of an image. */
export type Condition = string | ArrayLike<number>;

/** A training example: a sequence and its condition. */
export interface Conditioned {
  /** The input from which the sequence is generated. */
  readonly condition: Condition;
  /** The symbols of the sequence. The list may be empty. */
  readonly tokens: readonly string[];
}

/**
 * Reads one example from each line: a condition, a tab and a text. Blank lines are skipped. Further tabs belong to the text.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param source name of the file, for errors
 * @throws ERR_DATA, naming the file and the line, if a line has no tab, or if its condition or text is empty
 */
export async function* readConditioned(
  chunks: TextChunks,
  source: string,
): AsyncGenerator<{ line: number; condition: string; text: string }> {
  for await (const [line, content] of numberedLines(chunks)) {
    if (!content.trim()) continue;
    const tab = content.indexOf("\t");
    const [condition, text] = [content.slice(0, Math.max(tab, 0)).trim(), content.slice(tab + 1).trim()];
    const problem =
      tab < 0 ? "no tab" : condition ? (text ? "" : "the sequence is empty") : "the condition is empty";
    if (problem) wrongLine(source, line, `${problem}, expected condition <TAB> sequence: ${shown(content)}`);
    yield { line, condition, text };
  }
}
