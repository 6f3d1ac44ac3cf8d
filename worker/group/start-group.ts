import { checkObject, checkOptions } from "../../src/checks.ts";
import { UnrolledError } from "../../src/errors.ts";
import type { TaskModel } from "../../src/network/model.ts";
import type { TrainingGroup } from "../../src/train/gradients.ts";
import type { WorkerScript } from "../start-worker.ts";
import { checkWorkers } from "./check-workers.ts";
import { startFollowers } from "./followers.ts";
import { Group, type GroupOptions } from "./group.ts";

/** Options of {@link startGroup}: how threads share memory and compile kernels, and the script that they run. */
export interface StartGroupOptions extends Pick<GroupOptions, "shared" | "module">, WorkerScript {}

/** A group of threads that `train` and `Trainer.stepWith` can use. */
export interface StartedGroup extends TrainingGroup {
  /** Number of threads that train, including the caller's thread. */
  readonly workers: number;
  /** Ends the other threads. The current iteration rejects with ERR_DISPOSED. */
  release(): void;
}

/**
 * Starts threads that train a model together with this thread (data parallel). Each thread trains on a part of every batch.
 *
 * @param workers number of threads, including this thread; at most 256
 * @throws ERR_VALUE if the sequences of a batch depend on each other in training, as in the task `embedder` or with batch
 * normalisation
 * @throws ERR_MEMORY if the memory of a thread cannot grow
 * @throws ERR_STATE if a thread does not start
 *
 * @example
 * ```js
 * import { startGroup } from "unrolled/worker";
 *
 * const text = "hello world ".repeat(200);
 * const rt = await createRuntime();
 * const spec = { ...defaultLanguageModelSpec(), hidden: 16, layers: 1 };
 * const model = new LanguageModel(rt, spec, textVocabulary(text, spec));
 * const trainer = new LanguageModelTrainer(model, model.encode(text), { batch: 8, seq: 24, lr: 0.02 });
 * const group = await startGroup(model, 2);
 * for (let i = 0; i < 100; i++) await trainer.stepWith(group);
 * group.release();
 * console.log(group.workers, trainer.validate().perplexity.toFixed(1)); // 2 1.1
 * ```
 */
export async function startGroup(
  model: TaskModel,
  workers: number,
  options: StartGroupOptions = {},
): Promise<StartedGroup> {
  checkObject("startGroup: spec", checkObject("startGroup", model, "model is").spec, "it is");
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
