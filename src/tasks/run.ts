import { checkFunction, checkObject, checkOptions } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { TaskModel } from "../network/model.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Checkpoint } from "../train/checkpoint.ts";
import { checkRecipe, type Recipe } from "../train/recipe.ts";
import type { Trainer } from "../train/trainer.ts";
import { cutOf } from "./hash.ts";
import { withContext } from "./source.ts";
import type { CompleteSpec, DataOptions, Sources, Task } from "./task.ts";
import { StartVectors } from "./vectors.ts";

/** The length of a run. If both fields are given, `iterations` counts. */
export interface RunLength {
  /** Total number of iterations. For a resumed run, it includes the iterations before the checkpoint. */
  readonly iterations?: number | undefined;
  /** Total number of epochs. In an epoch, the training data are read once. */
  readonly epochs?: number | undefined;
}

/** Everything that defines a new run. */
export interface NewRun {
  /** The data. */
  readonly sources: Sources;
  /** Replaces fields of the default spec. */
  readonly complete: CompleteSpec;
  /** How the data are read. */
  readonly options: DataOptions;
  /** The settings of training. */
  readonly recipe: Recipe;
  /** The length of the run. `{}` means the default length of the task. */
  readonly length: RunLength;
}

/** A run that is ready to start. */
export interface Run {
  /** The trainer, before its first iteration. In a resumed run, the trainer has the state of the checkpoint. */
  readonly trainer: Trainer;
  /** The hash of the data. Checkpoints store it. */
  readonly hash: string;
}

/**
 * Returns a task's default recipe with the given fields replaced. If only another optimiser is given, its default learning rate is
 * used. If only another schedule is given, its default decay is used. Trainers complete their recipes in the same way.
 *
 * @throws ERR_VALUE if `given` is not an object, or a field is unknown or invalid
 */
export function completeRecipe(defaults: Recipe, given: Partial<Recipe>): Recipe {
  return checkRecipe(checkObject("completeRecipe", given, "recipe is"), defaults);
}

/** Returns whether the learning rate reaches 0 at the end of a run. */
function fallsToZero({ schedule }: Pick<Recipe, "schedule">): boolean {
  return schedule === "cosine" || schedule === "linear";
}

/** Returns the trainer. @throws ERR_VALUE if it is something else */
function checkTrainer(trainer: Trainer): Trainer {
  checkObject("trainer: recipe", checkObject("trainer", trainer, "it is").recipe, "it is");
  return trainer;
}

const checkLength = (length: RunLength) => checkOptions("length", length, "iterations epochs");

/**
 * Returns the total number of iterations of a run. If `asked` has no length, the task's default length is used.
 *
 * @param asked the length that was asked for
 * @param task the task of the run
 * @param trainer the trainer of the run
 * @throws ERR_VALUE if the length in `asked` is below 0
 */
export function iterationsOf(asked: RunLength, task: Pick<Task, "defaultLength">, trainer: Trainer): number {
  const { defaultLength } = checkObject("iterationsOf", task, "task is");
  const { iterationsPerEpoch, model } = checkObject("trainer", trainer, "it is");
  checkObject("trainer: model", model, "it is");
  checkFunction("iterationsOf: defaultLength of the task", defaultLength);
  const { iterations, epochs } = checkLength(asked);
  const number = iterations ?? epochs;
  if (number !== undefined && !(number >= 0)) {
    const given = iterations === undefined ? "epochs" : "iterations";
    throw new UnrolledError("ERR_VALUE", `${given} is ${number}, expected a number from 0 on`);
  }
  if (iterations !== undefined) return iterations;
  if (epochs !== undefined) return Math.ceil(epochs * iterationsPerEpoch);
  const standard = defaultLength((model.spec as { level?: "char" | "word" }).level);
  return Math.max(standard.iterations ?? 0, (standard.epochs ?? 0) * iterationsPerEpoch);
}

/**
 * Returns the number of the last iteration of a run. This is the result of `iterationsOf`, with one exception. If the learning
 * rate falls to 0 and no length is given, the run ends when the learning rate reaches 0.
 *
 * @throws ERR_VALUE if the learning rate reaches 0 before the end of the given length; the errors of `iterationsOf`
 */
