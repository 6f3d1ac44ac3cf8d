import { Classifier } from "../models/classifier.ts";
import { LanguageModel } from "../models/language-model.ts";
import { loadModel } from "../models/model-file.ts";
import { Tagger } from "../models/tagger.ts";
import type { ModelClass } from "../models/task-model.ts";
import { createRuntime } from "../runtime/runtime.ts";
import { about, readBytes } from "./files.ts";

/** Every kind of model that a file may hold. */
export type AnyModel = LanguageModel | Classifier | Tagger;

export const KINDS: readonly ModelClass<AnyModel>[] = [LanguageModel, Classifier, Tagger];

export type Task = AnyModel["spec"]["task"];

export const TASKS = KINDS.map(({ task }) => task);

/**
 * Opens a model of one of these tasks, runs `use` and frees everything.
 *
 * @throws ERR_FORMAT naming the file, also for a model of another task
 */
export async function withModel<T, K extends Task>(
  file: string,
  tasks: readonly K[],
  use: (model: Extract<AnyModel, { spec: { task: K } }>) => T | Promise<T>,
): Promise<T> {
  const bytes = await readBytes(file);
  const runtime = await createRuntime();
  const kinds = KINDS.filter(({ task }) => tasks.some((one) => one === task));
  try {
    const model = await about(file, () => loadModel(runtime, bytes, kinds));
    return await use(model as Extract<AnyModel, { spec: { task: K } }>);
  } finally {
    runtime.dispose();
  }
}
