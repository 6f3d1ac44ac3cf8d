/** A decimal mark. The other of the two marks then separates thousands. */
export const DECIMAL_MARKS = [".", ","] as const;
/** A decimal mark: a point or a comma. */
export type DecimalMark = (typeof DECIMAL_MARKS)[number];

/** Returns the mark of thousands that goes with a decimal mark. */
export const otherMark = (mark: DecimalMark): DecimalMark => (mark === "." ? "," : ".");

/** A number of more characters than this is beyond the largest double. */
const LONGEST = 400;

/** A number with a decimal point. Thousands are in at most six groups of three digits, or as in India: 12,34,567. More are a list. */
const NUMBER =
  /^[+\-\u2212]?(?:(?:\d+|[1-9]\d{0,2}(?:,\d{3}){1,6}|[1-9]\d?(?:,\d\d)+,\d{3})(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** Thousands that are separated by spaces or apostrophes. */
const SPACED = /^[+\-\u2212]?[1-9]\d{0,2}(?:[\s'\u2019]\d{3}){1,6}(?:[.,]\d*)?$/;

/**
 * Parses a finite number in the usual notations. Thousands may be separated by the mark that is not the decimal mark, by spaces or
 * by apostrophes. Returns undefined for anything else.
 */
export function parseNumber(cell: string, mark: DecimalMark): number | undefined {
  if (cell.length > LONGEST) return undefined;
  const bare = SPACED.test(cell) ? cell.replace(/[\s'\u2019]/g, "") : cell;
  const pointed = mark === "." ? bare : bare.replace(/[.,]/g, (found) => otherMark(found as DecimalMark));
  if (!NUMBER.test(pointed)) return undefined;
  const value = Number(pointed.replaceAll(",", "").replace("\u2212", "-"));
  return Number.isFinite(value) ? value : undefined;
}

/** Tells whether a cell is a number with one of the decimal marks. */
export function isNumber(cell: string): boolean {
  return parseNumber(cell, ".") !== undefined || parseNumber(cell, ",") !== undefined;
}

/** Tells whether a cell says that its number is missing, such as `?` or `NaN`. */
export function isMissing(cell: string): boolean {
  return ERROR_CELL.test(cell) || /^(?:|[?-]|nan|n\/?a|null|nil|none|[+-]?inf(?:inity)?)$/i.test(cell);
}

/** The words that spreadsheets write for a number that they could not compute. */
const ERROR_WORD = /^#(?:n\/a|div\/0!|value!|ref!|name\?|num!|null!)/i;
const ERROR_CELL = new RegExp(`${ERROR_WORD.source}$`, "i");

/** Tells whether a line begins with an error word of a spreadsheet, such as #N/A, which is a cell and no comment. */
export const beginsWithError = (line: string): boolean => ERROR_WORD.test(line.trimStart().replace(/^"/, ""));

/** What the cells of a column are. Places are indices of rows. */
export interface Survey {
  /** How many cells are numbers with one of the decimal marks. */
  readonly numbers: number;
  /** The cells that say that their number is missing. */
  readonly missing: readonly number[];
  /** The cells that are neither numbers nor missing. */
  readonly texts: readonly number[];
  /** The first number that is one only with this decimal mark. */
  readonly proofs: Readonly<Partial<Record<DecimalMark, number>>>;
  /** The first number with this mark that is another number with the other decimal mark, such as 1,234. */
  readonly open: Readonly<Partial<Record<DecimalMark, number>>>;
  /**
   * Whether open numbers can only have marks of thousands: `987`, `1,001`, `1,250`. Numbers without a mark show that there is no
   * fixed number of decimals, and zeros at the end show that such zeros are not left out.
   */
  readonly thousands: boolean;
}

/** Finds out what the cells of a column are. */
export function survey(cells: readonly string[]): Survey {
  const missing: number[] = [];
  const texts: number[] = [];
  const proofs: Partial<Record<DecimalMark, number>> = {};
  const open: Partial<Record<DecimalMark, number>> = {};
  let [numbers, largestPlain, zeros] = [0, -1, false];
  cells.forEach((cell, row) => {
    const point = parseNumber(cell, ".");
    const comma = /[.,]/.test(cell) ? parseNumber(cell, ",") : point;
    if (point === undefined && comma === undefined) {
      (isMissing(cell) ? missing : texts).push(row);
      return;
    }
    numbers++;
    if (comma === undefined) proofs["."] ??= row;
    else if (point === undefined) proofs[","] ??= row;
    else if (point === comma) largestPlain = Math.max(largestPlain, Math.abs(point));
    else {
      open[cell.includes(",") ? "," : "."] ??= row;
      zeros ||= cell.endsWith("0");
    }
  });
  const thousands = largestPlain >= 0 && largestPlain < 1000 && zeros;
  return { numbers, missing, texts, proofs, open, thousands };
}
