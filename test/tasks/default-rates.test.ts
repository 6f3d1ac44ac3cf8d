import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { TASKS } from "../../src/tasks/index.ts";
import type { Recipe } from "../../src/train/recipe.ts";

// docs/models.md names the optimiser and the learning rate with which each task trains by default.

const docs = readFileSync(new URL("../../docs/models.md", import.meta.url), "utf8");
const NAMES: Partial<Record<Recipe["optimizer"], string>> = { adam: "Adam", rmsprop: "RMSprop" };
const shown = ({ optimizer, lr }: Recipe) => `${NAMES[optimizer]} ${lr}`;

it.each(TASKS.map((task) => [task.Model.task, task] as const))(
  "%s trains as its guide says",
  (name, task) => {
    const [characters, words] = (["char", "word"] as const).map((level) => shown(task.defaultRecipe(level)));
    const row = docs.split("\n").find((line) => line.startsWith(`| \`${name}\` | \``));
    const said = row?.split("|").at(-2)?.trim();
    expect(said).toBe(characters === words ? characters : `${characters}, of words ${words}`);
  },
);
