import type { TaskModel } from "../../models/task-model.ts";
import type { Evaluated } from "../../train/task-trainer.ts";
import { classifier, tagger } from "./labels.ts";
import { languageModel } from "./language-model.ts";
import type { TaskCommands } from "./task-commands.ts";

/** Every task of the command line. */
const ALL = {
  "language-model": languageModel,
  classifier,
  tagger,
};

export type Task = keyof typeof ALL;

/** Of a model that was opened as one of this task. */
export type AnyTask = TaskCommands<TaskModel, Evaluated>;

export const TASKS = Object.keys(ALL) as Task[];

export function taskOf(name: string): AnyTask {
  return ALL[name as Task] as unknown as AnyTask;
}

/** The classes of all models that a file may hold. */
export const KINDS = TASKS.map((task) => taskOf(task).kind);
