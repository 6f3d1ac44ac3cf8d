import { WrittenNumber } from "../data/exact-json.ts";
import { type Column, type ColumnOption, checkFields, type TableField, type TextForm } from "../data/form.ts";
import type { TextChunks } from "../data/lines.ts";
import { counted, UnrolledError } from "../errors.ts";
import {
  type ChoosableTable,
  chooseColumns,
  hasNames,
  type KnownColumns,
  knownColumns,
  namesIn,
} from "./choose-columns.ts";
import { type Columns, flagOf, likelyColumn, mayHaveField } from "./columns.ts";
import { type DataFormat, formatOf } from "./format.ts";
import {
  askedHeader,
  doubtOf,
  findHeader,
  headerReading,
  looksLikeHeader,
  noteDoubt,
  noteHeader,
  noteUsualNames,
} from "./header.ts";
import { unmatchedRows } from "./matches.ts";
import { isBlank, type Row, wrongRow } from "./row.ts";
import { readRows } from "./rows.ts";

/** How a table of texts is read. */
export interface TableOptions {
  /** The format of the file. Default: `formatOf` finds it out. */
  readonly format?: DataFormat | undefined;
  /** Whether the first row is a header. Default: it is found out. */
  readonly header?: boolean | undefined;
  /** The column of the text. Default: found by its name in the header. */
  readonly textColumn?: Column | undefined;
  /** The column of the label or target. Default: found by its name in the header. */
  readonly labelColumn?: Column | undefined;
  /** Receives messages about what was guessed. */
  readonly note?: ((text: string) => void) | undefined;
}

/** How a table was read: its format, and its columns if they have names or were chosen. */
export type TableReading = Omit<TableOptions, "note">;

/** A row with the fields of its example. */
export interface TextRow {
  readonly row: Row;
  /** The fields in the order of the form; "" for a field that is missing but not needed. undefined if the row is blank. */
  readonly values: readonly string[] | undefined;
}

/** The examples of a file. */
export interface TextTable {
  /** Name of the file. */
  readonly source: string;
  /** Names of the columns; undefined if the file has none. */
  readonly names: readonly string[] | undefined;
  /** All rows except the header, in the order of the file. */
  readonly rows: readonly TextRow[];
  readonly reading: TableReading;
}

/** What is known before a table is read. */
export interface TableContext {
  /** How the training data were read; undefined if these are the training data. */
  readonly trained?: TableReading | undefined;
  /** How the first file was read, if there are several. */
  readonly first?: TableReading | undefined;
  /** Options of the fields that every row must have. Default: the options of all fields. */
  readonly needed?: readonly ColumnOption[] | undefined;
  /** Whether a needed field may be empty. Default: false. */
  readonly mayBeEmpty?: boolean | undefined;
  /** Options of the needed fields that may be empty, but must be there. Default: none. */
  readonly emptyCells?: readonly ColumnOption[] | undefined;
  /** Returns whether the model knows a label. */
  readonly known?: ((label: string) => boolean) | undefined;
}

/**
 * Reads examples of texts from a file of any format.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param source name of the file, for errors
 * @throws ERR_DATA naming file and place if a row is invalid or a field is empty; naming the option if a column is missing or unclear
 */
