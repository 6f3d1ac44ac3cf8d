import { checkFunction, checkList, checkTexts } from "../checks.ts";
import { FeatureScaling } from "../data/feature-scaling.ts";
import { indexOfName } from "../data/form.ts";
import { UnrolledError } from "../errors.ts";
import type { TaskModel } from "../network/model.ts";
import { show } from "../schema.ts";
import { columnNames } from "../tables/columns.ts";
import type { InputFile } from "./task.ts";

type Columns = Pick<InputFile, "rows" | "names">;

/**
 * Joins the inputs of several files. If a file has names of columns, a row has a cell for each name of any file. A file without
 * names then has the columns "column 1", "column 2" and so on, since nothing says which of the named ones they are.
 */
export function joinInputs<I>(files: readonly InputFile<I>[]): InputFile<I> {
  const [first, ...others] = files;
  if (!others.length) {
    const { rows, names } = first!;
    return { ...first!, names: names && columnNames(rows.flat(), names) };
  }
  return {
    inputs: files.flatMap(({ inputs }) => inputs),
    ...(files.some(({ names }) => names)
      ? byName(files)
      : { rows: files.flatMap(({ rows }) => rows), names: undefined }),
    perToken: files.flatMap(({ inputs, perToken }) => perToken ?? inputs.map(() => false)),
  };
}

/** Joins rows so that the cells of a name are in one column. */
function byName(files: readonly Columns[]): Columns {
  const names: string[] = [];
  const rows = files.flatMap((file) => {
    const own = columnNames(file.rows.flat(), file.names).map((name) => {
      const place = indexOfName(names, name);
      return place >= 0 ? place : names.push(name) - 1;
    });
    return file.rows.map((rows) =>
      rows.map((cells) => {
        const all: unknown[] = [];
        for (const [i, place] of own.entries()) if (i in cells) all[place] = cells[i];
        return all;
      }),
    );
  });
  return { rows, names };
}

/**
 * Calls `predict`. If it throws an error, and an input is one that the model cannot read, the error names this input.
 *
 * @param model one whose spec has `features`: numbers in a vector of the inputs, 0 if they have tokens. With any other, errors stay as
 *   they are
 */
export function withWrongInput<A>(
  { spec }: Pick<TaskModel, "spec">,
  inputs: readonly unknown[],
  predict: (inputs: readonly unknown[]) => A,
): A {
  try {
    return predict(inputs);
  } catch (cause) {
    const { features, condition } = spec as { readonly features?: number; readonly condition?: string };
    const isOther = !(cause instanceof UnrolledError) || cause.message.startsWith("input ");
    if (isOther || features === undefined || condition === "single") throw cause;
    predict([]); // throws if an option is wrong
    for (const [i, input] of Array.from(inputs).entries()) {
      const problem = problemOf(input, features);
      if (problem) throw new UnrolledError(cause.code, `input ${i + 1}${problem}`, { cause });
    }
    throw cause;
  }
}

/** Returns why a model cannot read an input; undefined if it can. */
function problemOf(input: unknown, features: number): string | undefined {
  if (typeof input !== "string" && !Array.isArray(input)) {
    return ` is ${show(input)}, expected a text or a list`;
  }
  try {
    if (features) FeatureScaling.none(features).apply([...input]);
    else if (typeof input !== "string") checkTexts("tokens", input);
    return undefined;
  } catch (error) {
    return `: ${(error as Error).message}`;
  }
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
  checkFunction("answerInputs: predict", predict);
  const filled = Array.from(checkList("inputs", inputs)).filter((input) => !isBlank(input));
  const answers = (filled.length ? predict(filled) : []).values();
  return Array.from(inputs, (input) => (isBlank(input) ? blank : answers.next().value!));
}
