import { type Command, Option } from "commander";
import { completeRecipe, LR_DECAYS } from "../tasks/run.ts";
import {
  DEFAULT_RECIPE,
  LEARNING_RATES,
  OPTIMIZER_NAMES,
  type Recipe,
  SCHEDULE_NAMES,
} from "../train/recipe.ts";
import { type Given, pick } from "./given.ts";
import { fraction, from, positive, whole } from "./numbers.ts";

/** The options of `train` that make its recipe; those without a default of their own may be missing. */
export interface RecipeFlags
  extends Omit<Recipe, "lr" | "lrDecay" | "lrDecayOver" | "teacherForcing" | "teacherForcingOver"> {
  lr?: number;
  lrDecay?: number;
  teacherForcing?: number;
}

/** What a person may want to change in a run that goes on; all else decides what is in its checkpoint. */
const CHANGEABLE = ["lr", "clip", "clipBy", "earlyStop"] as const;

export function addRecipeOptions(command: Command): Command {
  const recipe = DEFAULT_RECIPE;
  const [clip, clipBy] = clipOptions();
  return command
    .option("--batch <n>", "streams of text, lines, examples or windows side by side", whole(1), recipe.batch)
    .option(
      "--seq <n>",
      "characters, or rows of a series, that the gradient reaches back",
      whole(1),
      recipe.seq,
    )
    .addOption(
      new Option("--optimizer <name>", "update rule").choices(OPTIMIZER_NAMES).default(recipe.optimizer),
    )
    .option("--lr <rate>", `learning rate (default: ${list(LEARNING_RATES)})`, positive)
    .addOption(
      new Option(
        "--schedule <name>",
        "how the rate falls: by epochs, by iterations, or when validation stalls",
      )
        .choices(SCHEDULE_NAMES)
        .default(recipe.schedule),
    )
    .option("--warm-up <iters>", "iterations in which the rate rises first", whole(0), recipe.warmUp)
    .option("--lr-decay <factor>", `factor of the rate at each fall (default: ${list(LR_DECAYS)})`, positive)
    .option(
      "--lr-decay-after <epochs>",
      "exponential: epochs before the rate begins to fall; step: epochs between falls",
      whole(0),
      recipe.lrDecayAfter,
    )
    .option(
      "--patience <n>",
      "plateau: validations that bring nothing better and are put up with",
      whole(0),
      recipe.patience,
    )
    .option(
      "--early-stop <n>",
      "stop after so many validations that bring nothing better; 0: never",
      whole(0),
      recipe.earlyStop,
    )
    .addOption(clip)
    .addOption(clipBy)
    .option(
      "--average <decay>",
      "validate and save a moving average of the weights, such as 0.999; 0: the weights themselves",
      fraction,
      recipe.average,
    )
    .option(
      "--seed <n>",
      "seed of weights, dropout and order: the same seed gives the same model",
      whole(0),
      recipe.seed,
    );
}

/** The options that limit gradients. */
export function clipOptions(): [Option, Option] {
  return [
    new Option("--clip <limit>", "limit of the gradients, which are summed over the steps; 0: none")
      .argParser(from(0))
      .default(DEFAULT_RECIPE.clip),
    new Option("--clip-by <what>", "limit each gradient's value, or the norm of all")
      .choices(["value", "norm"])
      .default(DEFAULT_RECIPE.clipBy),
  ];
}

function list(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

/** A task's default recipe, with what was given instead. */
export function recipeFrom(defaults: Recipe, given: Given): Recipe {
  return completeRecipe(defaults, pick(given, Object.keys(defaults)));
}

/** The changes that a run which goes on was given, such as a lower rate. */
export function recipeChanges(given: Given): Partial<Recipe> {
  return pick(given, CHANGEABLE);
}

/** Names of the options that `recipeChanges` reads. */
export const CHANGEABLE_OPTIONS: readonly string[] = CHANGEABLE;
