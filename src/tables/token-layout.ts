import { isBlank, type LineRow, type Row, type Split } from "./row.ts";

const [TAB, SPACE] = [9, 32];

/** Removes spaces at both ends. Other white space, such as a no-break space, may be a token. @param other a code like a space */
function trimmed(cell: string, other = SPACE): string {
  const isSpace = (code: number) => code === SPACE || code === other;
  let [start, end] = [0, cell.length];
  while (start < end && isSpace(cell.charCodeAt(start))) start++;
  while (end > start && isSpace(cell.charCodeAt(end - 1))) end--;
  return cell.slice(start, end);
}

const byTabs: Split = (content) => {
  const cells = content.split("\t");
  for (let i = 0; i < cells.length; i++) cells[i] = trimmed(cells[i]!);
  return cells;
};
const bySpaces: Split = (content) => trimmed(content, TAB).split(/[ \t]+/);
const asOne: Split = (content) => [trimmed(content)];

const DOCUMENT = /^-DOCSTART-/;
/** A comment, as in CoNLL-U and in files of named entities: `# sent_id = 1`, `# id 5 domain=en`, `# https://...`. */
const COMMENT = /^#\s*[\w.:-]+\s*=|^#\s+(?:(?:id|newdoc|newpar|text|sent_id)\b|https?:)/;
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
export function tokenLayout(lines: readonly LineRow[], conllu?: boolean): TokenLayout {
  const filled: string[] = [];
  let [tabs, spaces] = [0, 0];
  for (const row of lines) {
    const { content } = row;
    if (isBlank(row) || DOCUMENT.test(content) || /^#[^\t]*$/.test(content)) continue;
    filled.push(content);
    if (content.includes("\t")) tabs++;
    else if (trimmed(content).includes(" ")) spaces++;
  }
  const split = tabs && tabs >= spaces ? byTabs : spaces * 2 > filled.length ? bySpaces : asOne;
  const counted = conllu ?? areCounted(filled, split);
  const areTen = (cells: readonly string[]) => cells[0]!.startsWith("#") || cells.length === 10;
  const isConllu = conllu || (counted && filled.every((content) => areTen(split(content))));
  const isComment = (content: string) =>
    isConllu
      ? content.startsWith("#")
      : split === byTabs
        ? /^#\s+\S/.test(content) && !content.includes("\t")
        : COMMENT.test(content);
  const isLeftOut = (id: string) => id.startsWith("#") || (isConllu && /[-.]/.test(id));
  const rows: Row[] = [];
  for (const row of lines) {
    const { content } = row;
    if (isBlank(row)) rows.push(row);
    else if (DOCUMENT.test(content)) rows.push({ place: row.place, cells: [], content });
    else if (!isComment(content) && !(counted && isLeftOut(split(content)[0]!)))
      rows.push(row.divided(split));
  }
  const between = split === byTabs ? "tabs" : split === bySpaces ? "spaces" : "tabs or spaces";
  return { rows, spaces: split === bySpaces, between, counted, conllu: isConllu };
}

/** Returns whether the first cells count the tokens of each sentence. Most files fail at their first line. */
function areCounted(contents: readonly string[], split: Split): boolean {
  let rows = 0;
  let second = false;
  for (const content of contents) {
    const cells = split(content);
    const id = cells[0]!;
    if (id.startsWith("#")) continue;
    if (cells.length < 3 || !ID.test(id) || (rows === 0 && !/^1(?:-\d+)?$/.test(id))) return false;
    rows++;
    second ||= id === "2";
  }
  return rows === 1 || second;
}
