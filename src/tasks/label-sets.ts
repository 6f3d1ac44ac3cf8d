import { labelSet } from "../data/label-set.ts";
import { UnrolledError } from "../errors.ts";
import type { Row } from "../tables/row.ts";
import type { FormatOptions } from "./task.ts";

/** Share of cells that have to be lists, for `areLabelSets`. */
const LISTS = 0.05;

/**
 * Returns whether cells, read as single labels, look like sets: some are JSON arrays, or have commas between parts, most of which are also in
 * another cell. In "Boston, MA", most parts are not.
 */
export function areLabelSets(cells: readonly string[]): boolean {
  const several = cells.filter((cell) => cell.includes(",") || cell.startsWith("[")).length;
  if (several < 2 || several < LISTS * cells.length) return false;
  const distinct = [...new Set(cells)].map((cell) => ({ isList: isList(cell), parts: labelsIn(cell) }));
  if (distinct.filter(({ isList }) => isList).length * 2 > distinct.length) return true;
  const counts = new Map<string, number>();
  for (const { parts } of distinct) for (const part of parts) counts.set(part, (counts.get(part) ?? 0) + 1);
  const parts = distinct.flatMap(({ parts }) => (parts.length > 1 ? parts : []));
  return parts.filter((part) => counts.get(part)! > 1).length * 2 > parts.length;
}

const isList = (cell: string): boolean => /^\[\s*(?:["'].*)?\]$/.test(cell);

/** Reads a set of labels from a cell that may be anything. */
export function labelsIn(cell: string): readonly string[] {
  try {
    return labelSet(cell);
  } catch {
    return [cell];
  }
}

/**
 * @param rows the row of each cell
 * @throws ERR_DATA naming file and place if a cell is a list that is not JSON
 */
export function checkSets(cells: readonly string[], name: string, rows: readonly Pick<Row, "place">[]): void {
  for (const [i, cell] of cells.entries()) {
    try {
      labelSet(cell);
    } catch (cause) {
      const { message } = cause as Error;
      throw new UnrolledError("ERR_DATA", `${name}, ${rows[i]!.place}: ${message}`, { cause });
    }
  }
}

/** Characters that other programs write between labels. */
const SEPARATORS = [";", "|"];

/** Tells the user that sets of labels seem to be written in another way, so that they are read as other labels than are meant. */
export function noteNotation(cells: readonly string[], note: FormatOptions["note"]): void {
  const filled = cells.filter((cell) => cell.trim() && !isList(cell));
  const mostly = (found: readonly string[]) => found.length * 2 > filled.length;
  const shown = (cell: string) => JSON.stringify(cell.slice(0, 60));
  const advice = 'write labels with commas between them, or ["a", "b"]';
  const whole = filled.filter((cell) => !cell.includes(","));
  for (const separator of SEPARATORS) {
    const found = whole.filter((cell) => cell.includes(separator));
    const isMeant = () => areLabelSets(whole.map((cell) => cell.replaceAll(separator, ",")));
    if (found.length && (mostly(found) || isMeant())) {
      note?.(`a text such as ${shown(found[0]!)} is one label; if it is a list of labels, ${advice}`);
    }
  }
  const quoted = filled.filter((cell) => cell.split(",").every((label) => /^".+"$/.test(label.trim())));
  if (mostly(quoted)) {
    note?.(`the quotes in ${shown(quoted[0]!)} are part of the labels; without them, ${advice}`);
  }
}

/** Tells the user that labels look like sets of labels, but are read as single ones. */
export function noteSets(cells: readonly string[], note: FormatOptions["note"]): void {
  if (!note || !areLabelSets(cells)) return;
  const cell = JSON.stringify(cells.find((cell) => /[,[]/.test(cell))!.slice(0, 60));
  note(`each text such as ${cell} is one label; if it is a list of labels, use --multi-label`);
}
