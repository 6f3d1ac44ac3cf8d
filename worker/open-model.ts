import { UnrolledError } from "../src/errors.ts";
import type { TaskModel } from "../src/network/model.ts";
import { lastIterationOf, type Run, type RunLength } from "../src/tasks/run.ts";
import type { Task, WordSuggester } from "../src/tasks/task.ts";
import type { OpenInfo } from "./protocol.ts";

/** The model that `start`, `restore` or `load` has opened. */
export interface OpenModel {
  readonly task: Task;
  readonly model: TaskModel;
  /** The run of the model. Missing if the model was opened by `load`. */
  readonly run?: Run & { readonly length: RunLength };
  /** Smallest validation error so far. */
  best: number | null;
  /** Model file with the weights that have the validation error `best`. Missing if this session did not reach that error. */
  bestModel?: Uint8Array<ArrayBuffer>;
  /** Suggests words with the weights after an iteration of the run. Missing before the first suggestion. */
  suggester?: { readonly iteration: number | undefined; readonly words: WordSuggester };
}

/**
 * Calls `use` with the weights that predictions and model files use. These are the moving average of the weights if the run has
 * one, else the current weights.
 */
export function withServedWeights<T>({ run }: OpenModel, use: () => T): T {
  return run ? run.trainer.averaged(use) : use();
}

/**
 * Returns the session that suggests words with the weights that predictions use. It stays open until the weights change, because a
 * copy of the weights takes much longer than a suggestion.
 *
 * @throws ERR_VALUE if the model does not suggest words
 */
export function suggesterOf(opened: OpenModel): WordSuggester {
  const { task, model, run, suggester } = opened;
  const iteration = run?.trainer.iteration;
  if (suggester && suggester.iteration === iteration) return suggester.words;
  if (!task.suggester) {
    const advice = "open a language-model";
    throw new UnrolledError("ERR_VALUE", `suggest: a ${model.spec.task} does not suggest words; ${advice}`);
  }
  suggester?.words.dispose();
  delete opened.suggester;
  const words = withServedWeights(opened, () => task.suggester!(model));
  opened.suggester = { iteration, words };
  return words;
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
