/**
 * The tasks: how data become a model and its trainer.
 *
 * @module
 */
import { languageModelTask } from "./language-model.ts";
import type { Task } from "./task.ts";

export {
  completeRecipe,
  iterationsOf,
  type NewRun,
  newRun,
  type Run,
  type RunLength,
  resumeRun,
} from "./run.ts";
export { type TextData, type TextSource, textSource } from "./source.ts";
export type { DataOptions, EvaluateTaskOptions, Sources, Task, TaskData } from "./task.ts";
export { languageModelTask };

/** Every task. */
export const TASKS: readonly Task[] = [languageModelTask] as unknown as readonly Task[];
