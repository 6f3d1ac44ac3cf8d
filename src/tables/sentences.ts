import type { Column, TableField } from "../data/form.ts";
import type { TextChunks } from "../data/lines.ts";
import { counted } from "../errors.ts";
import { chooseColumns, hasNames, knownColumns, namesIn } from "./choose-columns.ts";
import { type Columns, likelyColumn, noColumn, placeOf, wordsOf } from "./columns.ts";
import { type DataFormat, formatOf } from "./format.ts";
import {
  askedHeader,
  doubtOf,
  findHeader,
  headerReading,
  noteDoubt,
  noteHeader,
  noteUsualNames,
} from "./header.ts";
import { isBlank, type Row, wrongRow } from "./row.ts";
import { readLineRows, readRows } from "./rows.ts";
import { areSentences } from "./sentence-lines.ts";
import { isTokenNumber, type TokenLayout, tokenLayout } from "./token-layout.ts";

/** How a file of tokens is read. */
export interface TokenOptions {
  /** The format of the file. Default: `formatOf` finds it out, and CoNLL-U is found by its ten columns. */
  readonly format?: DataFormat | undefined;
  /** Whether the first row is a header. Default: it is found out. */
  readonly header?: boolean | undefined;
  /** The column of the token. Default: by its name in the header, else 1; 2 if column 1 counts the tokens. */
  readonly tokenColumn?: Column | undefined;
  /** The column of the tag. Default: by its name in the header, else 2; 3 if column 1 counts the tokens, 4 in CoNLL-U. */
  readonly tagColumn?: Column | undefined;
  /** Receives messages about what was guessed. */
  readonly note?: ((text: string) => void) | undefined;
}

/** How a file of tokens was read. */
export type TokenReading = Omit<TokenOptions, "note">;

/** A sentence of a file, one row for each token. */
export interface Sentence {
  readonly rows: readonly Row[];
  readonly tokens: readonly string[];
  /** The tag of each token; empty if tags are not read. */
  readonly labels: readonly string[];
}

/** The sentences of a file. */
export interface Sentences {
  readonly sentences: readonly Sentence[];
  /** The lines of the file, if it has a sentence in each line instead of a token. `sentences` is empty then. */
  readonly lines?: readonly string[];
  /** The cells of each of these lines, if the file is a table. */
  readonly cells?: readonly (readonly string[])[];
  /** Names of the columns; undefined if the file has none. */
  readonly names: readonly string[] | undefined;
  /** Whether a column numbers the sentences, so that no blank lines separate them. */
  readonly numbered?: boolean;
  readonly reading: TokenReading;
}

/** What is known before a file of tokens is read. */
export interface TokenContext {
  /** How the training data were read; undefined if these are the training data. */
  readonly trained?: TokenReading | undefined;
  /** How the first file was read, if there are several. */
  readonly first?: TokenReading | undefined;
  /** Whether every token has a tag; default true. If false, tags are not read. */
  readonly tagged?: boolean;
  /** Whether a cell has a set of tags, which may be empty or a list; default false. */
  readonly multiLabel?: boolean | undefined;
  /** Returns whether the model knows a tag. */
  readonly known?: ((tag: string) => boolean) | undefined;
  /** Cuts a sentence into tokens as the model does. */
  readonly cut?: ((line: string) => readonly string[]) | undefined;
}

/** The column of the tag if there is no header, counted from 1. It is the next one if column 1 counts the tokens. */
export const DEFAULT_TAG_COLUMN = 2;

const CSV_SEPARATORS = "commas, semicolons, tabs or bars";

const CONLLU_TAG_COLUMN = 4;
/** The names of the columns of CoNLL-U, in their order. */
const CONLLU_NAMES = "ID FORM LEMMA UPOS XPOS FEATS HEAD DEPREL DEPS MISC".split(" ");

const TOKEN: TableField = { what: "token", option: "tokenColumn", names: ["token", "word", "form", "text"] };
const TAG: TableField = {
  what: "tag",
  option: "tagColumn",
  names: ["tag", "label", "ner", "entity", "upos", "pos", "chunk"],
};

/**
 * Reads sentences in the CoNLL formats, or in CSV. Each row has one token. Blank lines separate the sentences. In CSV, a column such as
 * `Sentence #` may number the sentences instead.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param source name of the file, for errors
 * @throws ERR_DATA naming file and line if a token or tag is missing, or if the rows of a sentence differ in their columns
 */
