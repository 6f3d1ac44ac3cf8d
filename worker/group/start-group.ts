import { checkOptions } from "../../src/checks.ts";
import { UnrolledError } from "../../src/errors.ts";
import type { TaskModel } from "../../src/network/model.ts";
import type { TrainingGroup } from "../../src/train/gradients.ts";
import type { WorkerSource } from "../start-worker.ts";
import { checkWorkers, startFollowers } from "./followers.ts";
import { Group, type GroupOptions } from "./group.ts";

export interface StartGroupOptions extends Pick<GroupOptions, "shared" | "module"> {
  /** What the threads run instead of `unrolled/trainer-worker`. */
  readonly worker?: WorkerSource;
}

/** For `train` and `Trainer.stepWith`. */
export interface StartedGroup extends TrainingGroup {
  /** Threads that train, the caller's included. */
  readonly workers: number;
  /** Ends the other threads; an iteration under way rejects with ERR_DISPOSED. */
  release(): void;
}

/**
 * Starts threads that train a model together with this one, each on a part of every batch.
 *
 * @param workers how many, this one included; 256 at most
 * @throws ERR_VALUE where the sequences of a batch cannot be trained apart from each other: the task `embedder`, batch normalisation;
 * ERR_MEMORY; ERR_STATE where a thread does not start
 */
export async function startGroup(
  model: TaskModel,
  workers: number,
  options: StartGroupOptions = {},
): Promise<StartedGroup> {
  const { worker, ...rest } = checkOptions("startGroup", options, "worker shared module");
  checkWorkers(workers);
  const followers = startFollowers(workers - 1, worker, (reason, cause) =>
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
    release: () => end(new UnrolledError("ERR_DISPOSED", "the group was released; start another")),
  };
}
