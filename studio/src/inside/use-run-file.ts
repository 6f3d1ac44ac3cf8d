import type { RunFile } from "../desk/run-data.ts";
import { runFile } from "../desk/run-file.ts";
import { type Answer, useAnswer } from "../desk/use-answer.ts";
import type { Run } from "../runs/run.ts";

/** @throws Error if the data of a run are not there */
async function keptFile(run: Run): Promise<RunFile> {
  const file = await runFile(run);
  if (file) return file;
  throw new Error("The data of this run are not kept in this browser.");
}

/** Asks about the run's data as soon as they are there. The inputs have to name all else that the question depends on. */
export function useDataAnswer<T>(
  run: Run,
  question: (data: RunFile) => Promise<T>,
  inputs: readonly unknown[],
): Answer<T> {
  const { value: data, error } = useAnswer(() => keptFile(run), [run.id]);
  const answer = useAnswer(data && (() => question(data)), [data, ...inputs]);
  return error ? { error, busy: false } : answer;
}
