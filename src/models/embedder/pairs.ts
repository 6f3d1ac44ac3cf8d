import { readForm, type TextForm } from "../../data/form.ts";
import type { TextChunks } from "../../data/lines.ts";
import type { SequenceInput } from "../../data/steps.ts";

/** Two texts that belong together, such as a question and its paraphrase, or a sentence and its translation. */
export type TextPair = readonly [text: string, partner: string];

/** Two texts that belong together, or two sequences of vectors. */
export type EmbedderPair = readonly [sequence: SequenceInput, partner: SequenceInput];

/** Returns texts that are equal if and only if the sequences of pairs are. Numbers are equal if they are in float32, whatever kind of list has them. */
export function pairKeys(pairs: readonly EmbedderPair[]): TextPair[] {
  const keyOf = (sequence: SequenceInput) =>
    typeof sequence === "string"
      ? sequence
      : JSON.stringify(sequence.map((step) => Array.from(step, Math.fround)));
  return pairs.map(([sequence, partner]) => [keyOf(sequence), keyOf(partner)]);
}

/** The form of pairs of texts. Rows that a column of 0 and 1 says are no matches are left out. Further columns are ignored. If a line has no tab, its text is paired with itself. */
export const TEXT_PAIR_FORM: TextForm = {
  fields: [
    {
      what: "text",
      option: "textColumn",
      names: [
        "text",
        "sentence 1",
        "question 1",
        "text 1",
        "text a",
        "anchor",
        "query",
        "question",
        "sentence",
      ],
    },
    {
      what: "partner",
      option: "labelColumn",
      names: ["partner", "sentence 2", "question 2", "text 2", "text b", "positive", "answer", "paraphrase"],
    },
  ],
  matches: {
    names: ["is duplicate", "is paraphrase"],
    unlessNamed: ["label", "score", "similarity", "quality"],
  },
  line: "text <TAB> text",
  ignoresRest: true,
  divide(line) {
    const [text = "", partner = text] = line.split("\t", 2).map((column) => column.trim());
    return [text, partner];
  },
};

/**
 * Reads two texts, separated by a tab, from each line. Further columns and blank lines are skipped. If a line has no tab, its
 * text is paired with itself.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param source name of the file, for errors
 * @throws ERR_DATA naming file and line if a text is empty
 */
export async function* readTextPairs(chunks: TextChunks, source: string): AsyncGenerator<TextPair> {
  for await (const { values } of readForm(chunks, source, TEXT_PAIR_FORM)) yield [values[0]!, values[1]!];
}
