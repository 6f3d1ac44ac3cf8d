import { existsSync } from "node:fs";
import type { Command } from "commander";
import { UnrolledError } from "../errors.ts";
import { loadModel } from "../network/model-file.ts";
import {
  newRun as newTaskRun,
  type RunLength,
  resumeRun as resumeTaskRun,
  type Run as TaskRun,
} from "../tasks/run.ts";
import { withContext } from "../tasks/source.ts";
import type { DataOptions, Sources, Task } from "../tasks/task.ts";
import { openCheckpoint } from "../train/checkpoint.ts";
import { errorOf } from "../train/evaluate.ts";
import { checkInput, checkNotData, openData } from "./data-files.ts";
import {
  checkModelName,
  checkpointOf,
  checkWritable,
  modelOf,
  noteOf,
  openText,
  readBytes,
  samePlace,
} from "./files.ts";
import type { TrainFlags } from "./flags.ts";
import { givenTo, pick } from "./given.ts";
import { startRuntime } from "./kernels.ts";
import { CHANGEABLE_OPTIONS, recipeChanges, recipeFrom } from "./recipe-flags.ts";
import { specFrom } from "./spec-flags.ts";
import { type AnyCommands, FORMAT_OPTIONS, KINDS, taskOf } from "./tasks/index.ts";
import { checkTaskOptions } from "./tasks/options.ts";

/** Options that are allowed with `--resume`. The values of all other options come from the checkpoint. */
const RESUMABLE = new Set([
  ...["data", "validation", ...FORMAT_OPTIONS, "resume", "iters", "epochs"],
  ...["validateEvery", "gradientFlow", "workers", "wide", "out", "force", "json"],
  ...CHANGEABLE_OPTIONS,
]);

export const DEFAULT_OUT = "model.safetensors";

/** The files that a run writes. */
export interface RunFiles {
  readonly model: string;
  readonly checkpoint: string;
}

/**
 * Returns the names of the files that a run writes, after checking them.
 *
 * @throws ERR_VALUE if a file that the run reads would be overwritten, or a file of another run without `--force`
 * @throws ERR_FILE if a file cannot be written
 */
export async function runFiles(flags: TrainFlags): Promise<RunFiles> {
  const { out, data, validation, vectors, resume, force } = flags;
  const model = out ?? (resume && modelOf(resume)) ?? DEFAULT_OUT;
  checkModelName(model);
  const checkpoint = checkpointOf(model);
  const others = vectors === undefined ? [] : [vectors];
  await checkNotData("--out", model, data, validation, others, resume === undefined ? [] : [resume]);
  await checkNotData("--out", checkpoint, data, validation, others);
  await checkWritable(model);
  await checkWritable(checkpoint);
  const continues = resume !== undefined && samePlace(checkpoint, resume);
  if (!force && !continues) checkAbsent({ model, checkpoint });
  return { model, checkpoint };
}

/** @throws ERR_VALUE if a file exists that a new run would replace */
function checkAbsent({ model, checkpoint }: RunFiles): void {
  const file = [model, checkpoint].find((file) => existsSync(file));
  if (file === undefined) return;
  const goOn = existsSync(checkpoint) ? `, --resume ${checkpoint} to continue its run` : "";
  throw new UnrolledError("ERR_VALUE", `${file} exists; give another --out${goOn}, or --force to replace it`);
}

export interface Run extends TaskRun {
  readonly commands: AnyCommands;
  readonly best: number | null;
  /** Whether the run writes into the files of the checkpoint that it continues. */
  readonly continues: boolean;
  /** The best model so far, if the run continues with files of another name. It is to be written at the first save. */
  readonly earlier?: Uint8Array | undefined;
}

/** The options of a run that the user set. Other options are missing, because their defaults depend on the task and the data. */
export type AskedRun = Partial<TrainFlags> & Pick<TrainFlags, "task" | "data" | "variant">;

export function askedOf(command: Command): AskedRun {
  const { task, data, variant } = command.opts<TrainFlags>();
  return { ...givenTo(command), task, data, variant };
}