export async function readTokens(
  chunks: TextChunks,
  source: string,
  options: TokenOptions = {},
  { trained, first, tagged = true, multiLabel = false, known, cut }: TokenContext = {},
): Promise<Sentences> {
  const format = formatOf(source, options.format, trained?.format);
  const lines = format === "csv" ? undefined : await readLineRows(chunks);
  const { tokenColumn, tagColumn } = options;
  if (lines && !tagged && lines.every(isBlank)) {
    return { sentences: [], lines: lines.map(() => ""), names: undefined, reading: { format } };
  }
  if (lines && format === "text" && known) {
    const contents = lines.map(({ content }) => content);
    const column = tagColumn ?? trained?.tagColumn;
    if (areSentences(contents, known, typeof column === "number" ? column : undefined, cut)) {
      const first = lines.find((row) => !isBlank(row))!;
      if (tagged) wrongRow(source, first, `no tag in column ${column ?? DEFAULT_TAG_COLUMN}, but a sentence`);
      return { sentences: [], lines: contents, names: undefined, reading: { format } };
    }
  }
  const layout: TokenLayout = lines
    ? tokenLayout(lines, format === "conllu" || undefined)
    : {
        rows: (await readRows(chunks, source, format)).rows,
        ...{ spaces: false, between: CSV_SEPARATORS, counted: false, conllu: false },
      };
  const { rows } = layout;
  const given: Columns = { tokenColumn, tagColumn };
  const before: Columns = { tokenColumn: trained?.tokenColumn, tagColumn: trained?.tagColumn };
  const asked =
    layout.conllu && options.header === undefined
      ? false
      : askedHeader(options.header, hasNames(given), trained?.header);
  const header = findHeader(rows, {
    header: asked,
    trained: namesIn(before),
    common: format === "csv",
    single: false,
    key: (cells) => {
      const column = tagColumn ?? before.tagColumn;
      if (column !== undefined) return placeOf(column, cells) ?? cells.length - 1;
      const likely = likelyColumn(TAG, cells, () => true);
      return likely >= 0 ? likely : DEFAULT_TAG_COLUMN - 1;
    },
    known,
  });
  const names = rows[header]?.cells;
  if (options.header === undefined && !hasNames(given)) {
    noteHeader(rows[header], options.note);
    if (trained && !tagged && !names) noteUsualNames(rows, known, options.note);
  }
  const [token, tag] = names
    ? chooseColumns(
        [TOKEN, TAG],
        { source, names, width: names.length },
        {
          given,
          trained: knownColumns(
            before,
            { tokenColumn: first?.tokenColumn, tagColumn: first?.tagColumn },
            names,
          ),
          needed: tagged ? ["tokenColumn", "tagColumn"] : ["tokenColumn"],
          note: options.note,
        },
      )
    : numberedColumns(source, layout, { given, trained: before, tagged, note: options.note });
  const body = rows.filter((_, i) => i !== header);
  if (tagged && tag === token && body[0]) {
    wrongRow(
      source,
      body[0],
      `column ${tag! + 1} is the token's, expected the tag in another one: --tag-column`,
    );
  }
  const number = format === "csv" ? (names?.findIndex((name) => wordsOf(name)[0] === "sentence") ?? -1) : -1;
  if (cut && !tagged && format === "csv" && number < 0 && haveSentences(body, token!, cut)) {
    const cells = body.map(({ cells }) => cells);
    return { sentences: [], lines: cells.map((row) => row[token!] ?? ""), cells, names, reading: { format } };
  }
  const sentences = [
    ...sentencesOf(body, {
      source,
      layout,
      token: token!,
      tag: tagged ? tag : undefined,
      number,
      multiLabel,
    }),
  ];
  if (!names && asked === undefined && tagged) noteTagDoubt(sentences, options.note);
  return {
    sentences,
    names,
    numbered: number >= 0,
    reading: {
      format: layout.conllu ? "conllu" : format,
      ...headerReading(header >= 0, layout.conllu ? options.header : asked),
      tokenColumn: names?.[token!] || token! + 1,
      ...(tag !== undefined && { tagColumn: names?.[tag] || tag + 1 }),
    },
  };
}

/** Returns whether most cells of a column are sentences of several words. */
function haveSentences(rows: readonly Row[], column: number, cut: NonNullable<TokenContext["cut"]>): boolean {
  const filled = rows.flatMap(({ cells }) => cells[column] || []);
  return filled.filter((cell) => /\s/.test(cell) && cut(cell).length > 1).length * 2 > filled.length;
}

/** Tells the user that the first row may be a header, if its tag is the only one that occurs once. */
function noteTagDoubt(sentences: readonly Sentence[], note: TokenOptions["note"]): void {
  const [first] = sentences;
  if (!first || !note) return;
  const rows = sentences.flatMap(({ tokens, labels }) => tokens.map((token, i) => [token, labels[i]!]));
  noteDoubt(first.rows[0], doubtOf(rows[0]!, rows.slice(1), 1, "tag"), note);
}

interface NumberedOptions extends Pick<TokenOptions, "note"> {
  readonly given: Columns;
  readonly trained: Columns;
  readonly tagged: boolean;
}

