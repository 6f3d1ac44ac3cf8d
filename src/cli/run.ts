import { existsSync } from "node:fs";
import type { Command } from "commander";
import { UnrolledError } from "../errors.ts";
import { createRuntime } from "../runtime/runtime.ts";
import {
  newRun as newTaskRun,
  type RunLength,
  resumeRun as resumeTaskRun,
  type Run as TaskRun,
} from "../tasks/run.ts";
import { withContext } from "../tasks/source.ts";
import { openCheckpoint } from "../train/checkpoint.ts";
import { checkWritable, openText, readBytes, samePlace } from "./files.ts";
import type { TrainFlags } from "./flags.ts";
import { CHANGEABLE_OPTIONS, isGiven, recipeChanges, recipeFrom } from "./recipe-flags.ts";
import { specFrom } from "./spec-flags.ts";
import { type AnyCommands, KINDS, taskOf } from "./tasks/index.ts";
import { checkTaskOptions } from "./tasks/options.ts";

/** Options that a resumed run may be given; all others are in its checkpoint. */
const RESUMABLE = new Set([
  ...["data", "validation", "labelFirst", "tagColumn", "format", "resume", "iters", "epochs"],
  ...["validateEvery", "gradientFlow", "workers", "out", "json"],
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

export interface Run extends TaskRun {
  readonly commands: AnyCommands;
  readonly best: number | null;
}

/** What was asked of a run, in the words of its task. */
export function askedOf(flags: TrainFlags, command: Command) {
  const { data, validation, json } = flags;
  const { level, tokens, vocabulary, minCount, column, target, labelFirst, tagColumn, format } = flags;
  return {
    sources: {
      data: openText(data),
      validation: validation === undefined ? undefined : openText(validation),
    },
    complete: <Spec extends object>(defaults: Spec) => specFrom(defaults, flags, command),
    options: {
      level,
      tokens,
      vocabulary,
      minCount,
      column,
      target,
      labelFirst,
      tagColumn,
      format,
      note: json ? undefined : (text: string) => console.error(`${data}: ${text}`),
    },
    length: lengthOf(flags),
  };
}

export function lengthOf({ iters, epochs }: TrainFlags): RunLength {
  return { iterations: iters, epochs };
}

export async function newRun(flags: TrainFlags, command: Command): Promise<Run> {
  checkTaskOptions(command, flags.task);
  const commands = taskOf(flags);
  const recipe = recipeFrom(commands.task.recipe(flags.level), flags, command);
  const run = await newTaskRun(commands.task, { ...askedOf(flags, command), recipe }, () =>
    createRuntime({ variant: flags.variant, seed: recipe.seed }),
  );
  return { ...run, commands, best: null };
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
  const { resume: file = "" } = flags;
  const bytes = await readBytes(file);
  const checkpoint = await withContext(file, () => openCheckpoint(bytes, KINDS));
  const { spec, progress } = checkpoint;
  checkTaskOptions(command, spec.task);
  const commands = taskOf(spec);
  const { sources, options } = askedOf(flags, command);
  const changes = recipeChanges(command, flags);
  const run = await resumeTaskRun(commands.task, checkpoint, sources, options, changes, () =>
    createRuntime({ variant: progress.variant }),
  );
  // The best loss so far counts where the model that reached it lies: elsewhere, a new best begins.
  const goesOn = samePlace(files.checkpoint, file) && existsSync(files.model);
  return { ...run, commands, best: goesOn ? progress.best : null };
}
