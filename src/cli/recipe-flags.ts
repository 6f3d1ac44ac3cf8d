import type { Command } from "commander";
import { completeRecipe, LR_DECAYS } from "../tasks/run.ts";
import { LEARNING_RATES, type Recipe, recipeSchema } from "../train/recipe.ts";
import { addFields, type Help } from "./field-options.ts";
import { type Given, pick } from "./given.ts";

/** The options of `train` that make its recipe; those without a default in commander may be missing. */
export interface RecipeFlags
  extends Omit<Recipe, "lr" | "lrDecay" | "lrDecayOver" | "teacherForcing" | "teacherForcingOver"> {
  lr?: number;
  lrDecay?: number;
  teacherForcing?: number;
}

/** Options that a resumed run may change; the checkpoint depends on all others. */
const CHANGEABLE = ["lr", "clip", "clipBy", "earlyStop"] as const;

const HELP = {
  batch: "<n> streams of text, lines, examples or windows side by side",
  seq: "<n> characters, or rows of a series, that the gradient reaches back",
  optimizer: "<name> update rule",
  lr: `<rate> learning rate (default: ${list(LEARNING_RATES)})`,
  schedule: "<name> how the rate falls: by epochs, by iterations, or when validation stalls",
  warmUp: "<iters> iterations in which the rate rises first",
  lrDecay: `<factor> factor of the rate at each fall (default: ${list(LR_DECAYS)})`,
  lrDecayAfter: "<epochs> exponential: epochs before the rate begins to fall; step: epochs between falls",
  patience: "<n> plateau: validations that bring nothing better and are put up with",
  earlyStop: "<n> stop after so many validations that bring nothing better; 0: never",
  clip: "<limit> limit of the gradients, which are summed over the steps; 0: none",
  clipBy: "<what> limit each gradient's value, or the norm of all",
  average:
    "<decay> validate and save a moving average of the weights, such as 0.999; 0: the weights themselves",
  seed: "<n> seed of weights, dropout and order: the same seed gives the same model",
} satisfies Record<Exclude<keyof Recipe, "lrDecayOver" | "teacherForcing" | "teacherForcingOver">, Help>;

export function addRecipeOptions(command: Command): Command {
  return addFields(command, recipeSchema.fields, HELP);
}

/** Adds the options that limit gradients. */
export function addClipOptions(command: Command): Command {
  const { clip, clipBy } = HELP;
  return addFields(command, recipeSchema.fields, { clip, clipBy });
}

function list(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

/** Returns a task's default recipe, overridden by the options that the user set. */
export function recipeFrom(defaults: Recipe, given: Given): Recipe {
  return completeRecipe(defaults, pick(given, Object.keys(defaults)));
}

/** Returns the changes that the user asks for in a resumed run, such as a lower learning rate. */
export function recipeChanges(given: Given): Partial<Recipe> {
  return pick(given, CHANGEABLE);
}

/** Names of the options that `recipeChanges` reads. */
export const CHANGEABLE_OPTIONS: readonly string[] = CHANGEABLE;
