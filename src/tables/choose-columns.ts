import type { Column, ColumnOption, TableField } from "../data/form.ts";
import { shown, UnrolledError } from "../errors.ts";
import {
  type Columns,
  columnsIn,
  flagOf,
  isNumber,
  likelyColumn,
  mayHaveField,
  noColumn,
  placeOf,
} from "./columns.ts";

/** What is known of a table when its columns are chosen. */
export interface ChoosableTable {
  /** Name of the file, for errors. */
  readonly source: string;
  /** Names of the columns; undefined if there is no header. */
  readonly names: readonly string[] | undefined;
  /** Number of columns. */
  readonly width: number;
  /** Whether the first row looks like a header, though it was not found to be one. */
  readonly headed?: boolean;
}

/** Columns that are already known, and the fields that must have one. */
export interface KnownColumns {
  /** Columns that the user chose. It is an error if one does not exist. */
  readonly given: Columns;
  /** Columns of the training data. */
  readonly trained: Columns;
  /** Options of the fields that need a column. */
  readonly needed: readonly ColumnOption[];
  /** Receives a message about columns that were guessed. */
  readonly note?: ((text: string) => void) | undefined;
}

/**
 * Returns the columns from which a table is read by default: those of the training data. A table with a header has the columns of an
 * earlier file of the same run too, if it has their names.
 */
export function knownColumns(
  trained: Columns,
  earlier: Columns,
  names: readonly string[] | undefined,
): Columns {
  const isThere = ([, column]: readonly [string, Column | undefined]) =>
    column !== undefined && isName(column) && names && placeOf(column, names) !== undefined;
  const own = Object.entries(trained).filter(([, column]) => column !== undefined);
  return Object.fromEntries([...Object.entries(earlier).filter(isThere), ...own]);
}

/**
 * Chooses the column of each field: the given one, else that of the training data, else the one whose name fits. If as many columns
 * are left as fields, they are taken in their order.
 *
 * @returns the index of each field's column; undefined for a field without a column
 * @throws ERR_DATA naming the option if a given column does not exist, if a table without a header lacks a needed column of the training
 *   data, or if it is unclear which column a field has
 */
export function chooseColumns(
  fields: readonly TableField[],
  table: ChoosableTable,
  { given, trained, needed, note }: KnownColumns,
): readonly (number | undefined)[] {
  const { source, names, width } = table;
  const places: (number | undefined)[] = fields.map(({ option }) => {
    const column = given[option];
    if (column !== undefined) {
      const place = placeOf(column, names);
      return place !== undefined && place < (names?.length ?? width)
        ? place
        : noColumn(source, column, option, { names, width });
    }
    const before = trained[option];
    // Without a header, a name such as "1" is no number of a column.
    const place = before === undefined || (isName(before) && !names) ? undefined : placeOf(before, names);
    if (place === undefined || place < (names?.length ?? width)) return place;
    return needed.includes(option) ? noColumn(source, before!, option, { names, width }) : undefined;
  });
  checkDifferent(fields, given, places, source);
  const isFree = (place: number) => !places.includes(place) && (!names || mayHaveField(names[place]!));
  const open = () => fields.flatMap((_, i) => (places[i] === undefined ? [i] : []));
  const guessed: number[] = [];
  const take = (field: number, place: number) => {
    places[field] = place;
    guessed.push(field);
  };

  for (const i of names ? open() : []) {
    const place = likelyColumn(fields[i]!, names!, isFree);
    if (place >= 0) take(i, place);
  }
  const free = Array.from({ length: names?.length ?? width }, (_, place) => place).filter(isFree);
  const must = open().filter((i) => needed.includes(fields[i]!.option));
  for (const rest of [open(), must]) {
    if (rest.length !== free.length || !must.length) continue;
    for (const [n, i] of rest.entries()) take(i, free[n]!);
    break;
  }
  const unclear = must.filter((i) => places[i] === undefined);
  if (unclear.length)
    throw unclearColumns(
      table,
      unclear.map((i) => fields[i]!),
    );
  // Columns of training data without a header are in the usual order. Those of new data need not be.
  if (guessed.length && (names || (width > 1 && hasNames(trained)))) {
    const nameOf = (place: number) => (names ? shown(names[place]!) : `${place + 1} of ${width}`);
    const what = guessed.map((i) => `${fields[i]!.what} from column ${nameOf(places[i]!)}`);
    note?.(`${what.join(", ")} (${guessed.map((i) => flagOf(fields[i]!.option)).join(", ")})`);
  }
  return places;
}

/** @throws ERR_DATA naming the options if they choose the same column for two fields */
function checkDifferent(
  fields: readonly TableField[],
  given: Columns,
  places: readonly (number | undefined)[],
  source: string,
): void {
  const chosen = fields.flatMap(({ option }, i) =>
    given[option] === undefined ? [] : [[option, places[i]] as const],
  );
  const [first, ...others] = chosen;
  const same = others.find(([, place]) => place === first![1]);
  if (!same) return;
  const options = `${flagOf(first![0])} and ${flagOf(same[0])}`;
  throw new UnrolledError("ERR_DATA", `${source}: ${options} are the same column, expected two`);
}

function unclearColumns(
  { source, names, width, headed }: ChoosableTable,
  fields: readonly TableField[],
): UnrolledError {
  const which = fields.map(({ what }) => `the ${what}`).join(" and ");
  const options = fields.map(({ option }) => flagOf(option)).join(" and ");
  const unclear = `${source}: it is unclear which column has ${which}`;
  const numbers = `say it with ${options}, a number from 1`;
  const without = `${width} columns without a header`;
  const problem = names
    ? `${columnsIn(names)}; say it with ${options}, a name or a number`
    : headed
      ? `${without}, but the first row looks like one: use --header; if it is an example, ${numbers}`
      : `${without}; ${numbers}; if the first row names the columns, use --header`;
  return new UnrolledError("ERR_DATA", `${unclear}; ${problem}`);
}

const isName = (column: Column): boolean => typeof column === "string";

/** Returns the names of the columns that are chosen by their names. */
export const namesIn = (columns: Columns): string[] =>
  Object.values(columns).filter((column: Column | undefined) => typeof column === "string");

/** Returns whether one of the columns is chosen by its name, so that the table must have a header. */
export const hasNames = (columns: Columns): boolean =>
  Object.values(columns).some((column: Column | undefined) => column !== undefined && !isNumber(column));
