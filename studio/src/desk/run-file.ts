import type { Run } from "../runs/run.ts";
import { dataFile } from "../runs/shelf.ts";
import { idOf } from "./reader.ts";
import type { RunFile } from "./run-data.ts";

/** The file of the run that was asked for last. */
let last: RunFile | undefined;

/** Returns the data of a run, as its training read them; undefined if they are not kept in this browser. */
export async function runFile(run: Run): Promise<RunFile | undefined> {
  if (last?.key === run.id) return last;
  const file = await dataFile(run);
  if (!file) return undefined;
  const { options, recipe } = run.plan;
  last = { key: run.id, file, options, recipe };
  return last;
}

/** Returns a file of one's own, which the model of a run reads as it read its own data. */
export const otherFile = (run: Run, file: File): RunFile => ({
  key: `${run.id} ${idOf(file)}`,
  file,
  options: {},
  recipe: run.plan.recipe,
  isOther: true,
});
