import type { TextForm } from "../data/form.ts";
import { UnrolledError } from "../errors.ts";
import { likelyColumn } from "./columns.ts";
import type { Row } from "./row.ts";

/** What is known of a table whose rows may be matches or not. */
export interface MatchTable {
  /** Name of the file. */
  readonly source: string;
  readonly names: readonly string[];
  /** The columns of the fields. */
  readonly places: readonly (number | undefined)[];
  /** Whether the user has named the columns of the fields. */
  readonly named?: boolean | undefined;
  readonly note: ((text: string) => void) | undefined;
}

/**
 * Returns the rows that a column of 0 and 1 says are no matches. There are none if the form or the table has no such column.
 * A note tells it, and tells if the column has grades, such as 0 to 5.
 *
 * @throws ERR_DATA if no row is a match
 */
export function unmatchedRows(
  { matches }: { readonly matches?: TextForm["matches"] | undefined },
  rows: readonly Row[],
  { source, names, places, named = false, note }: MatchTable,
): readonly Row[] {
  const tried = { names: [...(matches?.names ?? []), ...(named ? [] : (matches?.unlessNamed ?? []))] };
  const column = likelyColumn(tried, names, (i) => !places.includes(i));
  const textOf = ({ cells }: Row) => cells[column]?.toLowerCase();
  const filled = rows.filter(textOf);
  const grades = filled.map((row) => Number(textOf(row)!.replace("true", "1").replace("false", "0")));
  if (grades.some(Number.isNaN)) return [];
  const grading = `column ${names[column]} grades the pairs`;
  if (grades.every((grade) => grade === 0 || grade === 1)) {
    const unmatched = filled.filter((_, i) => !grades[i]);
    if (unmatched.length && unmatched.length === rows.length) {
      const advice = "expected some with 1; to read all as matches, remove or rename the column";
      throw new UnrolledError("ERR_DATA", `${source}: column ${names[column]} has 0 in every row; ${advice}`);
    }
    if (unmatched.length)
      note?.(`${grading}: ${unmatched.length} of ${filled.length} rows have 0 and are left out`);
    return unmatched;
  }
  note?.(`${grading}, but all rows are read as matches: keep only those that match`);
  return [];
}
