import { availableParallelism } from "node:os";
import { type StartedGroup, startGroup } from "../../worker/group/start-group.ts";
import type { TaskModel } from "../network/model.ts";
import { kernelsOf } from "./kernels.ts";

/**
 * Starts the threads for the option `--workers`. If there is only one worker, no threads are needed and it returns undefined.
 *
 * @throws ERR_VALUE if a batch cannot be divided among the threads
 */
export async function groupOf(model: TaskModel, workers: number): Promise<StartedGroup | undefined> {
  if (workers === 1) return undefined;
  const { module } = await kernelsOf(model.runtime.variant);
  return startGroup(model, workers, { module });
}

/** Returns a note on the number of threads. For one thread, the note is empty. */
export function workersNote(workers: number): string {
  const cores = availableParallelism();
  if (workers === 1) return "";
  return `; ${workers} threads${workers > cores ? `, more than the ${cores} cores here: fewer would be as fast` : ""}`;
}