/** Returns the places of token and tag in a file without a header. */
function numberedColumns(
  source: string,
  { rows, counted, conllu }: TokenLayout,
  { given, trained, tagged, note }: NumberedOptions,
): readonly number[] {
  const names = conllu ? CONLLU_NAMES : undefined;
  const { length: width } = rows.find((row) => !isBlank(row))?.cells ?? [];
  const isToken = counted && given.tokenColumn === undefined && trained.tokenColumn === undefined;
  const standard = {
    tokenColumn: counted ? 2 : 1,
    tagColumn: conllu ? CONLLU_TAG_COLUMN : DEFAULT_TAG_COLUMN + Number(isToken),
  };
  const places = (["tokenColumn", "tagColumn"] as const).map((option) => {
    const column = given[option];
    if (column !== undefined)
      return placeOf(column, names) ?? noColumn(source, column, option, { names, width });
    const before = trained[option] === undefined ? undefined : placeOf(trained[option], names);
    return before ?? standard[option] - 1;
  });
  if (counted && given.tokenColumn === undefined) {
    const tag = tagged ? `, the tag from column ${places[1]! + 1} (--tag-column)` : "";
    const found = conllu ? "CoNLL-U" : "column 1 counts the tokens";
    note?.(`${found}: the token is read from column ${places[0]! + 1} (--token-column)${tag}`);
  } else if (tagged && width > 2 && given.tagColumn === undefined && trained.tagColumn === undefined) {
    note?.(`the tag is read from column ${places[1]! + 1} of ${width} (--tag-column)`);
  }
  return places;
}

interface Places {
  readonly source: string;
  readonly layout: TokenLayout;
  readonly token: number;
  /** undefined if tags are not read. */
  readonly tag: number | undefined;
  /** The column that numbers the sentences; -1 if there is none. */
  readonly number: number;
  readonly multiLabel: boolean;
}

function* sentencesOf(
  rows: readonly Row[],
  { source, layout, token, tag, number, multiLabel }: Places,
): Iterable<Sentence> {
  const { spaces, between } = layout;
  // In a file with a sentence in each line, no line follows another one, or their numbers of words differ.
  const apart = spaces && !rows.some((row, i) => !isBlank(row) && rows[i + 1] && !isBlank(rows[i + 1]!));
  let open: { rows: Row[]; tokens: string[]; labels: string[] } | undefined;
  let sentence = "";
  let width = 0;
  for (const row of rows) {
    const { cells } = row;
    const next = number >= 0 && cells[number] ? cells[number]! : sentence;
    if (open && (isBlank(row) || next !== sentence)) {
      yield open;
      open = undefined;
    }
    sentence = next;
    if (isBlank(row)) continue;
    if (!open) width = cells.length;
    if (layout.conllu && !isTokenNumber(cells[0]!)) {
      const problem = "no number of the token in column 1, expected the ten columns of CoNLL-U";
      wrongRow(source, row, problem + adviceOn(row, layout));
    }
    if (spaces && tag !== undefined && cells.length !== width) {
      wrongRow(
        source,
        row,
        `${counted(cells.length, "column", "columns")}, but the rows before have ${width}`,
      );
    }
    open ??= { rows: [], tokens: [], labels: [] };
    if (!cells[token]) {
      const missing = `no token in column ${token + 1}, but ${counted(cells.length, "column", "columns")} (--token-column)`;
      wrongRow(source, row, token < cells.length ? "the token is empty" : missing);
    }
    open.rows.push(row);
    open.tokens.push(cells[token]!);
    if (tag === undefined) continue;
    const label = cells[tag]?.trim();
    if (!(label || (multiLabel && label === "")) || (apart && cells.length > 2)) {
      const expected = `expected at least ${tag + 1} columns with ${between} between them (--tag-column)`;
      wrongRow(source, row, `no tag in column ${tag + 1}, ${expected}${adviceOn(row, layout)}`);
    }
    if (!multiLabel && LIST.test(label)) {
      const advice = "write a row for each token, or JSON with a list of tokens and one of tags";
      wrongRow(source, row, `column ${tag + 1} has a list in place of a tag; ${advice}`);
    }
    open.labels.push(label!);
  }
  if (open) yield open;
}

/** The tags of a whole sentence, as programs in Python write them: `['O', 'B-PER']`. */
const LIST = /^\[\s*(?:'[^']*'|"[^"]*")\s*[,\]]/;

/** Returns what to do if the columns of a row seem to be between other characters than those of the file. */
function adviceOn({ content }: Row, { spaces, between, conllu }: TokenLayout): string {
  if (!/^\S+(?: \S+)+$/.test(content.trim())) return "";
  if (conllu || between === CSV_SEPARATORS)
    return "; for columns with spaces between them, use --format text";
  return spaces ? "" : "; this line has spaces between its columns, but other lines have tabs";
}
