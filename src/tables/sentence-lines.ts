import { isUnspaced } from "../data/words.ts";

/** Returns the columns of a row: by tabs if it has any, else by spaces. */
export const columnsOf = (line: string): string[] => line.split(line.includes("\t") ? "\t" : /[ \t]+/);

/**
 * Returns whether a file has a sentence in each line, instead of columns with a token in each line.
 *
 * Lines with tabs are columns. So are lines of one word, unless most are of a script without spaces and `cut` divides them. Other lines are columns if most of their tags are known. If not, they are columns if
 * blank lines separate them into sentences whose rows all have the same number of columns, or if they have two columns or lack the
 * column of the tag, and most of their last words are codes such as NNP and most of their first words are not.
 *
 * @param known returns whether a model knows a tag
 * @param tagColumn column of the tag, counted from 1; default: the last one
 * @param cut cuts a sentence into tokens as the model does; undefined if lines of one word are columns
 */
export function areSentences(
  lines: readonly string[],
  known: (tag: string) => boolean,
  tagColumn?: number,
  cut?: (line: string) => readonly string[],
): boolean {
  const blocks: string[][][] = [[]];
  for (const line of lines) {
    if (!line.trim() || line.startsWith("-DOCSTART-")) blocks.push([]);
    else if (!/^#\s/.test(line)) blocks.at(-1)!.push(columnsOf(line.trim()));
  }
  const filled = blocks.filter(({ length }) => length);
  const rows = filled.flat();
  const most = (test: (row: string[]) => boolean) => rows.filter(test).length * 2 > rows.length;
  if (lines.filter((line) => line.includes("\t")).length * 2 > rows.length) return false;
  if (!most(({ length }) => length > 1)) {
    return cut !== undefined && most(([line = ""]) => isUnspaced(line) && cut(line).length > 1);
  }
  // New data may lack the column of the tag, but have others, such as parts of speech.
  const tag = (row: string[]) => row[(tagColumn ?? row.length) - 1] ?? (row.length > 1 ? row.at(-1)! : "");
  if (most((row) => known(tag(row)) && /[\p{L}\p{N}]/u.test(tag(row)))) return false;
  const even = filled.every((block) => block.every(({ length }) => length === block[0]!.length));
  const isCode = (cell = "") => /^[A-Z][A-Z$]*(?:-[A-Z]+)?$/.test(cell);
  const { length: width } = rows[0]!;
  const lacksTag = width === 2 || (tagColumn !== undefined && tagColumn > width);
  if (
    even &&
    rows.length > 1 &&
    lacksTag &&
    most((row) => isCode(row.at(-1))) &&
    !most(([word]) => isCode(word))
  )
    return false;
  return !even || filled.length < 2 || filled.length * 2 > rows.length;
}
