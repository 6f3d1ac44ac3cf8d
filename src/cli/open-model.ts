import type { ModelClass, TaskModel } from "../network/model.ts";
import { loadModel } from "../network/model-file.ts";
import { createRuntime } from "../runtime/runtime.ts";
import { withContext } from "../tasks/source.ts";
import { readBytes } from "./files.ts";
import { KINDS } from "./tasks/index.ts";

/**
 * Opens the model in a file, calls `use` with it, then frees its memory.
 *
 * @param kinds classes that the model may have; default: the model classes of all tasks
 * @throws ERR_FORMAT if the file is not a model file or its model has a different class. The error names the file.
 */
export async function withModel<M extends TaskModel, T>(
  file: string,
  use: (model: M) => T | Promise<T>,
  kinds = KINDS as readonly ModelClass<M>[],
): Promise<T> {
  const bytes = await readBytes(file);
  const runtime = await createRuntime();
  try {
    return await use(await withContext(file, () => loadModel(runtime, bytes, kinds)));
  } finally {
    runtime.dispose();
  }
}
