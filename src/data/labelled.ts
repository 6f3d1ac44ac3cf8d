import { checkWhole } from "../checks.ts";
import { shown } from "../errors.ts";
import type { Vector } from "./feature-scaling.ts";
import { divideAt, readForm, type TextForm } from "./form.ts";
import type { Parts } from "./hold-out.ts";
import { numberedLines, type TextChunks, wrongLine } from "./lines.ts";

/** One step of a sequence: a token, or a vector of numbers. */
export type Step = string | Vector;

/** A sequence with its labels. For a tagger, each step has a label. For a classifier, the whole sequence has one label. */
export interface Labelled<S extends Step = string> {
  /** The steps of the sequence, in order. */
  readonly tokens: readonly S[];
  /**
   * One label for each step, or a single label for the whole sequence. For a model of several labels, each is a text with all labels
   * of the step or sequence, which `labelSet` reads.
   */
  readonly labels: readonly string[];
}

/** Labelled sequences to train on and to validate on. */
export type LabelledParts<S extends Step = Step> = Parts<Labelled<S>>;

export const LEVELS = ["char", "word"] as const;

/** What a token is: a character (`char`) or a word (`word`). */
export type Level = (typeof LEVELS)[number];

/** Usual names of columns of texts, the most likely one first. */
const TEXT_NAMES =
  "text sentence review content comment tweet message post body utterance document description phrase question query title headline summary satz texte texto 文本 评论 内容 句子 текст";
/** Usual names of columns of labels. */
const LABEL_NAMES =
  "label labels class category target sentiment polarity rating score stars topic intent emotion language gender nationality tag klasse kategorie classe etiqueta categoria 标签 类别 情感 метка класс";

/** Returns the form of labelled texts. @param labelFirst whether the label comes before the text */
export function labelledForm(labelFirst = false): TextForm {
  const text = { what: "text", option: "textColumn", names: TEXT_NAMES.split(" ") } as const;
  const label = { what: "label", option: "labelColumn", names: LABEL_NAMES.split(" ") } as const;
  return labelFirst
    ? {
        fields: [label, text],
        line: "label <TAB> text",
        divide(line) {
          const at = line.indexOf("\t");
          return at < 0 ? [undefined, line.trim()] : divideAt(line, at);
        },
        divideAtSpace(line) {
          const [first, rest] = divideAt(line.trim(), line.trim().search(/\s/));
          return [first, rest ?? ""];
        },
      }
    : {
        fields: [text, label],
        line: "text <TAB> label",
        withoutTabs: "if each line begins with its label, use --label-first",
        divide: (line) => divideAt(line, line.lastIndexOf("\t")),
      };
}

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
  for await (const { line, values } of readForm(chunks, source, labelledForm(labelFirst))) {
    const [text, label] = labelFirst ? [values[1]!, values[0]!] : [values[0]!, values[1]!];
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
  checkWhole("readColumns: tagColumn", tagColumn, 1);
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
