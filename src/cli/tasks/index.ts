import type { TaskModel } from "../../models/task-model.ts";
import type { Evaluated } from "../../train/task-trainer.ts";
import { encoder } from "./encoder.ts";
import { forecaster } from "./forecaster.ts";
import { generator } from "./generator.ts";
import { classifier, tagger } from "./labels.ts";
import { languageModel } from "./language-model.ts";
import { autoencoder, encoderDecoder } from "./sequences.ts";
import type { TaskCommands } from "./task-commands.ts";

/** Every task of the command line. */
const ALL = {
  "language-model": languageModel,
  classifier,
  tagger,
  "encoder-decoder": encoderDecoder,
  autoencoder,
  forecaster,
  generator,
  encoder,
};

export type Task = keyof typeof ALL;

/** Of a model that was opened as one of this task. */
export type AnyTask = TaskCommands<TaskModel, Evaluated>;

export const TASKS = Object.keys(ALL) as Task[];

/** By what flags or a spec say. */
export function taskOf({ task, level }: { readonly task: string; readonly level?: string }): AnyTask {
  const found = ALL[task as Task] as unknown as AnyTask;
  return (level === "word" && found.words) || found;
}

/** The classes of all models that a file may hold. */
export const KINDS = TASKS.map((task) => taskOf({ task }).kind);

/** The classes of models that write. */
export const WRITERS = TASKS.filter((task) => taskOf({ task }).write).map((task) => taskOf({ task }).kind);
