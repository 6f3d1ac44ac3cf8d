import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { writeFolder } from "../../src/formats/pytorch-folder/index.ts";
import type { TaskModel } from "../../src/network/model.ts";
import type { Recipe } from "../../src/train/recipe.ts";
import { DEFAULT_RECIPE } from "../../src/train/recipe.ts";

const PYTHON_FILES = new URL("../../python/unrolled_torch/", import.meta.url);

/** The files of the Python package, by name without `.py`. */
export const sources: Record<string, string> = Object.fromEntries(
  readdirSync(PYTHON_FILES)
    .filter((name) => name.endsWith(".py"))
    .map((name) => [name.slice(0, -3), readFileSync(new URL(name, PYTHON_FILES), "utf8")]),
);

const root = mkdtempSync(join(tmpdir(), "unrolled-engines-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;

/** Makes an empty folder for a test. */
export function newFolder(): string {
  const folder = join(root, String(count++));
  mkdirSync(folder);
  return folder;
}

/** Writes the folder of a model. */
export function folderOf(model: TaskModel, recipe: Partial<Recipe> = {}): string {
  const folder = newFolder();
  const training = { recipe: { ...DEFAULT_RECIPE, ...recipe }, length: { iterations: 10 } };
  for (const [name, contents] of Object.entries(writeFolder(model, training, sources))) {
    writeFileSync(join(folder, name), contents);
  }
  return folder;
}