/** Opens the data of a run. @param quiet true: print no notes about folders */
export async function sourcesOf({ data, validation, vectors }: AskedRun, quiet?: boolean): Promise<Sources> {
  checkInput(data, validation);
  return {
    data: await openData(data, quiet),
    validation: validation && (await openData(validation, quiet)),
    ...(vectors !== undefined && { vectors: openText(vectors) }),
  };
}

/** Returns the options with which the task reads the data. @param quiet true: print no notes about the data */
export function dataOptionsOf(
  { options }: Pick<Task, "options">,
  asked: AskedRun,
  quiet = false,
): DataOptions {
  return {
    ...pick(asked, [...options.format, ...options.data]),
    // With a source for validation, each note names its own.
    note: noteOf([...asked.data, ...(asked.validation ?? [])], quiet),
  };
}

export function lengthOf({ iters, epochs }: Partial<TrainFlags>): RunLength {
  return { iterations: iters, epochs };
}

/** Prepares a new run. @param quiet true: print no notes about the data */
export async function newRun(asked: AskedRun, quiet = asked.json): Promise<Run> {
  const commands = taskOf(asked);
  const recipe = recipeFrom(commands.task.defaultRecipe(asked.level), { ...asked });
  const run = await newTaskRun(
    commands.task,
    {
      sources: await sourcesOf(asked, quiet),
      complete: (defaults) => specFrom(defaults, { ...asked }),
      options: dataOptionsOf(commands.task, asked, quiet),
      recipe,
      length: lengthOf(asked),
    },
    () => startRuntime({ variant: asked.variant, seed: recipe.seed }),
  );
  return { ...run, commands: taskOf(run.trainer.model.spec), best: null, continues: false };
}

/** Checks the options of a resumed run. @throws ERR_VALUE if the user set an option that is not allowed with `--resume` */
export function checkResumable(command: Command): void {
  const given = givenTo(command);
  const wrong = command.options.find((option) => {
    const name = option.attributeName();
    return Object.hasOwn(given, name) && !RESUMABLE.has(name);
  });
  if (!wrong) return;
  throw new UnrolledError(
    "ERR_VALUE",
    `${wrong.long} cannot be given with --resume: it is part of the checkpoint`,
  );
}

export async function resumeRun(asked: AskedRun, file: string, files: RunFiles): Promise<Run> {
  const bytes = await readBytes(file);
  const checkpoint = await withContext(file, () => openCheckpoint(bytes, KINDS));
  const { spec, progress } = checkpoint;
  const { task: _, ...given } = asked;
  checkTaskOptions(given, spec.task);
  const commands = taskOf(spec);
  const run = await resumeTaskRun(
    commands.task,
    checkpoint,
    await sourcesOf(asked, asked.json),
    dataOptionsOf(commands.task, asked, asked.json),
    recipeChanges(given),
    () => startRuntime({ variant: progress.variant }),
  );
  // The checkpoint contains the best loss so far. It counts only if the model with this loss still exists. Otherwise `best` is
  // null, and the next validation counts as the best.
  const continues = samePlace(files.checkpoint, file);
  const model = continues ? files.model : modelOf(file);
  if (model === undefined || !existsSync(model)) return { ...run, commands, best: null, continues };
  const stored = await readBytes(model);
  const earlier = samePlace(model, files.model) ? undefined : stored;
  return { ...run, commands, best: bestOf(run, stored, progress.best), continues, earlier };
}

/**
 * Returns the smallest error so far. If the disk was full between a model and its checkpoint, that of the model is smaller.
 *
 * @param best the smallest error in the checkpoint
 */
function bestOf({ trainer }: TaskRun, stored: Uint8Array, best: number | null): number | null {
  try {
    const model = loadModel(trainer.model.runtime, stored, KINDS);
    try {
      return Math.min(best ?? Number.POSITIVE_INFINITY, errorOf(trainer.validate(model)));
    } finally {
      model.dispose();
    }
  } catch (error) {
    if (error instanceof UnrolledError) return best;
    throw error;
  }
}