export async function readTexts(
  chunks: TextChunks,
  source: string,
  form: TextForm,
  options: TableOptions = {},
  context: TableContext = {},
): Promise<TextTable> {
  const { fields } = form;
  const { trained, needed = fields.map(({ option }) => option), mayBeEmpty, emptyCells, known } = context;
  const filledFields = mayBeEmpty ? [] : needed.filter((option) => !emptyCells?.includes(option));
  const format = formatOf(source, options.format, trained?.format);
  if (format === "conllu") {
    const what = fields.map(({ what }) => what).join(" and ");
    throw new UnrolledError(
      "ERR_DATA",
      `${source}: CoNLL-U is for taggers; for lines with ${what}, use --format text`,
    );
  }
  const given = columnsOf(fields, options);
  const { names: objectNames, rows } = await readRows(chunks, source, format);
  if (format === "text" && options.format === undefined) noteQuotes(rows, options.note);
  const asked = askedHeader(options.header, hasNames(given), trained?.header);
  const header = objectNames
    ? -1
    : findHeader(rows, {
        header: asked,
        trained: namesIn(columnsOf(fields, trained)),
        common: format === "csv",
        single: trained === undefined,
        known,
      });
  const names = objectNames ?? rows[header]?.cells;
  const examples = rows.filter((_, i) => i !== header);
  if (options.header === undefined && !hasNames(given)) {
    noteHeader(rows[header], options.note);
    if (trained && !names) noteUsualNames(rows, known, options.note);
  }

  const table: ChoosableTable = {
    source,
    names,
    // Plain lines are seldom asked for it, and have to be split for it.
    get width() {
      return examples.reduce((most, { cells }) => Math.max(most, cells.length), 0);
    },
    get headed() {
      return looksLikeHeader(examples.filter((row) => !isBlank(row)));
    },
  };
  const before = knownColumns(columnsOf(fields, trained), columnsOf(fields, context.first), names);
  const columns = { given, trained: before, needed, note: options.note };
  const places =
    examples.every(isBlank) || (format === "text" && isPlain(form, table, columns, trained ? [] : examples))
      ? undefined
      : chooseColumns(fields, table, columns);
  // Plain lines are not divided by columns, but the names of their header tell it from an example later.
  const columnPlaces = places ?? (names?.length === fields.length ? fields.map((_, i) => i) : undefined);
  const filled = examples.filter((row) => !isBlank(row));
  const spaced = !places && isSpaced(form, filled, context);
  if (spaced && !trained) options.note?.("no line has a tab: the label is the word before the first space");
  const divide = spaced ? form.divideAtSpace! : form.divide;
  const advice = filled.some(({ content }) => content.includes("\t")) ? undefined : form.withoutTabs;
  const fieldsOf = (row: Row): string[] => {
    const own = places && row.cells;
    const nested = objectNames && places?.find((place) => isNested(row.values?.[place ?? -1]));
    if (nested !== undefined) {
      const tokens = row.values![nested];
      const areTexts = Array.isArray(tokens) && tokens.every((token) => typeof token === "string");
      const advice = areTexts ? "; join its tokens with spaces (--tokens spaces keeps them as they are)" : "";
      wrongRow(source, row, `field ${objectNames![nested]} is an object or a list, expected a text${advice}`);
    }
    const cells = places?.map((place) => (place === undefined ? "" : (own![place] ?? "")));
    const wrong = (problem: string) =>
      wrongRow(source, row, problem + (places ? "" : `, expected ${form.line}${adviceOn(row, advice)}`));
    const values = cells ?? divide(row.content);
    for (const [i, { what, option }] of fields.entries()) {
      if (!emptyCells?.includes(option)) continue;
      const isThere = places ? row.cells[places[i] ?? 0] !== undefined : values[i] !== undefined;
      if (!isThere) wrong(places ? `no ${what} (an empty cell is no label)` : "no tab");
    }
    return checkFields(form, values, filledFields, wrong);
  };
  const hollow =
    places && !mayBeEmpty
      ? filled.filter((row) =>
          hasEmpty(row, fields, places, { needed: filledFields, mayLack: objectNames !== undefined }),
        )
      : [];
  // Exports of tables often have a few rows with an empty cell. If most have one, it is probably the wrong column.
  const leftOut = new Set(hollow.length * 2 <= filled.length ? hollow : []);
  if (leftOut.size) {
    const what = counted(leftOut.size, "row with an empty cell is", "rows with an empty cell are");
    options.note?.(`${what} left out, the first in ${hollow[0]!.place}`);
  }
  if (places && names && !mayBeEmpty && needed.length === fields.length) {
    for (const row of unmatchedRows(form, filled, {
      ...{ source, names, places, named: hasNames(given), note: options.note },
    }))
      leftOut.add(row);
  }
  if (places && mayBeEmpty && !objectNames) noteShort(filled, fields, { places, needed, note: options.note });
  const found = examples.map((row) => ({
    row,
    values: isBlank(row) || leftOut.has(row) ? undefined : fieldsOf(row),
  }));
  if (!names && asked === undefined && !mayBeEmpty) {
    const [first, ...others] = found.filter(({ values }) => values);
    const label = fields.findIndex(({ option }) => option === "labelColumn" && needed.includes(option));
    const values = others.map(({ values }) => values!);
    const doubt = first && doubtOf(first.values!, values, label, fields[label]?.what ?? "");
    noteDoubt(first?.row, doubt, options.note);
  }
  return {
    source,
    names,
    rows: found,
    reading: {
      format,
      ...headerReading(header >= 0, asked),
      ...Object.fromEntries(
        fields.flatMap(({ option }, i) => {
          const place = columnPlaces?.[i];
          return place === undefined ? [] : [[option, names?.[place] || place + 1]];
        }),
      ),
    },
  };
}

/** Returns whether the cell of a field that is needed is there, but empty. Objects may lack it. */
const hasEmpty = (
  { cells }: Row,
  fields: readonly TableField[],
  places: readonly (number | undefined)[],
  { needed, mayLack }: { readonly needed: readonly ColumnOption[]; readonly mayLack: boolean },
): boolean =>
  fields.some(({ option }, i) => {
    const cell = cells[places[i] ?? -1];
    return needed.includes(option) && (cell === "" || (mayLack && cell === undefined));
  });

/** Tells the user that rows end before the column of a field, if it may be empty. */
function noteShort(
  rows: readonly Row[],
  fields: readonly TableField[],
  {
    places,
    needed,
    note,
  }: Pick<KnownColumns, "needed" | "note"> & { readonly places: readonly (number | undefined)[] },
): void {
  for (const [i, { what, option }] of fields.entries()) {
    const place = places[i];
    if (place === undefined || !needed.includes(option)) continue;
    const short = rows.filter(({ cells }) => cells.length <= place);
    if (!short.length) continue;
    const lack = counted(short.length, "row has", "rows have");
    note?.(`${lack} no column ${place + 1} for the ${what}, the first in ${short[0]!.place}`);
  }
}

