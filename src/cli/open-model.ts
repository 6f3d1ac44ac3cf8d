import { UnrolledError } from "../errors.ts";
import type { ModelClass, TaskModel } from "../network/model.ts";
import { loadModel } from "../network/model-file.ts";
import { withContext } from "../tasks/source.ts";
import { readBytes } from "./files.ts";
import { startRuntime } from "./kernels.ts";
import { KINDS, taskOf } from "./tasks/index.ts";

/**
 * Opens the model in a file, calls `use` with it and the size of the file in bytes, then frees its memory.
 *
 * @param kinds classes that the model may have; default: the model classes of all tasks
 * @throws ERR_FORMAT if the file is not a model file; ERR_VALUE if its model has a different class. The error names the file.
 */
export async function withModel<M extends TaskModel, T>(
  file: string,
  use: (model: M, size: number) => T | Promise<T>,
  kinds = KINDS as readonly ModelClass<M>[],
): Promise<T> {
  return withModelBytes(file, await readBytes(file), use, kinds);
}

/** Does the same with the bytes of the file. */
export async function withModelBytes<M extends TaskModel, T>(
  file: string,
  bytes: Uint8Array,
  use: (model: M, size: number) => T | Promise<T>,
  kinds = KINDS as readonly ModelClass<M>[],
): Promise<T> {
  const size = bytes.length;
  const runtime = await startRuntime();
  try {
    const model = await withContext(file, () => loadModel(runtime, bytes, KINDS));
    const tasks = kinds.map(({ task }) => task);
    if (!tasks.includes(model.spec.task)) {
      const problem = `the model's task is ${model.spec.task}, expected ${tasks.join(" or ")}`;
      throw new UnrolledError("ERR_VALUE", `${file}: ${problem}; use ${commandsFor(model)}`);
    }
    return await use(model as M, size);
  } finally {
    runtime.dispose();
  }
}

/** Lists the commands that can use a model. */
function commandsFor({ spec }: TaskModel): string {
  const { write, predict } = taskOf(spec);
  return [write ? "sample" : [], predict ? "predict" : [], "eval"].flat().join(" or ");
}
