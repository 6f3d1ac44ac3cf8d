import { numberedLines, shown, type TextChunks, wrongLine } from "../../data/lines.ts";

/** Two texts that belong together, such as a question and its paraphrase, or a sentence and its translation. */
export type TextPair = readonly [text: string, partner: string];

/**
 * Reads two texts, separated by a tab, from each line. Further columns and blank lines are skipped. If a line has no tab, its
 * text is paired with itself.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param source name of the file, for errors
 * @throws ERR_DATA naming file and line if a text is empty
 */
export async function* readTextPairs(chunks: TextChunks, source: string): AsyncGenerator<TextPair> {
  for await (const [line, content] of numberedLines(chunks)) {
    if (!content.trim()) continue;
    const [text = "", partner = text] = content.split("\t", 2).map((column) => column.trim());
    if (!text || !partner) {
      wrongLine(source, line, `a text is empty, expected text <TAB> text: ${shown(content)}`);
    }
    yield [text, partner];
  }
}
