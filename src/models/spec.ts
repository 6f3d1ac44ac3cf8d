import { checkFields, type Field, fraction, oneOf, wholeFrom } from "./fields.ts";

/** What a language model is, as plain JSON; with the tensors of its file it can be rebuilt anywhere. */
export interface LanguageModelSpec {
  readonly task: "language-model";
  /** What a symbol is. */
  readonly level: "char";
  readonly cell: "rnn" | "gru" | "lstm";
  /** Units in each layer. */
  readonly hidden: number;
  readonly layers: number;
  /** Dropout on the output of every layer in training, 0 to below 1. */
  readonly dropout: number;
  /** Length of the vectors that stand for symbols; 0: one-hot vectors. */
  readonly embedding: number;
  /** Each line is a sequence of its own, which begins with a newline from a zero state; else the text is one. Default false. */
  readonly lines?: boolean;
}

export const DEFAULT_SPEC: LanguageModelSpec = {
  task: "language-model",
  level: "char",
  cell: "lstm",
  hidden: 128,
  layers: 2,
  dropout: 0,
  embedding: 0,
};

const FIELDS: Record<keyof LanguageModelSpec, Field> = {
  task: oneOf("language-model"),
  level: oneOf("char"),
  cell: oneOf("rnn", "gru", "lstm"),
  hidden: wholeFrom(1),
  layers: wholeFrom(1),
  dropout: fraction,
  embedding: wholeFrom(0),
  lines: ["true or false", (value) => value === undefined || typeof value === "boolean"],
};

/**
 * Checks a spec that came from outside, field by field.
 *
 * @throws ERR_VALUE naming the field, what was given and what is expected
 */
export function checkSpec(spec: unknown): LanguageModelSpec {
  return checkFields<LanguageModelSpec>("spec", spec, FIELDS);
}
