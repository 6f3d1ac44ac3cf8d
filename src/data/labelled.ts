import type { Vector } from "./feature-scaling.ts";
import type { Parts } from "./hold-out.ts";
import { numberedLines, shown, type TextChunks, wrongLine } from "./lines.ts";

/** One step of a sequence: a token, or a vector of numbers. */
export type Step = string | Vector;

/** A sequence with its labels. For a tagger, each step has a label. For a classifier, the whole sequence has one label. */
export interface Labelled<S extends Step = string> {
  /** The steps of the sequence, in order. */
  readonly tokens: readonly S[];
  /** One label for each step, or a single label for the whole sequence. */
  readonly labels: readonly string[];
}

/** Labelled sequences to train on and to validate on. */
export type LabelledParts<S extends Step = Step> = Parts<Labelled<S>>;

export const LEVELS = ["char", "word"] as const;

/** What a token is: a character (`char`) or a word (`word`). */
export type Level = (typeof LEVELS)[number];

/**
 * Reads a text and its label from each line. The label is after the last tab. With `labelFirst`, it is before the first tab.
 * Blank lines are left out.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param source name of the file, for errors
 * @throws ERR_DATA naming file and line if a line has no tab, no label or no text
 */
export async function* readLabelledLines(
  chunks: TextChunks,
  source: string,
  labelFirst = false,
): AsyncGenerator<{ line: number; text: string; label: string }> {
  for await (const [line, content] of numberedLines(chunks)) {
    if (!content.trim()) continue;
    const tab = labelFirst ? content.indexOf("\t") : content.lastIndexOf("\t");
    const order = labelFirst ? "label <TAB> text" : "text <TAB> label";
    const wrong = (what: string) => wrongLine(source, line, `${what}, expected ${order}: ${shown(content)}`);
    if (tab < 0) wrong("no tab");
    const [before, after] = [content.slice(0, tab).trim(), content.slice(tab + 1).trim()];
    const [text, label] = labelFirst ? [after, before] : [before, after];
    if (!label) wrong("the label is empty");
    if (!text) wrong("the text is empty");
    yield { line, text, label };
  }
}

/**
 * Reads sentences in the CoNLL format. Each line has one token, in the first of its tab-separated columns. Blank lines separate
 * the sentences.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param source name of the file, for errors
 * @param tagColumn column of the tag, counted from 1; default 2. With 1, the sentences have no tags
 * @throws ERR_DATA naming file and line if a token or tag is missing
 */
export async function* readColumns(
  chunks: TextChunks,
  source: string,
  tagColumn = 2,
): AsyncGenerator<Labelled> {
  let sentence = { tokens: [] as string[], labels: [] as string[] };
  for await (const [line, content] of numberedLines(chunks)) {
    if (!content.trim()) {
      if (sentence.tokens.length) yield sentence;
      sentence = { tokens: [], labels: [] };
      continue;
    }
    const columns = content.split("\t");
    const [token, tag] = [columns[0]!.trim(), columns[tagColumn - 1]?.trim()];
    if (!token) wrongLine(source, line, `the token is empty: ${shown(content)}`);
    if (!tag) {
      const expected = `expected at least ${tagColumn} tab-separated columns, the token first`;
      wrongLine(source, line, `no tag in column ${tagColumn}, ${expected}: ${shown(content)}`);
    }
    sentence.tokens.push(token);
    if (tagColumn > 1) sentence.labels.push(tag!);
  }
  if (sentence.tokens.length) yield sentence;
}
