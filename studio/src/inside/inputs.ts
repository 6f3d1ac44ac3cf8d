import type { TaskName } from "unrolled/worker";

/** What a model reads: a text, a list of numbers, or a list of vectors. */
export type InputKind = "text" | "numbers" | "vectors";

type Spec = Readonly<Record<string, unknown>>;

const columnsOf = ({ columns, features }: Spec) =>
  Array.isArray(columns) ? columns.length : ((features as number) ?? 0);

/** Returns the kind of input that a model of this task and spec reads. A generator reads its condition. */
export function inputKind(task: TaskName | string, spec: Spec): InputKind {
  if (task === "forecaster") return columnsOf(spec) > 1 ? "vectors" : "numbers";
  return columnsOf(spec) ? "vectors" : "text";
}

const isNumeric = (row: unknown): row is number | ArrayLike<number> =>
  typeof row === "number" ||
  (typeof row === "object" && row !== null && typeof (row as number[])[0] === "number");

/** Returns an input as a person edits it: a text, or one step a line with its numbers. */
export function writeInput(input: unknown): string {
  if (typeof input === "string") return input;
  if (!Array.isArray(input)) return "";
  if (!isNumeric(input[0])) return input.join(" ");
  return input
    .map((row) => (typeof row === "number" ? row : Array.from(row as number[]).join(" ")))
    .join("\n");
}

/**
 * Reads what `writeInput` has written and a person has changed.
 *
 * @returns undefined if it is blank
 * @throws Error with a sentence for people if a line has something else than numbers, or not as many as the others
 */
export function readInput(text: string, kind: InputKind): string | number[] | number[][] | undefined {
  if (!text.trim()) return undefined;
  if (kind === "text") return text;
  const lines = text.split("\n").filter((line) => line.trim());
  const rows = lines.map((line, i) =>
    line
      .trim()
      .split(/[\s,;]+/)
      .map((part) => {
        const number = Number(part);
        if (part && Number.isFinite(number)) return number;
        throw new Error(`Line ${i + 1} has “${part}”, which is not a number. Write one step on each line.`);
      }),
  );
  if (kind === "vectors") return rows;
  return rows.flat();
}

/** Returns waves as an input for models of numbers that have no example. */
export function madeUpInput(spec: Spec, steps = 24): string {
  const columns = Math.max(1, columnsOf(spec));
  const value = (t: number, k: number) => Math.sin((t / steps) * 2 * Math.PI * (k + 1)).toFixed(2);
  return Array.from({ length: steps }, (_, t) =>
    Array.from({ length: columns }, (_, k) => value(t, k)).join(" "),
  ).join("\n");
}
