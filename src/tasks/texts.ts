import type { TextForm } from "../data/table/form.ts";
import { readTexts, type TableContext, type TextTable } from "../data/table/texts.ts";
import { UnrolledError } from "../errors.ts";
import type { TextSource } from "./source.ts";
import type { FormatOptions, InputFile } from "./task.ts";

/**
 * Reads a table of texts from a source.
 *
 * @throws ERR_DATA if there are no examples, and the errors of `readTexts`
 */
async function readTable(
  { chunks, name }: TextSource,
  form: TextForm,
  { format, header, textColumn, labelColumn, note }: FormatOptions,
  context: TableContext,
): Promise<TextTable> {
  const table = await readTexts(
    chunks,
    name,
    form,
    { format, header, textColumn, labelColumn, note },
    context,
  );
  if (table.rows.some(({ values }) => values)) return table;
  throw new UnrolledError("ERR_DATA", `${name} has no examples: all its lines are blank`);
}

/**
 * Reads the examples of a source.
 *
 * @param make makes an example from the fields of a row, in the order of the form
 * @throws ERR_DATA if there are no examples, or if a row is invalid
 */
export async function readTextExamples<T>(
  source: TextSource,
  form: TextForm,
  options: FormatOptions,
  context: TableContext,
  make: (...fields: string[]) => T,
) {
  const { rows, reading } = await readTable(source, form, options, context);
  return { examples: rows.flatMap(({ values }) => (values ? [make(...values)] : [])), reading };
}

/**
 * Reads the inputs of `predict`. Only one field of the form has to be there. The input of a blank line is "".
 *
 * @param input index of the field that is the input
 */
export async function readTextInputs(
  source: TextSource,
  form: TextForm,
  input: number,
  options: FormatOptions,
  context: Omit<TableContext, "needed">,
): Promise<InputFile<string>> {
  const needed = [form.fields[input]!.option];
  const { names, rows } = await readTable(source, form, options, { ...context, needed });
  return {
    inputs: rows.map(({ values }) => values?.[input] ?? ""),
    rows: rows.map(({ row }) => [row.cells]),
    names,
  };
}
