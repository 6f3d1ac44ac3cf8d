import { availableParallelism } from "node:os";
import { type StartedGroup, startGroup } from "../../worker/group/start-group.ts";
import type { TaskModel } from "../network/model.ts";

/**
 * Starts the threads of `--workers`, or returns undefined for one worker.
 *
 * @throws ERR_VALUE if a batch cannot be divided among the threads
 */
export async function groupOf(model: TaskModel, workers: number): Promise<StartedGroup | undefined> {
  return workers > 1 ? startGroup(model, workers) : undefined;
}

/** Returns a note on the number of threads. It is empty for one thread. */
export function workersNote(workers: number): string {
  const cores = availableParallelism();
  if (workers === 1) return "";
  return `; ${workers} threads${workers > cores ? `, more than the ${cores} cores here: fewer would be as fast` : ""}`;
}
