import type { RunFile } from "../desk/run-data.ts";
import { type Answer, useAnswer } from "../desk/use-answer.ts";
import type { Run } from "../runs/run.ts";
import { dataFile } from "../runs/shelf.ts";

/** Returns the data of a run, as its training read them. @throws Error if they are not there */
async function runFile(run: Run): Promise<RunFile> {
  const file = await dataFile(run);
  if (!file) throw new Error("The data of this run are not kept in this browser.");
  const { options, recipe } = run.plan;
  return { file, options, recipe };
}

/** Asks about the run's data as soon as they are there. The inputs have to name all else that the question depends on. */
export function useDataAnswer<T>(
  run: Run,
  question: (data: RunFile) => Promise<T>,
  inputs: readonly unknown[],
): Answer<T> {
  const { value: data, error } = useAnswer(() => runFile(run), [run.id]);
  const answer = useAnswer(data && (() => question(data)), [data, ...inputs]);
  return error ? { error, busy: false } : answer;
}
