import { type Command, Option } from "commander";
import type { Level } from "../data/labelled.ts";
import { UnrolledError } from "../errors.ts";
import {
  checkClassifierSpec,
  checkTaggerSpec,
  defaultClassifierSpec,
  defaultTaggerSpec,
} from "../models/label-spec.ts";
import { labelRecipe } from "../train/label-trainer.ts";
import type { Recipe } from "../train/recipe.ts";
import type { Task } from "./kinds.ts";
import { whole } from "./numbers.ts";
import { isGiven, type RecipeFlags, recipeOf } from "./recipe-flags.ts";
import type { SpecFlags } from "./spec-flags.ts";

/** How the lines of a file are read; also options of `eval` and `predict`. */
export interface FormatFlags {
  labelFirst?: boolean;
  tagColumn?: number;
}

/** The options of `train` that only labelled tasks have. */
export interface LabelFlags extends FormatFlags {
  validation?: string;
  level?: Level;
  pooling?: "last" | "mean" | "max";
  minCount?: number;
}

/** Words and characters that occur less often in the training part are unknown: so the unknown symbol is learnt. */
export const DEFAULT_MIN_COUNT = 2;
export const DEFAULT_TAG_COLUMN = 2;

/** What goes with some tasks only. */
const ONLY: Readonly<Record<string, readonly Task[]>> = {
  lines: ["language-model"],
  seq: ["language-model"],
  gradientFlow: ["language-model"],
  streams: ["language-model"],
  validation: ["classifier", "tagger"],
  minCount: ["classifier", "tagger"],
  labelFirst: ["classifier"],
  level: ["classifier"],
  pooling: ["classifier"],
  tagColumn: ["tagger"],
};

/** @throws ERR_VALUE for an option that the task does not have */
export function checkTaskOptions(command: Command, task: Task): void {
  for (const option of command.options) {
    const tasks = ONLY[option.attributeName()];
    if (!tasks || tasks.includes(task) || !isGiven(command, option.attributeName())) continue;
    throw new UnrolledError(
      "ERR_VALUE",
      `${option.long} goes with task ${tasks.join(" or ")}, not with ${task}`,
    );
  }
}

export function addFormatOptions(command: Command): Command {
  return command
    .option("--label-first", "classifier: lines are label <TAB> text instead of text <TAB> label")
    .option(
      "--tag-column <n>",
      `tagger: column of the tag; the token is in the first (default: ${DEFAULT_TAG_COLUMN})`,
      whole(2),
    );
}

export function addLabelOptions(command: Command): Command {
  command
    .optionsGroup("Tagger and classifier:")
    .option("--validation <file>", "examples to validate with (default: a tenth of --data, by the seed)");
  return addFormatOptions(command)
    .addOption(
      new Option(
        "--level <level>",
        "classifier: what a token is (default: word; char where most texts are one word)",
      ).choices(["char", "word"]),
    )
    .addOption(
      new Option(
        "--pooling <how>",
        "classifier: what represents a sequence (default: max of words, last of characters)",
      ).choices(["last", "mean", "max"]),
    )
    .option(
      "--min-count <n>",
      `tokens that occur less often are unknown (default: ${DEFAULT_MIN_COUNT})`,
      whole(1),
    )
    .optionsGroup("Options:");
}

/** The spec of a labelled task: its defaults, and what was given. @throws ERR_VALUE */
export function labelSpecOf(
  task: "classifier" | "tagger",
  flags: SpecFlags & LabelFlags,
  command: Command,
  level: Level,
) {
  const defaults = task === "tagger" ? defaultTaggerSpec() : defaultClassifierSpec(level);
  const given = Object.keys(defaults).filter((field) => isGiven(command, field));
  const spec = {
    ...defaults,
    ...Object.fromEntries(given.map((field) => [field, flags[field as keyof SpecFlags]])),
    ...(flags.resetBefore && { resetAfter: false }),
    level,
  };
  return task === "tagger" ? checkTaggerSpec(spec) : checkClassifierSpec(spec);
}

/** The recipe of a labelled task: its defaults, and what was given. */
export function labelRecipeOf(task: "classifier" | "tagger", flags: RecipeFlags, command: Command): Recipe {
  const defaults = labelRecipe(task);
  const kept = Object.entries(defaults).filter(([field]) => !isGiven(command, field));
  const { lr, lrDecay, ...rest } = Object.fromEntries(kept) as Partial<Recipe>;
  return recipeOf({ ...flags, ...rest });
}
