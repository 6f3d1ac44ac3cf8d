import type { TextForm } from "../data/form.ts";
import type { Row } from "../tables/row.ts";
import { readTexts, type TableContext, type TableOptions, type TextTable } from "../tables/texts.ts";
import { joinInputs } from "./inputs.ts";
import { withOwnFormat } from "./own-format.ts";
import { type ExampleRows, type FirstFile, type ReadExamples, readAlike } from "./parts.ts";
import { some, type TextSource, withLines } from "./source.ts";
import type { FormatOptions, InputFile } from "./task.ts";

/** Returns the options of `readTexts` among all options. */
export const tableOptions = ({
  format,
  header,
  textColumn,
  labelColumn,
  note,
}: FormatOptions): TableOptions => ({ format, header, textColumn, labelColumn, note });

/**
 * Reads the tables of a source, one for each part. Each part has a format and a header of its own.
 *
 * @throws the errors of `readTexts`
 */
async function readTables(
  source: TextSource,
  form: TextForm,
  options: FormatOptions,
  context: TableContext,
  first: FirstFile | undefined,
): Promise<(TextTable & { readonly first: FirstFile })[]> {
  const read = async (part: TextSource, note: TableOptions["note"], first: FirstFile | undefined) => {
    const [{ chunks, name }, own] = await withOwnFormat(part, { ...options, note }, context.trained);
    const whole = { ...context, first: first?.fields };
    const table = await withLines(name, () =>
      readTexts(chunks, name, form, { ...tableOptions(own), note }, whole),
    );
    return { ...table, first: { fields: table.reading, features: 0 } };
  };
  return readAlike(source, first, read, options.note);
}

/**
 * Reads the examples of a source.
 *
 * @param make makes an example from the fields of a row, in the order of the form
 * @param first what an earlier source has decided
 * @throws ERR_DATA if there are no examples, or if a row is invalid
 */
export async function readTextExamples<T>(
  source: TextSource,
  form: TextForm,
  options: FormatOptions,
  context: TableContext,
  make: (...fields: string[]) => T,
  first?: FirstFile,
): Promise<ReadExamples<T[]>> {
  const tables = await readTables(source, form, options, context, first);
  some(
    tables.filter(({ rows }) => rows.some(({ values }) => values)),
    source.name,
  );
  const examples: T[] = [];
  const files = tables.map(({ source: name, rows: all }): ExampleRows => {
    const rows: Row[] = [];
    for (const { row, values } of all) {
      if (!values) continue;
      examples.push(make(...values));
      rows.push(row);
    }
    return { name, rows };
  });
  return { examples, files, reading: tables[0]!.reading, first: tables[0]!.first };
}

/**
 * Reads the inputs of `predict`. Only one field of the form has to be there. The input of a blank line or an empty cell is "".
 *
 * @param input index of the field that is the input
 */
export async function readTextInputs(
  source: TextSource,
  form: TextForm,
  input: number,
  options: FormatOptions,
  context: Omit<TableContext, "needed" | "mayBeEmpty">,
): Promise<InputFile<string>> {
  const needed = [form.fields[input]!.option];
  const tables = await readTables(source, form, options, { ...context, needed, mayBeEmpty: true }, undefined);
  some(
    tables.flatMap(({ rows }) => rows),
    source.name,
  );
  return joinInputs(
    tables.map(({ names, rows }) => ({
      inputs: rows.map(({ values }) => values?.[input] ?? ""),
      rows: rows.map(({ row }) => [row.values ?? row.cells]),
      names,
    })),
  );
}
