import { UnrolledError } from "../errors.ts";
import { shuffled } from "./shuffle.ts";

/** A sequence with one label for each token (tagger), or one for the whole of it (classifier). */
export interface Labelled {
  readonly tokens: readonly string[];
  readonly labels: readonly string[];
}

/** Examples to learn from, and others that tell how well it goes. */
export interface LabelledParts {
  readonly train: readonly Labelled[];
  readonly validation: readonly Labelled[];
}

/** What a token is. */
export type Level = "char" | "word";

/** Words with their inner apostrophes; every other character that is not white space. */
const WORD = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*|\S/gu;

/** The characters (code points) of a text, or its words and punctuation marks. */
export function tokenize(text: string, level: Level): string[] {
  return level === "char" ? [...text] : (text.match(WORD) ?? []);
}

/** Lines with their number from 1 on; what begins a new one is a line feed, with a carriage return before it or not. */
function* numbered(text: string): Iterable<readonly [number: number, line: string]> {
  let number = 0;
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf("\n", start);
    const line = text.slice(start, end < 0 ? text.length : end);
    yield [++number, line.endsWith("\r") ? line.slice(0, -1) : line];
    start = end < 0 ? text.length : end + 1;
  }
}

function fail(source: string, line: number, problem: string): never {
  throw new UnrolledError("ERR_DATA", `${source}, line ${line}: ${problem}`);
}

/**
 * Reads a text and its label from each line: the label stands behind the last tab, or with `labelFirst` before the first
 * one. Blank lines are left out.
 *
 * @param source name of the file, for errors
 * @throws ERR_DATA naming file and line
 */
export function* readLabelledLines(
  text: string,
  source: string,
  labelFirst = false,
): Iterable<{ line: number; text: string; label: string }> {
  for (const [line, content] of numbered(text)) {
    if (!content.trim()) continue;
    const tab = labelFirst ? content.indexOf("\t") : content.lastIndexOf("\t");
    const order = labelFirst ? "label <TAB> text" : "text <TAB> label";
    if (tab < 0) fail(source, line, `no tab, expected ${order}: ${shown(content)}`);
    const [before, after] = [content.slice(0, tab).trim(), content.slice(tab + 1).trim()];
    const [sequence, label] = labelFirst ? [after, before] : [before, after];
    if (!label) fail(source, line, `the label is empty, expected ${order}: ${shown(content)}`);
    if (!sequence) fail(source, line, `the text is empty, expected ${order}: ${shown(content)}`);
    yield { line, text: sequence, label };
  }
}

/**
 * Reads one token a line, columns by tab, with a blank line between sentences (CoNLL). The token is in the first column.
 *
 * @param source name of the file, for errors
 * @param tagColumn column of the tag, from 2 on; 1: there is none to read
 * @throws ERR_DATA naming file and line
 */
export function readColumns(text: string, source: string, tagColumn = 2): Labelled[] {
  const sentences: { tokens: string[]; labels: string[] }[] = [];
  let open = false;
  for (const [line, content] of numbered(text)) {
    if (!content.trim()) {
      open = false;
      continue;
    }
    const columns = content.split("\t");
    const [token, tag] = [columns[0]!.trim(), columns[tagColumn - 1]?.trim()];
    if (!token) fail(source, line, `the token is empty: ${shown(content)}`);
    if (!tag) {
      fail(
        source,
        line,
        `no tag in column ${tagColumn}, expected at least ${tagColumn} columns by tab, the token first: ${shown(content)}`,
      );
    }
    if (!open) sentences.push({ tokens: [], labels: [] });
    open = true;
    const { tokens, labels } = sentences.at(-1)!;
    tokens.push(token);
    if (tagColumn > 1) labels.push(tag);
  }
  return sentences;
}

/**
 * Holds a tenth of the examples out, at least one, chosen by the seed.
 *
 * @throws ERR_DATA for fewer than 2
 */
export function holdOut(examples: readonly Labelled[], seed: number): LabelledParts {
  if (examples.length < 2) {
    throw new UnrolledError(
      "ERR_DATA",
      `${examples.length} examples, expected at least 2: one to learn from and one to validate`,
    );
  }
  const order = Array.from(shuffled(examples.length, seed), (n) => examples[n]!);
  const held = Math.max(1, Math.floor(examples.length / 10));
  return { train: order.slice(held), validation: order.slice(0, held) };
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}
