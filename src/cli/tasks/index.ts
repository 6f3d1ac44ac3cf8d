import type { TaskModel } from "../../network/model.ts";
import { TASKS } from "../../tasks/index.ts";
import type { Evaluated } from "../../train/evaluate.ts";
import { embedder } from "./embedder.ts";
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
  embedder,
};

export type TaskName = keyof typeof ALL;

/** Of a model that was opened as one of this task. */
export type AnyCommands = TaskCommands<TaskModel, Evaluated>;

export const TASK_NAMES = Object.keys(ALL) as TaskName[];

/** By what flags or a spec say. */
export function taskOf({ task, level }: { readonly task: string; readonly level?: string }): AnyCommands {
  const found = ALL[task as TaskName] as unknown as AnyCommands;
  return (level === "word" && found.words) || found;
}

/** The classes of all models that a file may hold. */
export const KINDS = TASKS.map(({ kind }) => kind);

/** The classes of models that write. */
export const WRITERS = TASKS.filter(({ write }) => write).map(({ kind }) => kind);
