import type { TaskModel } from "../src/network/model.ts";
import { lastIterationOf, type Run, type RunLength } from "../src/tasks/run.ts";
import type { Task } from "../src/tasks/task.ts";
import type { OpenInfo } from "./protocol.ts";

/** What `start`, `restore` or `load` has made. */
export interface OpenModel {
  readonly task: Task;
  readonly model: TaskModel;
  /** None of a model that was loaded. */
  readonly run?: Run & { readonly length: RunLength };
  /** Smallest error so far, and the file of the model that reached it, where it was reached here. */
  best: number | null;
  bestModel?: Uint8Array<ArrayBuffer>;
}

/** Uses the weights that others see: the averaged ones, where the run has an average. */
export function withServedWeights<T>({ run }: OpenModel, use: () => T): T {
  return run ? run.trainer.averaged(use) : use();
}

export function infoOf({ task, model, run }: OpenModel, workers: number): OpenInfo {
  const { spec } = model;
  return {
    task: spec.task,
    spec,
    variant: model.runtime.variant,
    parameters: model.parameterCount,
    ...(run && {
      run: {
        recipe: run.trainer.recipe,
        iterationsPerEpoch: run.trainer.iterationsPerEpoch,
        iteration: run.trainer.iteration,
        iterations: lastIterationOf(run.length, task, run.trainer),
        workers,
      },
    }),
  };
}
