/**
 * The tasks. A task turns data and options into a model and its trainer.
 *
 * @module unrolled/tasks
 */
import { ALL } from "./all.ts";
import type { Task } from "./task.ts";

export { type DataFormat, FORMATS } from "../tables/format.ts";
export { LR_DECAYS } from "../train/recipe.ts";
export { decodeText } from "./decode.ts";
export { embedderTask, readCandidates } from "./embedder.ts";
export { forecasterTask } from "./forecaster.ts";
export { generatorTask } from "./generator.ts";
export { answerInputs } from "./inputs.ts";
export { DEFAULT_TAG_COLUMN } from "./label-data.ts";
export {
  classifierTask,
  type LabelTask,
  type TagOptions,
  type TextLabelModel,
  taggerTask,
} from "./labels.ts";
export { languageModelTask } from "./language-model.ts";
export { LongText, type PieceEnd } from "./long-text.ts";
export {
  completeRecipe,
  iterationsOf,
  lastIterationOf,
  type NewRun,
  newRun,
  type Run,
  type RunLength,
  resumeRun,
} from "./run.ts";
export { segmenterNote } from "./segmenter.ts";
export {
  autoencoderTask,
  encoderDecoderTask,
  type SequenceModel,
  type SequenceTask,
  searchOptions,
} from "./sequences.ts";
export {
  joinSources,
  readAll,
  readParts,
  readText,
  type TextData,
  type TextSource,
  textSource,
  textSources,
  withContext,
} from "./source.ts";
export type {
  CompleteSpec,
  DataOptions,
  EvaluateTaskOptions,
  FormatOptions,
  InputFile,
  NoOptions,
  OptionNames,
  Reading,
  ResumedRun,
  RunData,
  Sources,
  Task,
  TaskData,
  WordSuggester,
} from "./task.ts";
export { type TextReader, unknownNote } from "./texts.ts";
export { transcribeOptions, transcriberTask } from "./transcriber.ts";
export type {
  DataOptionsOf,
  EvaluateOptionsOf,
  EvaluationOf,
  FormatOptionsOf,
  InputsOf,
  ModelOf,
  PredictionsOf,
  PredictOptionsOf,
  SpecOf,
  SuggestionsOf,
  SuggestParametersOf,
  TaskKey,
  TaskName,
  TaskOf,
  WriteParametersOf,
} from "./types.ts";

/** All tasks. */
export const TASKS: readonly Task[] = ALL;
