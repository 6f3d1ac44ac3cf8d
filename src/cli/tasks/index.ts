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

/** What decides which commands a model has. It comes from options or from a spec. */
interface Commanded {
  readonly task: string;
  /** The kind of token. */
  readonly level?: string;
  /** Numbers in a vector; 0 or undefined if the model reads tokens. */
  readonly features?: number;
}

/** Returns the commands for the models of a task. */
export function taskOf({ task, level, features }: Commanded): AnyCommands {
  const found = ALL[task]!;
  return (features && found.vectors) || (level === "word" && found.words) || found;
}

const TASKS = Object.values(ALL).map(({ task }) => task);

/** The model classes of all tasks. */
export const KINDS: readonly ModelClass[] = TASKS.map(({ Model }) => Model);

/** The classes of models that write text. */
export const WRITERS: readonly ModelClass[] = TASKS.filter(({ write }) => write).map(({ Model }) => Model);

/** The names of all options that say how the files of a task are read. A resumed run needs them again. */
export const FORMAT_OPTIONS: readonly string[] = [...new Set(TASKS.flatMap(({ options }) => options.format))];
