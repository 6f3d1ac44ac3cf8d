import { checkOptions } from "../../src/checks.ts";
import { UnrolledError } from "../../src/errors.ts";
import type { TaskModel } from "../../src/network/model.ts";
import type { TrainingGroup } from "../../src/train/gradients.ts";
import type { WorkerScript } from "../start-worker.ts";
import { checkWorkers } from "./check-workers.ts";
import { startFollowers } from "./followers.ts";
import { Group, type GroupOptions } from "./group.ts";

/** How threads share memory and compile kernels, and their script. */
export interface StartGroupOptions extends Pick<GroupOptions, "shared" | "module">, WorkerScript {}

/** A group of threads for `train` and `Trainer.stepWith`. */
export interface StartedGroup extends TrainingGroup {
  /** Number of threads that train, including the caller's. */
  readonly workers: number;
  /** Ends the other threads. The current iteration rejects with ERR_DISPOSED. */
  release(): void;
}

/**
 * Starts threads that train a model together with this one (data parallel), each on a part of every batch.
 *
 * @param workers number of threads, including this one; at most 256
 * @throws ERR_VALUE if the sequences of a batch depend on each other in training: the task `embedder`, batch normalisation;
 * ERR_MEMORY; ERR_STATE if a thread does not start
 */
export async function startGroup(
  model: TaskModel,
  workers: number,
  options: StartGroupOptions = {},
): Promise<StartedGroup> {
  const { worker, crossOrigin, ...rest } = checkOptions(
    "startGroup",
    options,
    "worker crossOrigin shared module",
  );
  checkWorkers(workers);
  const followers = startFollowers(workers - 1, { worker, crossOrigin }, (reason, cause) =>
    end(new UnrolledError("ERR_STATE", `${reason}; start another group`, { cause })),
  );
  const end = (error: UnrolledError) => {
    group.end(error);
    followers.end();
  };
  const group = new Group(followers.ports, { ...rest, onLost: end });
  try {
    await group.open(model);
  } catch (error) {
    followers.end();
    throw error;
  }
  return {
    workers,
    gradients: (model, batch) => group.gradients(model, batch),
    release: () => end(new UnrolledError("ERR_DISPOSED", "the group was released; start another group")),
  };
}
