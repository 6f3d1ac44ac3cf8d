import type { TaskName } from "unrolled/worker";
import { autoencoder } from "./autoencoder/task.ts";
import { classifier } from "./classifier/task.ts";
import { embedder } from "./embedder/task.ts";
import { encoderDecoder } from "./encoder-decoder/task.ts";
import { forecaster } from "./forecaster/task.ts";
import { generator } from "./generator/task.ts";
import { languageModel } from "./language-model/task.ts";
import { tagger } from "./tagger/task.ts";
import type { StudioTask } from "./task.ts";
import { transcriber } from "./transcriber/task.ts";

/** All tasks, in the order in which a beginner meets them. */
export const STUDIO_TASKS: readonly StudioTask[] = [
  languageModel,
  generator,
  classifier,
  tagger,
  embedder,
  encoderDecoder,
  autoencoder,
  forecaster,
  transcriber,
];

/** @throws Error if the studio has no such task */
export function studioTask(name: TaskName | string): StudioTask {
  const found = STUDIO_TASKS.find(({ task }) => task === name);
  if (found) return found;
  throw new Error(`There is no task ${name}.`);
}
