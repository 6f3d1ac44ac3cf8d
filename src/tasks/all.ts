import { embedderTask } from "./embedder.ts";
import { forecasterTask } from "./forecaster.ts";
import { generatorTask } from "./generator.ts";
import { classifierTask, taggerTask } from "./labels.ts";
import { languageModelTask } from "./language-model.ts";
import { autoencoderTask, encoderDecoderTask } from "./sequences.ts";
import { transcriberTask } from "./transcriber.ts";

/** All tasks. The array keeps the exact type of each task. */
export const ALL = [
  languageModelTask,
  classifierTask,
  taggerTask,
  encoderDecoderTask,
  autoencoderTask,
  forecasterTask,
  generatorTask,
  embedderTask,
  transcriberTask,
] as const;
