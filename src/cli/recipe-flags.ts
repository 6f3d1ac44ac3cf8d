import type { Command } from "commander";
import { completeRecipe } from "../tasks/run.ts";
import { DEFAULT_RECIPE, LEARNING_RATES, LR_DECAYS, type Recipe, recipeSchema } from "../train/recipe.ts";
import { addFields, type Help } from "./field-options.ts";
import { type Given, pick } from "./given.ts";

/** The options of `train` that set fields of its recipe. Optional fields, such as `lr`, are missing if not set. */
export interface RecipeFlags
  extends Omit<Recipe, "lr" | "lrDecay" | "lrDecayOver" | "teacherForcing" | "teacherForcingOver"> {
  lr?: number;
  lrDecay?: number;
  teacherForcing?: number;
}

/** Options of the recipe that a resumed run may change. All others must stay as they were when the checkpoint was made. */
const CHANGEABLE = ["lr", "clip", "clipBy", "earlyStop"] as const;

const HELP = {
  batch: "<n> mini-batch size: parallel streams of text, lines, examples or windows",
  seq: "<n> steps of BPTT: characters, or rows of a series, that the gradient goes back",
  optimizer: "<name> optimiser",
  lr: `<rate> learning rate (default: that of the task's recipe, ${DEFAULT_RECIPE.lr} for characters; with another --optimizer than the recipe's: ${list(LEARNING_RATES)})`,
  schedule: "<name> how the learning rate falls: by epochs, by iterations, or when validation stalls",
  warmUp: "<iters> iterations at the start in which the learning rate rises",
  lrDecay: `<factor> factor of the learning rate at each drop (default: that of the task's recipe, ${DEFAULT_RECIPE.lrDecay}; with another --schedule than the recipe's: ${list(LR_DECAYS)})`,
  lrDecayAfter:
    "<epochs> exponential: epochs before the learning rate starts to fall; step: epochs between drops",
  patience: "<n> plateau: validations without improvement before the learning rate drops",
  earlyStop: "<n> stop after this number of validations without improvement; 0: never",
  clip: "<limit> clip gradients (sums over the steps) at this limit; 0: no clipping",
  clipBy: "<what> clip the value of each gradient, or the norm of all",
  average:
    "<decay> validate and save a moving average of the weights with this decay, such as 0.999; 0: no averaging",
  seed: "<n> seed of weights, dropout and data order: the same seed gives the same model",
} satisfies Record<Exclude<keyof Recipe, "lrDecayOver" | "teacherForcing" | "teacherForcingOver">, Help>;

export function addRecipeOptions(command: Command): Command {
  return addFields(command, recipeSchema.fields, HELP);
}

/** Adds the options of gradient clipping. */
export function addClipOptions(command: Command): Command {
  const { clip, clipBy } = HELP;
  return addFields(command, recipeSchema.fields, { clip, clipBy });
}

function list(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

/** Returns the default recipe of a task. Options that the user set replace its fields. */
export function recipeFrom(defaults: Recipe, given: Given): Recipe {
  return completeRecipe(defaults, pick(given, Object.keys(defaults)));
}

/** Returns the fields of the recipe that the user changes when resuming a run, such as a lower learning rate. */
export function recipeChanges(given: Given): Partial<Recipe> {
  return pick(given, CHANGEABLE);
}

/** Names of the options that `recipeChanges` reads. */
export const CHANGEABLE_OPTIONS: readonly string[] = CHANGEABLE;
