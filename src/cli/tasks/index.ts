import type { ModelClass, TaskModel } from "../../network/model.ts";
import type { Evaluated } from "../../train/evaluate.ts";
import { embedder } from "./embedder.ts";
import { forecaster } from "./forecaster.ts";
import { generator } from "./generator.ts";
import { classifier, tagger } from "./labels.ts";
import { languageModel } from "./language-model.ts";
import { autoencoder, encoderDecoder } from "./sequences.ts";
import type { TaskCommands } from "./task-commands.ts";
import { transcriber } from "./transcriber.ts";

/** The commands of a task that is not known at compile time. Use them only with models of the same task. */
export type AnyCommands = TaskCommands<TaskModel, Evaluated>;

/** The commands of all tasks, by the name of the task. */
export const ALL: Readonly<Record<string, AnyCommands>> = Object.fromEntries(
  [
    ...[languageModel, classifier, tagger, encoderDecoder, autoencoder],
    ...[forecaster, generator, embedder, transcriber],
  ].map((commands: AnyCommands) => [commands.task.Model.task, commands]),
);

export const TASK_NAMES: readonly string[] = Object.keys(ALL);

/** Returns the commands for a task and a kind of token (`level`). Both come from options or from a spec. */
export function taskOf({ task, level }: { readonly task: string; readonly level?: string }): AnyCommands {
  const found = ALL[task]!;
  return (level === "word" && found.words) || found;
}

const TASKS = Object.values(ALL).map(({ task }) => task);

/** The model classes of all tasks. */
export const KINDS: readonly ModelClass[] = TASKS.map(({ Model }) => Model);

/** The classes of models that write text. */
export const WRITERS: readonly ModelClass[] = TASKS.filter(({ write }) => write).map(({ Model }) => Model);

/** The names of all options that say how the files of a task are read. A resumed run needs them again. */
export const FORMAT_OPTIONS: readonly string[] = [...new Set(TASKS.flatMap(({ options }) => options.format))];