export function lastIterationOf(
  length: RunLength,
  task: Pick<Task, "defaultLength">,
  trainer: Trainer,
): number {
  const { schedule, lrDecayOver } = checkTrainer(trainer).recipe;
  const asked = checkLength(length).iterations ?? length.epochs;
  if (fallsToZero(trainer.recipe) && asked === undefined) return lrDecayOver;
  const iterations = iterationsOf(length, task, trainer);
  if (!fallsToZero(trainer.recipe) || iterations <= lrDecayOver) return iterations;
  throw new UnrolledError(
    "ERR_VALUE",
    `${iterations} iterations, but the ${schedule} schedule of this run ends at iteration ${lrDecayOver}, with a learning rate of 0; ask for at most that many, or start again`,
  );
}

/** Checks what `newRun` and `resumeRun` call. @throws ERR_VALUE if something is not a function */
function checkParts(what: string, task: Task, makeRuntime: () => Promise<Runtime>): void {
  checkFunction(`${what}: read`, checkObject(what, task, "task is").read);
  checkFunction(`${what}: makeRuntime`, makeRuntime);
}

/**
 * Reads the data and makes the model and its trainer. If the schedule lowers the learning rate to 0, the learning rate reaches 0
 * at the end of the run. If `recipe.teacherForcing` is below 1, the share of teacher forcing falls to this value over the run.
 *
 * @param makeRuntime called after the data are read
 * @throws ERR_FILE, ERR_DATA if the data cannot be read or are too few; ERR_VALUE if an option, the spec or the recipe is
 *   invalid
 */
export async function newRun(task: Task, run: NewRun, makeRuntime: () => Promise<Runtime>): Promise<Run> {
  const { sources, complete, options, recipe, length } = checkOptions(
    "newRun",
    run,
    "sources complete options recipe length",
  );
  checkLength(length);
  checkParts("newRun", task, makeRuntime);
  checkFunction("newRun: complete", complete);
  const read = await task.read(sources, options);
  const vectors = sources.vectors && (await StartVectors.open(sources.vectors));
  const data = await read.prepare(vectors?.complete(complete) ?? complete, recipe.seed);
  const runtime = await makeRuntime();
  try {
    const model = await withContext(sources.data.name, () => data.model(runtime));
    if (Object.keys(read.reading).length) model.reading = read.reading;
    if (model.spec.freezeVectors && !vectors) {
      throw new UnrolledError(
        "ERR_VALUE",
        "freezeVectors is true, but there are no vectors; give a file (--vectors)",
      );
    }
    await vectors?.start(model, options.note);
    const trainer = await withContext(sources.data.name, () => data.trainer(model, recipe));
    const [falls, frees] = [fallsToZero(recipe), recipe.teacherForcing < 1];
    if (falls || frees) {
      const iterations = iterationsOf(length, task, trainer);
      const lengths = {
        ...(falls && { lrDecayOver: iterations }),
        ...(frees && { teacherForcingOver: iterations }),
      };
      await withContext(sources.data.name, () => trainer.setLengths(lengths));
    }
    return { trainer, hash: read.hash };
  } catch (error) {
    runtime.dispose();
    throw error;
  }
}

/**
 * Reads the data of a stopped run and restores the run from its checkpoint.
 *
 * @param makeRuntime called after the data are read
 * @param changes new values for fields of the recipe
 * @throws ERR_DATA if the data have changed
 */
export async function resumeRun(
  task: Task,
  checkpoint: Checkpoint<TaskModel>,
  sources: Sources,
  options: DataOptions,
  changes: Partial<Recipe>,
  makeRuntime: () => Promise<Runtime>,
): Promise<Run> {
  checkParts("resumeRun", task, makeRuntime);
  const { spec, recipe } = checkObject("resumeRun", checkpoint, "the checkpoint is");
  const kept = task.options.format.includes("cut") ? cutOf(checkpoint) : undefined;
  const { hash, ...read } = await task.read(
    sources,
    kept === undefined ? options : { ...checkObject("resumeRun", options), cut: options.cut ?? kept },
    { spec, reading: checkpoint.reading },
  );
  const data = await read.resume(spec, recipe.seed);
  const runtime = await makeRuntime();
  try {
    const trainer = await withContext(sources.data.name, () =>
      checkpoint.restore(runtime, hash, (model, recipe) => data.trainer(model, { ...recipe, ...changes })),
    );
    return { trainer, hash };
  } catch (error) {
    runtime.dispose();
    throw error;
  }
}
