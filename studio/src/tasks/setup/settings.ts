import type { TaskName } from "unrolled/worker";
import type { Plan } from "../../runs/run.ts";
import type { Dataset } from "../datasets.ts";

/** What the form can change of a recipe. */
export interface Settings {
  readonly cell: string;
  readonly layers: number;
  readonly hidden: number;
  readonly lr: number;
  readonly batch: number;
  /** Epochs or iterations, as the recipe counts. */
  readonly times: number;
  readonly threads: number;
}

/** A network, how it is trained, and how long. */
export type Recipe = Pick<Plan, "spec" | "recipe" | "length"> & {
  readonly validateEvery?: number | undefined;
};

type Defaults = Pick<Settings, "cell" | "layers" | "hidden" | "lr" | "batch">;

const USUAL: Defaults = { cell: "lstm", layers: 1, hidden: 64, lr: 0.002, batch: 32 };

/** The library's defaults, for fields that a recipe leaves out. */
const DEFAULTS: Readonly<Record<TaskName, Defaults>> = {
  "language-model": { ...USUAL, layers: 2, hidden: 128, batch: 50 },
  classifier: USUAL,
  tagger: { ...USUAL, hidden: 128, lr: 0.004 },
  "encoder-decoder": { ...USUAL, cell: "gru", hidden: 128, lr: 0.004, batch: 64 },
  autoencoder: { ...USUAL, cell: "gru", hidden: 128, lr: 0.004, batch: 64 },
  generator: { ...USUAL, hidden: 128, lr: 0.005, batch: 64 },
  embedder: { ...USUAL, hidden: 128, lr: 0.005, batch: 64 },
  forecaster: { ...USUAL, hidden: 32, lr: 0.005 },
  transcriber: { ...USUAL, layers: 2, hidden: 128, lr: 0.005, batch: 16 },
};

export const defaultsOf = (task: TaskName): Defaults => DEFAULTS[task];

/** Returns the recipe of a data set. */
export function recipeOf({ spec, recipe, length, validateEvery }: Dataset): Recipe {
  const { epochs, iterations = 1000 } = length;
  return { spec, recipe, length: epochs === undefined ? { iterations } : { epochs }, validateEvery };
}

/** Returns what the form shows of a recipe. */
export function settingsOf(task: TaskName, { spec, recipe, length }: Recipe): Settings {
  const given = { ...DEFAULTS[task], ...spec, ...recipe } as Defaults;
  const { cell, layers, hidden, lr, batch } = given;
  const times = "epochs" in length ? length.epochs : length.iterations;
  return { cell, layers, hidden, lr, batch, times, threads: 1 };
}

/** Puts into a recipe what was changed in the form. */
export function withSettings(task: TaskName, recipe: Recipe, settings: Settings): Recipe {
  const before = settingsOf(task, recipe);
  const changed = (names: readonly (keyof Settings)[]) =>
    Object.fromEntries(
      names.flatMap((name) => (settings[name] === before[name] ? [] : [[name, settings[name]]])),
    );
  const length = "epochs" in recipe.length ? { epochs: settings.times } : { iterations: settings.times };
  return {
    ...recipe,
    spec: { ...recipe.spec, ...changed(["cell", "layers", "hidden"]) },
    recipe: { ...recipe.recipe, ...changed(["lr", "batch"]) },
    length,
  };
}
