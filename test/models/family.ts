import { expect } from "vitest";
import type { ModelClass, TaskModel } from "../../src/network/model.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { type Checkpoint, openCheckpoint } from "../../src/train/checkpoint.ts";
import type { Recipe } from "../../src/train/recipe.ts";
import { train } from "../../src/train/train.ts";
import type { Trainer } from "../../src/train/trainer.ts";
import { startRuntime } from "../runtimes.ts";
import { digest, MemoryStore } from "../train/run.ts";

// To test a new family of models, make a folder next to this file with
// - a file like embedder/embedders.ts: a small model, and data made by code that contain something to learn;
// - model.test.ts: a sequence gives the same result alone, in a batch and with padding; a model is the same after its file;
//   damaged weights, wrong specs and files of other tasks are refused;
// - trainer.test.ts: it learns, the best model is saved, and `expectResumed`.
// Then give its task an entry in EXAMPLES of test/tasks/examples.ts, which runs all tests that tasks share,
// and its own table in test/cli (see describe-task.ts there).

/** A run to stop and resume. */
export interface Resumption<M extends TaskModel> {
  readonly kinds: readonly ModelClass<M>[];
  /** Makes a trainer at the beginning of the run. */
  begin(runtime: Runtime): Trainer;
  /** Makes a trainer on the same data, for the model and the recipe of a checkpoint. */
  resume(model: M, recipe: Recipe): Trainer;
  /** The iteration after which the run stops. */
  readonly after: number;
  readonly iterations: number;
  readonly validateEvery: number;
}

/** Fails unless the resumed run ends with the bits of one that was not stopped; returns the checkpoint in between. */
export async function expectResumed<M extends TaskModel>({
  kinds,
  begin,
  resume,
  after,
  iterations,
  validateEvery,
}: Resumption<M>): Promise<{ bytes: Uint8Array; checkpoint: Checkpoint<M> }> {
  const options = { validateEvery, dataHash: "hash" };
  const [whole, part, rest] = [new MemoryStore(), new MemoryStore(), new MemoryStore()];
  await train(begin(await startRuntime()), { ...options, iterations, store: whole });
  await train(begin(await startRuntime()), { ...options, iterations: after, store: part });
  const bytes = part.checkpoints.at(-1)!;
  const checkpoint = openCheckpoint(bytes, kinds);
  const trainer = checkpoint.restore(await startRuntime("strict", 99), "hash", resume);
  const { best } = checkpoint.progress;
  await train(trainer, { ...options, iterations, store: rest, best });
  expect(digest(rest.checkpoints.at(-1)!)).toBe(digest(whole.checkpoints.at(-1)!));
  return { bytes, checkpoint };
}