/**
 * Tells the user that quotes around cells are part of the text, if they look like those of a table: every row has them, or quotes in
 * them are doubled. Quotes of a text, such as those of a dialogue, are neither.
 */
function noteQuotes(rows: readonly Row[], note: TableOptions["note"]): void {
  const filled = rows.filter((row) => !isBlank(row));
  const quoted = filled.filter(({ content }) => content.includes('"'));
  const cells = quoted.flatMap(({ cells }) =>
    cells.length > 1 ? cells.filter((cell) => cell.includes('"')) : [],
  );
  const areQuoted = cells.length > 0 && cells.every((cell) => /^"(?:[^"]|"")*"$/.test(cell));
  const everywhere = quoted.length === filled.length;
  if (!areQuoted || !(everywhere || cells.some((cell) => cell.slice(1, -1).includes('""')))) return;
  const count = counted(cells.length, "cell is", "cells are");
  note?.(`${count} in quotes, which are read as text; --format csv reads the cells without them`);
}

/**
 * Returns whether the lines of a file without tabs are divided at their first space, if the form allows it. Lines that may be texts
 * alone are divided only if most of their first words are labels of the model.
 */
function isSpaced(
  { divideAtSpace, fields }: TextForm,
  rows: readonly Row[],
  { trained, needed, known }: TableContext,
): boolean {
  if (!divideAtSpace || rows.some(({ content }) => content.includes("\t"))) return false;
  if (!trained || !needed || fields.every(({ option }) => needed.includes(option))) return true;
  return rows.filter(({ content }) => known?.(divideAtSpace(content)[0])).length * 2 > rows.length;
}

/**
 * Returns what to do if a line of text seems to be of another format.
 *
 * @param otherwise what to do if it does not
 */
function adviceOn({ content }: Row, otherwise?: string): string {
  if (/^\s*\{/.test(content)) return "; for JSON lines, use --format jsonl";
  if (/^\s*\[\s*(\{|$)/.test(content)) return "; for a JSON array, use --format json";
  const [between] = /(?<=^[^\s,;|]+)[,;|]|(?<=")[,;|]|[,;|](?=[^\s,;|]+$)/.exec(content) ?? [];
  if (between) {
    const marks = { ",": "commas", ";": "semicolons" }[between] ?? "bars";
    return `; for a table with ${marks}, use --format csv`;
  }
  return otherwise ? `; ${otherwise}` : "";
}

/** Returns whether a value of JSON is an object or a list, which is not a text. */
const isNested = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !(value instanceof WrittenNumber);

/** Returns the columns that options choose for the fields. */
function columnsOf(fields: readonly TableField[], options: TableOptions = {}): Columns {
  const chosen = fields.map(
    ({ option }) => [option, options[option as keyof Columns & keyof TableOptions]] as const,
  );
  return Object.fromEntries(chosen.filter(([, column]) => column !== undefined));
}

/**
 * Returns whether the lines of a text are divided by the form, not by columns: no column is chosen, and a header has as many
 * columns as there are fields, in the order of the form or with other names. Without a header, training data must not be a table
 * with more columns than fields.
 *
 * @param examples the rows of training data; empty if the data are others
 */
function isPlain(
  form: TextForm,
  table: ChoosableTable,
  { given, trained, needed, note }: KnownColumns,
  examples: readonly Row[],
): boolean {
  const { fields } = form;
  if (Object.keys(given).length) return false;
  if (needed.length === 1 && table.width < 2) return true;
  const { names } = table;
  const before = fields.map(({ option }) => trained[option]);
  if (before.some((column) => column !== undefined)) {
    const inOrder = before.every((column, i) => names?.[i]?.normalize() === String(column).normalize());
    return names?.length === fields.length && inOrder;
  }
  if (!names) return !isWider(form, examples, note);
  const likely = fields.map((field) => likelyColumn(field, names, (place) => mayHaveField(names[place]!)));
  const inOrder = likely.every((place, i) => place < 0 || place === i);
  return names.length === fields.length && inOrder;
}

/**
 * Returns whether rows without a header are a table with more columns than the form has fields: all have the same number, at least 3.
 * A note tells how other such rows are read. If the form ignores further columns, one that it reads has to be numbers in all rows, such as those of sentences.
 */
function isWider(
  { fields, ignoresRest }: TextForm,
  examples: readonly Row[],
  note: KnownColumns["note"],
): boolean {
  const filled = examples.filter((row) => !isBlank(row));
  const width = filled[0]?.cells.length ?? 0;
  if (filled.length < 2 || width <= fields.length || filled.some(({ cells }) => cells.length !== width))
    return false;
  if (width < 3) {
    note?.(`each line is read as a whole, with ${width} columns (${flagOf(fields[0]!.option)} reads one)`);
    return false;
  }
  if (!ignoresRest || fields.some((_, i) => filled.every(({ cells }) => /^\d+$/.test(cells[i]!))))
    return true;
  const read = fields.map(({ what }, i) => `${what} from column ${i + 1}`).join(", ");
  note?.(`${read} of ${width} (${fields.map(({ option }) => flagOf(option)).join(", ")})`);
  return false;
}
