import { UnrolledError } from "../../errors.ts";
import { parseSafetensors, writeSafetensors } from "../../io/safetensors.ts";
import type { TaskModel } from "../../network/model.ts";
import type { NetworkSpec } from "../../network/spec.ts";
import { joinPython, type PythonPart } from "./compose.ts";
import type { FolderConfig } from "./config.ts";
import { isPlain } from "./is-plain.ts";
import { ownNames, torchNames } from "./names.ts";
import { readme } from "./readme.ts";
import { TASKS, untrainable } from "./tasks.ts";

/** How a model is trained by default. */
export interface FolderTraining {
  readonly recipe: object;
  readonly length: object;
}

/** Names of the files of a folder that the model comes back from. */
export const CONFIG = "config.json";
export const WEIGHTS = "weights.safetensors";
/** The state of a training run, which `train.py` writes. */
export const CHECKPOINT = "checkpoint.pt";

/**
 * Makes a folder with a model for PyTorch: a module, the weights, and a script that trains with torchrun.
 *
 * @param sources the files of python/unrolled_torch by name, without `.py`
 * @returns the contents of each file, by its name
 */
export function writeFolder(
  model: TaskModel,
  training: FolderTraining,
  sources: Readonly<Record<string, string>>,
): Record<string, string | Uint8Array> {
  const { spec } = model;
  const task = TASKS[spec.task]!;
  const recurrent = isPlain(spec) ? ["plain"] : ["cells", "variants"];
  const problem = untrainable(model);
  const parts: Record<string, readonly string[]> = {
    model: ["files", "steps", ...recurrent, "network", ...task.model, "loading"],
    ...(!problem && { data: task.data, train: ["optim", "processes", "train"] }),
  };
  const main: Readonly<Record<string, string>> = {
    model: task.model.at(-1)!,
    data: task.data.at(-1)!,
    train: "train",
  };
  const modules = Object.fromEntries(
    Object.entries(parts).flatMap(([module, names]) => names.map((name) => [name, module])),
  );
  const config: FolderConfig = {
    format: "unrolled-pytorch",
    spec,
    tables: model.tables,
    ...(model.reading && { reading: model.reading }),
    ...training,
    ...task.config?.(model),
  };
  const partOf = (name: string): PythonPart => ({
    name,
    // In the package, these names stand for what differs from model to model.
    text: sources[name]!.replace("unrolled_torch.variants", `unrolled_torch.${recurrent.at(-1)}`)
      .replace("unrolled_torch.language_model import", `unrolled_torch.${main.model} import`)
      .replace("unrolled_torch.language_model_data import", `unrolled_torch.${main.data} import`),
  });
  const python = Object.entries(parts).map(([module, names]) => [
    `${module}.py`,
    joinPython(names.map(partOf), main[module]!, modules),
  ]);
  return {
    ...Object.fromEntries(python),
    [CONFIG]: `${JSON.stringify(config, undefined, 1)}\n`,
    [WEIGHTS]: writeSafetensors(torchNames(model.stateDict(), spec), { format: "pt" }),
    "README.md": readme(spec.task, problem),
  };
}

/**
 * Turns a folder back into a model file.
 *
 * @throws ERR_FORMAT if the files are not those of such a folder
 */
export function readFolder(config: string, weights: Uint8Array): Uint8Array<ArrayBuffer> {
  let given: Partial<FolderConfig> | undefined;
  try {
    given = JSON.parse(config);
  } catch {
    given = undefined;
  }
  const { format, spec, tables = {}, reading } = given ?? {};
  if (format !== "unrolled-pytorch" || !spec) {
    throw new UnrolledError("ERR_FORMAT", `${CONFIG} is not that of a folder that convert wrote`);
  }
  const { head = [], tied = false } = spec as Partial<NetworkSpec>;
  const texts = Object.entries(tables).map(([name, table]) => [name, JSON.stringify(table)]);
  return writeSafetensors(ownNames(parseSafetensors(weights).tensors, { head, tied }), {
    format: "unrolled",
    spec: JSON.stringify(spec),
    ...Object.fromEntries(texts),
    ...(reading && { reading: JSON.stringify(reading) }),
  });
}
