import { existsSync, statSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { UnrolledError } from "../errors.ts";
import type { TaskModel } from "../network/model.ts";
import { reason } from "../storage/files.node.ts";
import type { Recipe } from "../train/recipe.ts";
import { checkNew, readBytes, writeWhole } from "./files.ts";
import { loadFormats } from "./foreign-file.ts";
import { taskOf } from "./tasks/index.ts";

/** The files of the Python package, beside `dist` in this package. */
const PYTHON = new URL("../python/unrolled_torch/", import.meta.url);

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Reads the model of a folder that `writeModelFolder` wrote, and that Python may have trained. @returns the bytes of a model file */
export async function readModelFolder(folder: string): Promise<Uint8Array> {
  const { CONFIG, WEIGHTS, readFolder } = await loadFormats();
  const config = new TextDecoder().decode(await readBytes(join(folder, CONFIG)));
  return readFolder(config, await readBytes(join(folder, WEIGHTS)));
}

/**
 * Writes a folder with a model for PyTorch.
 *
 * @param recipe how `train.py` trains; default: the recipe of the task
 * @returns the size of its files in bytes
 * @throws ERR_VALUE if a file exists that it would replace, and `force` is false
 */
export async function writeModelFolder(
  folder: string,
  model: TaskModel,
  recipe: Recipe | undefined,
  force: boolean,
): Promise<number> {
  const { CHECKPOINT, writeFolder } = await loadFormats();
  const { level } = model.spec as { level?: "char" | "word" };
  const { task } = taskOf(model.spec);
  const training = { recipe: recipe ?? task.defaultRecipe(level), length: task.defaultLength(level) };
  const files = Object.entries(writeFolder(model, training, await readSources()));
  const paths = [...files.map(([name]) => name), CHECKPOINT].map((name) => join(folder, name));
  if (!force) for (const path of paths) checkNew("--out", path);
  await makeFolder(folder);
  if (existsSync(join(folder, CHECKPOINT))) await rm(join(folder, CHECKPOINT));
  let size = 0;
  for (const [name, contents] of files) {
    const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
    size += bytes.length;
    await writeWhole(join(folder, name), bytes);
  }
  return size;
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new UnrolledError("ERR_FILE", `cannot make the folder ${folder}: ${reason(cause)}`, { cause });
  }
}

async function readSources(): Promise<Record<string, string>> {
  const names = (await readdir(PYTHON)).filter((name) => name.endsWith(".py"));
  const texts = names.map(async (name) => [
    name.replace(/\.py$/, ""),
    await readFile(new URL(name, PYTHON), "utf8"),
  ]);
  return Object.fromEntries(await Promise.all(texts));
}
