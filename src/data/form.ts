import {
  checkFunction,
  checkList,
  checkObject,
  checkObjects,
  checkText,
  checkTexts,
  checkWhole,
} from "../checks.ts";
import { shown } from "../errors.ts";
import { numberedLines, type TextChunks, wrongLine } from "./lines.ts";

/** A column, by its name or by its number, counted from 1. */
export type Column = string | number;

/**
 * Returns the index of a name in a list; -1 if it is not there. Names are equal if their NFC is, since programs write letters such as
 * é as one character or as two.
 */
export function indexOfName(names: readonly string[], name: string): number {
  const place = checkTexts("names", names).indexOf(checkText("name", name));
  return place >= 0 ? place : names.findIndex((one) => one.normalize() === name.normalize());
}

/** The name of an option that chooses a column. */
export type ColumnOption = "textColumn" | "labelColumn" | "tokenColumn" | "tagColumn";

/** A field of an example, which a column of a table gives. */
export interface TableField {
  /** What it is, such as "label", for errors. */
  readonly what: string;
  /** The option that chooses its column. */
  readonly option: ColumnOption;
  /** Usual names of its column, the most likely one first: words in lower case with a space between them. */
  readonly names: readonly string[];
}

/** The columns that may say whether the fields of a row belong together. */
export interface MatchColumn {
  /** Usual names. */
  readonly names: readonly string[];
  /** Names that often mean something else. They are not tried if the user has named the columns of the fields. */
  readonly unlessNamed: readonly string[];
}

/** How the examples of a task are written: the fields of an example, and the lines of a plain text. */
export interface TextForm {
  /** The fields, in the order of a line. */
  readonly fields: readonly TableField[];
  /** A line of plain text in words, such as "text <TAB> label". */
  readonly line: string;
  /** Divides a line of plain text into the fields. A field that is missing is undefined. */
  divide(line: string): readonly (string | undefined)[];
  /** Whether a line may have columns past its fields, which are not read, such as the origin of a translation. Default: false. */
  readonly ignoresRest?: boolean;
  /** The column of 0 and 1, or of grades, that says whether the fields of a row belong together. */
  readonly matches?: MatchColumn;
  /** What a file may need if no line has a tab, for errors, such as "if each line begins with its label, use --label-first". */
  readonly withoutTabs?: string;
  /** Divides a line of a file that has no tabs at the first space; undefined if lines always need a tab. */
  readonly divideAtSpace?: (line: string) => readonly [first: string, rest: string];
}

/**
 * Checks the fields of an example.
 *
 * @param values the fields in the order of the form; undefined if the line has no tab before the field
 * @param needed options of the fields that must not be empty
 * @param wrong throws an error with the problem
 * @returns the fields; "" if a field is missing
 */
export function checkFields(
  form: TextForm,
  values: readonly (string | undefined)[],
  needed: readonly ColumnOption[],
  wrong: (problem: string) => never,
): string[] {
  const { fields } = checkObject("checkFields", form, "the form is");
  checkList("fields", fields);
  checkList("values", values);
  for (let i = 0; i < fields.length; i++) {
    const { what, option } = fields[i]!;
    if (values[i] || !needed.includes(option)) continue;
    wrong(values[i] === undefined ? "no tab" : `the ${what} is empty`);
  }
  return values.map((value) => value ?? "");
}

/**
 * Yields the fields of each line of a plain text. Blank lines are left out.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param source name of the file, for errors
 * @throws ERR_DATA naming file and line if a field is missing or empty
 */
export async function* readForm(
  chunks: TextChunks,
  source: string,
  form: TextForm,
): AsyncGenerator<{ line: number; values: readonly string[] }> {
  const { fields, divide } = checkObject("readForm", form, "the form is");
  const needed = checkObjects("readForm: fields", fields).map(({ option }) => option);
  checkFunction("readForm: divide", divide);
  for await (const [line, content] of numberedLines(chunks)) {
    if (!content.trim()) continue;
    const wrong = (problem: string) =>
      wrongLine(source, line, `${problem}, expected ${form.line}: ${shown(content)}`);
    yield { line, values: checkFields(form, form.divide(content), needed, wrong) };
  }
}

/** Divides a line at a tab. @param at index of the tab; -1 if the line has none */
export function divideAt(line: string, at: number): [before: string, after: string | undefined] {
  checkText("line", line);
  checkWhole("at", at, -1);
  if (at < 0) return [line.trim(), undefined];
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}
