import { existsSync } from "node:fs";
import type { Command } from "commander";
import { Vocabulary } from "../data/vocabulary.ts";
import { UnrolledError } from "../errors.ts";
import { LanguageModel } from "../models/language-model.ts";
import { createRuntime, type Runtime } from "../runtime/runtime.ts";
import { hashText, parseCheckpoint } from "../train/checkpoint.ts";
import type { Recipe } from "../train/recipe.ts";
import { Trainer } from "../train/trainer.ts";
import { about, checkWritable, readBytes, samePlace } from "./files.ts";
import { CHANGEABLE_OPTIONS, isGiven, type RecipeFlags, recipeOf } from "./recipe-flags.ts";
import { type SpecFlags, specOf } from "./spec-flags.ts";

export interface TrainFlags extends RecipeFlags, SpecFlags {
  data: string;
  iters?: number;
  epochs?: number;
  validateEvery?: number;
  gradientFlow?: number;
  variant: "auto" | "strict" | "relaxed";
  out?: string;
  resume?: string;
  json?: boolean;
}

/** Options that a resumed run may be given; all others are in its checkpoint. */
const RESUMABLE = new Set([
  ...["data", "resume", "iters", "epochs", "validateEvery", "gradientFlow", "out", "json"],
  ...CHANGEABLE_OPTIONS,
]);

export const DEFAULT_ITERATIONS = 2000;
export const DEFAULT_OUT = "model.safetensors";
const CHECKPOINT = /\.checkpoint\.safetensors$/;

/** Where a run writes. */
export interface RunFiles {
  readonly model: string;
  readonly checkpoint: string;
}

/** @throws ERR_VALUE where a file that the run reads would be overwritten, ERR_FILE where one cannot be written */
export async function runFiles({ out, data, resume }: TrainFlags): Promise<RunFiles> {
  const model =
    out ?? (resume && CHECKPOINT.test(resume) ? resume.replace(CHECKPOINT, ".safetensors") : DEFAULT_OUT);
  if (CHECKPOINT.test(model)) {
    throw new UnrolledError("ERR_VALUE", `--out ${model} is a checkpoint's name; give the model another one`);
  }
  const checkpoint = checkpointOf(model);
  for (const [file, read] of [
    [model, data],
    [checkpoint, data],
    [model, resume],
  ] as const) {
    if (read && samePlace(file, read)) {
      throw new UnrolledError("ERR_VALUE", `--out ${model} would overwrite ${read}; give another file`);
    }
  }
  await checkWritable(model);
  await checkWritable(checkpoint);
  return { model, checkpoint };
}

/** `model.safetensors` -> `model.checkpoint.safetensors` */
function checkpointOf(model: string): string {
  return `${model.replace(/\.safetensors$/, "")}.checkpoint.safetensors`;
}

export interface Run {
  readonly trainer: Trainer;
  readonly runtime: Runtime;
  readonly hash: string;
  readonly best: number | null;
}

export async function newRun(flags: TrainFlags, text: string): Promise<Run> {
  const spec = specOf(flags);
  const recipe = recipeOf(flags);
  const runtime = await createRuntime({ variant: flags.variant, seed: recipe.seed });
  const vocabulary = Vocabulary.fromText(text);
  const model = new LanguageModel(runtime, spec, vocabulary);
  const begin = (changes: Partial<Recipe> = {}) =>
    about(flags.data, () => new Trainer(model, vocabulary.encode(text), { ...recipe, ...changes }));
  let trainer = await begin();
  if (recipe.schedule === "cosine") {
    const lrDecayOver = iterationsOf(flags, trainer);
    trainer.dispose();
    trainer = await begin({ lrDecayOver });
  }
  return { trainer, runtime, hash: await hashText(text), best: null };
}

/** How many iterations were asked for, all in all. */
export function iterationsOf({ iters, epochs }: TrainFlags, { iterationsPerEpoch }: Trainer): number {
  return iters ?? (epochs ? Math.ceil(epochs * iterationsPerEpoch) : DEFAULT_ITERATIONS);
}

/** @throws ERR_VALUE for an option that would change the run */
export function checkResumable(command: Command): void {
  const wrong = command.options.find(
    (option) => isGiven(command, option.attributeName()) && !RESUMABLE.has(option.attributeName()),
  );
  if (!wrong) return;
  throw new UnrolledError(
    "ERR_VALUE",
    `${wrong.long} cannot be given with --resume: it is part of the checkpoint`,
  );
}

export async function resumeRun(
  { resume: file = "", data }: TrainFlags,
  text: string,
  files: RunFiles,
  changes: Partial<Recipe>,
): Promise<Run> {
  const bytes = await readBytes(file);
  const checkpoint = await about(file, () => parseCheckpoint(bytes));
  const runtime = await createRuntime({ variant: checkpoint.progress.variant });
  const trainer = await about(data, () => checkpoint.resume(runtime, text, changes));
  // The best loss so far counts where the model that reached it lies: elsewhere, a new best begins.
  const goesOn = samePlace(files.checkpoint, file) && existsSync(files.model);
  const best = goesOn ? checkpoint.progress.best : null;
  return { trainer, runtime, hash: checkpoint.progress.text, best };
}
