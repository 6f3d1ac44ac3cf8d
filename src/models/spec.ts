import { UnrolledError } from "../errors.ts";

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

const wholeFrom = (least: number) => (value: unknown) =>
  Number.isSafeInteger(value) && (value as number) >= least;
const oneOf =
  (...allowed: string[]) =>
  (value: unknown) =>
    allowed.includes(value as string);

/** What each field must be, in words and as a test. */
const FIELDS: Record<
  keyof LanguageModelSpec,
  readonly [expected: string, test: (value: unknown) => boolean]
> = {
  task: ["language-model", oneOf("language-model")],
  level: ["char", oneOf("char")],
  cell: ["rnn, gru or lstm", oneOf("rnn", "gru", "lstm")],
  hidden: ["a whole number from 1 on", wholeFrom(1)],
  layers: ["a whole number from 1 on", wholeFrom(1)],
  dropout: ["a number from 0 to below 1", (value) => typeof value === "number" && value >= 0 && value < 1],
  embedding: ["a whole number from 0 on", wholeFrom(0)],
};

/**
 * Checks a spec that came from outside, field by field.
 *
 * @throws ERR_VALUE naming the field, what was given and what is expected
 */
export function checkSpec(spec: unknown): LanguageModelSpec {
  if (typeof spec !== "object" || spec === null || Array.isArray(spec)) {
    throw new UnrolledError("ERR_VALUE", `spec: ${JSON.stringify(spec)}, expected an object`);
  }
  const given = spec as Record<string, unknown>;
  for (const [field, [expected, test]] of Object.entries(FIELDS)) {
    if (!test(given[field])) {
      throw new UnrolledError(
        "ERR_VALUE",
        `spec: ${field} is ${JSON.stringify(given[field])}, expected ${expected}`,
      );
    }
  }
  for (const field of Object.keys(given)) {
    if (!(field in FIELDS)) throw new UnrolledError("ERR_VALUE", `spec: unknown field ${field}`);
  }
  return given as unknown as LanguageModelSpec;
}
