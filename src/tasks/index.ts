/**
 * The tasks: they turn data and plain options into a model and its trainer.
 *
 * @module
 */
import { embedderTask } from "./embedder.ts";
import { forecasterTask } from "./forecaster.ts";
import { generatorTask } from "./generator.ts";
import { classifierTask, taggerTask } from "./labels.ts";
import { languageModelTask } from "./language-model.ts";
import { autoencoderTask, encoderDecoderTask } from "./sequences.ts";
import type { Task } from "./task.ts";

export { decodeText } from "./decode.ts";
export { DEFAULT_TAG_COLUMN, isJsonLines } from "./label-data.ts";
export {
  completeRecipe,
  iterationsOf,
  LR_DECAYS,
  lastIterationOf,
  type NewRun,
  newRun,
  type Run,
  type RunLength,
  resumeRun,
} from "./run.ts";
export { searchOptions } from "./sequences.ts";
export { readAll, readText, type TextData, type TextSource, textSource, withContext } from "./source.ts";
export type {
  CompleteSpec,
  DataOptions,
  EvaluateTaskOptions,
  FormatOptions,
  RunData,
  Sources,
  Task,
  TaskData,
} from "./task.ts";
export {
  autoencoderTask,
  classifierTask,
  embedderTask,
  encoderDecoderTask,
  forecasterTask,
  generatorTask,
  languageModelTask,
  taggerTask,
};

/** Every task. */
export const TASKS: readonly Task[] = [
  languageModelTask,
  classifierTask,
  taggerTask,
  encoderDecoderTask,
  autoencoderTask,
  forecasterTask,
  generatorTask,
  embedderTask,
];
