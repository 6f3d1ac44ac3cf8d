import { numberedLines, type TextChunks } from "../lines.ts";
import type { ColumnOption, TableField } from "./columns.ts";
import { type Row, wrongRow } from "./row.ts";

/** How the examples of a task are written: the fields of an example, and the lines of a plain text. */
export interface TextForm {
  /** The fields, in the order of a line. */
  readonly fields: readonly TableField[];
  /** A line of plain text in words, such as "text <TAB> label". */
  readonly line: string;
  /** Divides a line of plain text into the fields. A field that is missing is undefined. */
  divide(line: string): readonly (string | undefined)[];
}

/**
 * Checks the fields of a row.
 *
 * @param values the fields in the order of the form; undefined if the line has no tab before the field
 * @param needed options of the fields that must not be empty
 * @param expected what a row should be, for errors
 * @returns the fields; "" if a field is missing
 * @throws ERR_DATA naming file and place if a needed field is missing or empty
 */
export function checkFields(
  { fields }: TextForm,
  source: string,
  row: Row,
  values: readonly (string | undefined)[],
  needed: readonly ColumnOption[],
  expected: string,
): string[] {
  return fields.map(({ what, option }, i) => {
    const value = values[i];
    if (value || !needed.includes(option)) return value ?? "";
    return wrongRow(source, row, `${value === undefined ? "no tab" : `the ${what} is empty`}${expected}`);
  });
}

/** Yields the fields of each line of a plain text. Blank lines are left out. @throws the errors of `checkFields` */
export async function* readForm(
  chunks: TextChunks,
  source: string,
  form: TextForm,
): AsyncGenerator<{ line: number; values: readonly string[] }> {
  const needed = form.fields.map(({ option }) => option);
  for await (const [line, content] of numberedLines(chunks)) {
    if (!content.trim()) continue;
    const row = { place: `line ${line}`, cells: [], content };
    yield {
      line,
      values: checkFields(form, source, row, form.divide(content), needed, `, expected ${form.line}`),
    };
  }
}

/** Divides a line at a tab. @param at index of the tab; -1 if the line has none */
export function divideAt(line: string, at: number): [before: string, after: string | undefined] {
  if (at < 0) return [line.trim(), undefined];
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}
