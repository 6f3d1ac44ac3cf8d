import type { InputFile } from "./task.ts";

/** Joins the inputs of several files. If all files have names of columns, a row has a cell for each name of any file. */
export function joinInputs<I>(files: readonly InputFile<I>[]): InputFile<I> {
  const [first, ...others] = files;
  if (!others.length) return first!;
  const named = files.every(({ names }) => names);
  const names = named ? [...new Set(files.flatMap(({ names }) => names!))] : undefined;
  const cellsOf = (file: InputFile<I>, cells: readonly string[]) =>
    names && cells.length ? names.map((name) => cells[file.names!.indexOf(name)] ?? "") : cells;
  return {
    inputs: files.flatMap(({ inputs }) => inputs),
    rows: files.flatMap((file) => file.rows.map((rows) => rows.map((cells) => cellsOf(file, cells)))),
    names,
    perToken: files.flatMap(({ inputs, perToken }) => perToken ?? inputs.map(() => false)),
  };
}

/** Returns whether an input is empty, because its line is blank. */
function isBlank(input: unknown): boolean {
  return (typeof input === "string" || Array.isArray(input)) && input.length === 0;
}

/**
 * Predicts for the inputs that a task has read from data. The answer to an empty input is `blank`, so that every line has an answer.
 *
 * @param predict called with the inputs that are not empty
 */
export function answerInputs<I, A>(
  inputs: readonly I[],
  predict: (inputs: readonly I[]) => readonly A[],
  blank: A,
): A[] {
  const filled = inputs.filter((input) => !isBlank(input));
  const answers = (filled.length ? predict(filled) : []).values();
  return inputs.map((input) => (isBlank(input) ? blank : answers.next().value!));
}
