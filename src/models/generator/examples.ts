import { divideAt, readForm, type TextForm } from "../../data/form.ts";
import type { TextChunks } from "../../data/lines.ts";
import type { SequenceInput } from "../../data/steps.ts";

/**
 * The input from which a sequence is generated: the name of a category, or a vector such as the features of an image; if
 * `spec.condition` is `sequence`, a text or a list of vectors.
 */
export type Condition = SequenceInput | ArrayLike<number>;

/** A training example: a sequence and its condition. */
export interface Conditioned {
  /** The input from which the sequence is generated. */
  readonly condition: Condition;
  /** The symbols of the sequence. The list may be empty. */
  readonly tokens: readonly string[];
}

/** The form of sequences with their conditions. Further tabs belong to the sequence. */
export const CONDITIONED_FORM: TextForm = {
  fields: [
    {
      what: "condition",
      option: "labelColumn",
      names: [
        "condition",
        "label",
        "class",
        "category",
        "type",
        "nationality",
        "gender",
        "language",
        "topic",
      ],
    },
    { what: "sequence", option: "textColumn", names: ["sequence", "text", "name", "sentence", "title"] },
  ],
  line: "condition <TAB> sequence",
  divide: (line) => divideAt(line, line.indexOf("\t")),
};

/**
 * Reads one example from each line: a condition, a tab and a text. Blank lines are skipped. Further tabs belong to the text.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param source name of the file, for errors
 * @throws ERR_DATA, naming the file and the line, if a line has no tab, or if its condition or text is empty
 */
export async function* readConditioned(
  chunks: TextChunks,
  source: string,
): AsyncGenerator<{ line: number; condition: string; text: string }> {
  for await (const { line, values } of readForm(chunks, source, CONDITIONED_FORM)) {
    yield { line, condition: values[0]!, text: values[1]! };
  }
}
