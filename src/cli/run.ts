import { existsSync } from "node:fs";
import type { Command } from "commander";
import { UnrolledError } from "../errors.ts";
import { createRuntime, type Runtime } from "../runtime/runtime.ts";
import { openCheckpoint } from "../train/checkpoint.ts";
import type { Recipe } from "../train/recipe.ts";
import type { TaskTrainer } from "../train/task-trainer.ts";
import { about, checkWritable, readBytes, samePlace } from "./files.ts";
import type { TrainFlags } from "./flags.ts";
import { CHANGEABLE_OPTIONS, hasEnd, isGiven, recipeChanges } from "./recipe-flags.ts";
import { type AnyTask, KINDS, taskOf } from "./tasks/index.ts";
import { checkTaskOptions } from "./tasks/options.ts";

/** Options that a resumed run may be given; all others are in its checkpoint. */
const RESUMABLE = new Set([
  ...["data", "validation", "labelFirst", "tagColumn", "format", "resume", "iters", "epochs"],
  ...["validateEvery", "gradientFlow", "out", "json"],
  ...CHANGEABLE_OPTIONS,
]);

export const DEFAULT_OUT = "model.safetensors";
const CHECKPOINT = /\.checkpoint\.safetensors$/;

/** Where a run writes. */
export interface RunFiles {
  readonly model: string;
  readonly checkpoint: string;
}

/** @throws ERR_VALUE where a file that the run reads would be overwritten, ERR_FILE where one cannot be written */
export async function runFiles({ out, data, validation, resume }: TrainFlags): Promise<RunFiles> {
  const model =
    out ?? (resume && CHECKPOINT.test(resume) ? resume.replace(CHECKPOINT, ".safetensors") : DEFAULT_OUT);
  if (CHECKPOINT.test(model)) {
    throw new UnrolledError("ERR_VALUE", `--out ${model} is a checkpoint's name; give the model another one`);
  }
  const checkpoint = checkpointOf(model);
  for (const [file, read] of [
    [model, data],
    [checkpoint, data],
    [model, validation],
    [checkpoint, validation],
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
  readonly task: AnyTask;
  readonly trainer: TaskTrainer;
  readonly runtime: Runtime;
  readonly hash: string;
  readonly best: number | null;
}

export async function newRun(flags: TrainFlags, command: Command): Promise<Run> {
  checkTaskOptions(command, flags.task);
  const task = taskOf(flags);
  const recipe = task.recipe(flags, command);
  const data = await task.newData(flags, command, recipe.seed);
  const runtime = await createRuntime({ variant: flags.variant, seed: recipe.seed });
  const model = await about(flags.data, () => data.model(runtime));
  const begin = (changes: Partial<Recipe> = {}) =>
    about(flags.data, () => data.trainer(model, { ...recipe, ...changes }));
  let trainer = await begin();
  const [falls, frees] = [hasEnd(recipe), recipe.teacherForcing < 1];
  if (falls || frees) {
    const iterations = iterationsOf(flags, task, trainer);
    trainer.dispose();
    trainer = await begin({
      ...(falls && { lrDecayOver: iterations }),
      ...(frees && { teacherForcingOver: iterations }),
    });
  }
  return { task, trainer, runtime, hash: data.hash, best: null };
}

/** How many iterations were asked for, all in all. */
export function iterationsOf(
  { iters, epochs }: TrainFlags,
  { length }: AnyTask,
  { iterationsPerEpoch }: TaskTrainer,
): number {
  if (iters) return iters;
  if (epochs) return Math.ceil(epochs * iterationsPerEpoch);
  return Math.max(length.iterations ?? 0, (length.epochs ?? 0) * iterationsPerEpoch);
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

export async function resumeRun(flags: TrainFlags, command: Command, files: RunFiles): Promise<Run> {
  const { resume: file = "", data } = flags;
  const bytes = await readBytes(file);
  const checkpoint = await about(file, () => openCheckpoint(bytes, KINDS));
  const { spec, recipe, progress } = checkpoint;
  checkTaskOptions(command, spec.task);
  const task = taskOf(spec);
  const same = await task.sameData(flags, spec, recipe.seed);
  const runtime = await createRuntime({ variant: progress.variant });
  const changes = recipeChanges(command, flags);
  const trainer = await about(data, () =>
    checkpoint.restore(runtime, same.hash, (model, recipe) => same.trainer(model, { ...recipe, ...changes })),
  );
  // The best loss so far counts where the model that reached it lies: elsewhere, a new best begins.
  const goesOn = samePlace(files.checkpoint, file) && existsSync(files.model);
  return { task, trainer, runtime, hash: same.hash, best: goesOn ? progress.best : null };
}
