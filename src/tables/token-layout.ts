import { isBlank, type Row } from "./row.ts";

/** How a line is split into cells. */
export type Split = (content: string) => string[];

/** Removes spaces at both ends. Other white space, such as a no-break space, may be a token. */
function trimmed(cell: string, spaces = " "): string {
  let [start, end] = [0, cell.length];
  while (start < end && spaces.includes(cell[start]!)) start++;
  while (end > start && spaces.includes(cell[end - 1]!)) end--;
  return cell.slice(start, end);
}

const byTabs: Split = (content) => content.split("\t").map((cell) => trimmed(cell));
const bySpaces: Split = (content) => trimmed(content, " \t").split(/[ \t]+/);
const asOne: Split = (content) => [trimmed(content)];

const DOCUMENT = /^-DOCSTART-/;
/** A comment, as in CoNLL-U and in files of named entities: `# sent_id = 1`, `# id 5 domain=en`. */
const COMMENT = /^#\s*[\w.:-]+\s*=|^#\s+(?:id|newdoc|newpar|text|sent_id)\b/;
const ID = /^\d+(?:[-.]\d+)?$/;

/** Returns whether a cell is the number of a token in CoNLL-U, such as 5, 5-6 or 5.1. */
export const isTokenNumber = (cell: string): boolean => ID.test(cell);

/** The layout of a file with a token in each line. */
export interface TokenLayout {
  /** The rows of tokens. Lines between sentences are blank rows, and comments are left out. */
  readonly rows: readonly Row[];
  /** Whether spaces separate the columns. */
  readonly spaces: boolean;
  /** What separates the columns, in words. */
  readonly between: string;
  /** Whether column 1 has the numbers of the tokens. */
  readonly counted: boolean;
  readonly conllu: boolean;
}

/**
 * Finds the columns of lines: by tabs, or by spaces if more lines have only spaces. `-DOCSTART-` is no sentence. Ten columns, of which
 * the first counts the tokens, are CoNLL-U. Its lines that begin with `#` are left out, and its rows whose number is a range or a
 * decimal (1-2, 1.1).
 *
 * @param conllu whether the file is CoNLL-U; undefined if it has to be found out
 */
export function tokenLayout(lines: readonly Row[], conllu?: boolean): TokenLayout {
  const filled = lines
    .filter((row) => !isBlank(row))
    .map(({ content }) => content)
    .filter((content) => !DOCUMENT.test(content) && !/^#[^\t]*$/.test(content));
  const tabs = filled.filter((content) => content.includes("\t")).length;
  const spaces = filled.filter((content) => !content.includes("\t") && trimmed(content).includes(" ")).length;
  const split = tabs && tabs >= spaces ? byTabs : spaces * 2 > filled.length ? bySpaces : asOne;
  const sample = filled.map(split);
  const cells = sample.some(([id]) => id === "#") ? sample.filter(([id]) => id !== "#") : sample;
  const counted = conllu || (conllu === undefined && areCounted(cells));
  const isConllu = conllu || (counted && cells.every(({ length }) => length === 10));
  const isComment = (content: string) =>
    isConllu
      ? content.startsWith("#")
      : COMMENT.test(content) && !(split === byTabs && content.includes("\t"));
  const isHash = (id: string | undefined) => counted && id === "#";
  const rows = lines.flatMap((row): Row[] => {
    if (isBlank(row) || DOCUMENT.test(row.content)) return [{ ...row, cells: [] }];
    if (isComment(row.content)) return [];
    const cells = split(row.content);
    if (isHash(cells[0]) || (isConllu && /[-.]/.test(cells[0]!))) return [];
    return [{ place: row.place, cells, content: row.content }];
  });
  const between = split === byTabs ? "tabs" : split === bySpaces ? "spaces" : "tabs or spaces";
  return { rows, spaces: split === bySpaces, between, counted, conllu: isConllu };
}

/** Returns whether the first cells count the tokens of each sentence. */
function areCounted(cells: readonly (readonly string[])[]): boolean {
  return (
    cells.length > 0 &&
    cells.every((row) => row.length > 2 && isTokenNumber(row[0]!)) &&
    /^1(?:-\d+)?$/.test(cells[0]![0]!) &&
    (cells.length === 1 || cells.some(([id]) => id === "2"))
  );
}
