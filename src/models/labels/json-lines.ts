import { checkList, checkObject, checkOptions } from "../../checks.ts";
import type { Vector } from "../../data/feature-scaling.ts";
import type { Labelled, Step } from "../../data/labelled.ts";
import { numberedLines, shown, type TextChunks, wrongLine } from "../../data/lines.ts";
import { show } from "../../schema.ts";

/** An example from a file of JSON lines. Its sequence is either a `text`, or a list of `tokens` (strings or vectors). */
export interface JsonExample {
  /** The sequence as a text; undefined if it is a list. */
  readonly text?: string;
  /** The sequence as a list of tokens or vectors; undefined if it is a text. */
  readonly tokens?: readonly Step[];
  /** One label for each step, a single label for the sequence, or none if labels are not read. */
  readonly labels: readonly string[];
}

/** Options of {@link readJsonExamples}. */
export interface JsonExampleOptions {
  /** `step`: each step has a label, in the list `labels`. `sequence`: the whole sequence has one label, in the field `label`. */
  targetPer: "step" | "sequence";
  /** Whether to read the labels; default true. If false, the examples have no labels. */
  labelled?: boolean;
}

/**
 * Reads examples from JSON lines. Each line is a JSON object with a sequence and its label or labels.
 * The sequence is a text (`"text": "..."`), a list of tokens (`"tokens": ["...", ...]`) or a list of vectors
 * (`"input": [[1, 0.5], ...]`). All lines must use the same field. All vectors must have the same size.
 * The label of a whole sequence is `"label": "x"`. Labels of steps are a list: `"labels": ["x", ...]`. Each label is a string or
 * a number. Other fields and blank lines are skipped.
 *
 * @param chunks the text in pieces; for a whole text, use `[text]`
 * @param source name of the file, for errors
 * @throws ERR_DATA, naming the file and the line, if a line is invalid
 */
export async function* readJsonExamples(
  chunks: TextChunks,
  source: string,
  options: JsonExampleOptions,
): AsyncGenerator<JsonExample> {
  const { targetPer, labelled = true } = checkOptions("readJsonExamples", options, "targetPer labelled");
  let first: string | undefined;
  let width = 0;
  for await (const [line, content] of numberedLines(chunks)) {
    if (!content.trim()) continue;
    const wrong = (problem: string) => wrongLine(source, line, `${problem}: ${shown(content)}`);
    const given = parse(content, wrong);
    const field = ["text", "tokens", "input"].find((name) => given[name] !== undefined);
    if (!field) return wrong("no field text, tokens or input");
    first ??= field;
    if (field !== first) wrong(`field ${field}, but earlier lines have ${first}`);
    const value = given[field];
    if (field === "text") {
      if (targetPer === "step") wrong("field text, expected tokens or input, which labels belong to");
      if (typeof value !== "string" || !value.trim()) wrong("text is no text, or empty");
    } else if (!Array.isArray(value) || !value.length) wrong(`${field} is not a list, or empty`);
    else if (field === "tokens") checkTokens(value, wrong);
    else width = checkVectors(value, width, wrong);
    const labels = labelled ? labelsOf(given, targetPer, (value as unknown[]).length, wrong) : [];
    yield field === "text"
      ? { text: value as string, labels }
      : { tokens: value as readonly (string | Vector)[], labels };
  }
}

type Wrong = (problem: string) => never;

function parse(content: string, wrong: Wrong): Record<string, unknown> {
  let given: unknown;
  try {
    given = JSON.parse(content);
  } catch {
    wrong("not JSON (which has no NaN)");
  }
  if (typeof given === "object" && given !== null && !Array.isArray(given)) {
    return given as Record<string, unknown>;
  }
  return wrong("not a JSON object");
}

function checkTokens(tokens: readonly unknown[], wrong: Wrong): void {
  const place = tokens.findIndex((token) => typeof token !== "string" || !token);
  if (place >= 0) wrong(`token ${place + 1} is ${show(tokens[place])}, expected a text`);
}

/**
 * Checks the vectors of a line and returns their size.
 *
 * @param width size of the vectors of earlier lines, or 0 if this line is the first
 */
function checkVectors(vectors: readonly unknown[], width: number, wrong: Wrong): number {
  vectors.forEach((vector, t) => {
    if (!Array.isArray(vector) || !vector.length) wrong(`step ${t + 1} is not a list of numbers`);
    width ||= vector.length;
    if (vector.length !== width) {
      wrong(`step ${t + 1} has ${vector.length} numbers, expected ${width} as before`);
    }
    const place = vector.findIndex((number) => !Number.isFinite(number));
    if (place >= 0) {
      const value = show(vector[place]);
      wrong(`number ${place + 1} of step ${t + 1} is ${value}, expected a finite number`);
    }
  });
  return width;
}

function labelsOf(
  { label, labels }: Record<string, unknown>,
  targetPer: JsonExampleOptions["targetPer"],
  steps: number,
  wrong: Wrong,
): readonly string[] {
  const each = targetPer === "step";
  const all = each ? labels : [label];
  if (!Array.isArray(all)) return wrong("no list labels");
  if (each && all.length !== steps) wrong(`${all.length} labels of ${steps} steps`);
  return all.map((value) => {
    if (typeof value !== "string" && !Number.isFinite(value)) {
      wrong(`${each ? "a label" : "label"} is ${show(value)}, expected a text or a number`);
    }
    return String(value).trim() || wrong("a label is empty");
  });
}

/** Returns the size of a sequence's vectors. Returns 0 if the sequence is empty or has tokens. @param example the sequence */
export function featuresOf(example: Labelled<Step>): number {
  const [step] = checkList("featuresOf: tokens", checkObject("featuresOf", example, "the example is").tokens);
  return step === undefined || typeof step === "string" ? 0 : step.length;
}
