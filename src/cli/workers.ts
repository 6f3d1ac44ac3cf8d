import { availableParallelism } from "node:os";
import { type StartedGroup, startGroup } from "../../worker/group/start-group.ts";
import type { TaskModel } from "../network/model.ts";

/** The threads that `--workers` asks for; none where this one trains alone. @throws ERR_VALUE where a batch cannot be divided */
export async function groupOf(model: TaskModel, workers: number): Promise<StartedGroup | undefined> {
  return workers > 1 ? startGroup(model, workers) : undefined;
}

/** What a person should know of so many threads. */
export function workersNote(workers: number): string {
  const cores = availableParallelism();
  if (workers === 1) return "";
  return `; ${workers} threads${workers > cores ? `, more than the ${cores} cores here: fewer would be as fast` : ""}`;
}
