import { Vocabulary } from "../data/vocabulary.ts";
import type { TaskModel } from "../network/model.ts";
import type { Evaluated } from "../train/evaluate.ts";
import type { TrainResult } from "../train/train.ts";
import type { Trainer } from "../train/trainer.ts";
import type { TrainFlags } from "./flags.ts";
import { type Given, pick } from "./given.ts";
import { isWide } from "./kernels.ts";
import { thousands } from "./progress.ts";
import type { RunFiles } from "./run.ts";
import { commandLine } from "./shell.ts";
import { type AnyCommands, FORMAT_OPTIONS } from "./tasks/index.ts";

// The messages that `train` prints: notes for people, and lines of JSON for programs.

/** Describes a run at its start: network, vocabularies, length and recipe. */
export function describe(trainer: Trainer, iterations: number, commands: AnyCommands): string {
  const { runtime, spec, tables, parameterCount: parameters } = trainer.model;
  const { optimizer, lr, schedule } = trainer.recipe;
  const epochs = iterations / trainer.iterationsPerEpoch;
  const sizes = Object.entries(tables).map(([name, table]) => {
    if (!(table instanceof Vocabulary)) return "";
    const noun = name === "vocabulary" ? "symbols" : name;
    return `${table.size} ${table.size === 1 ? noun.replace(/s$/, "") : noun}, `;
  });
  const network =
    commands.network?.(trainer.model) ?? `${spec.cell.toUpperCase()} ${spec.layers} x ${spec.hidden}`;
  return (
    `${network}, ${thousands(parameters)} parameters, ` +
    `${sizes.join("")}${runtime.variant} build${isWide(runtime) ? " for 256 bits" : ""}; ${iterations} iterations (${epochs.toFixed(1)} epochs), ` +
    `${optimizer}, lr ${lr}, ${schedule}`
  );
}

/**
 * Warns if the learning rate falls to almost nothing long before the run ends. Schedules that count epochs do that if the data are
 * small: with 2 iterations an epoch, 0.97 per epoch is 1e-13 after 2000 iterations.
 */
export function scheduleNote(trainer: Trainer, iterations: number): string | undefined {
  const { recipe, iterationsPerEpoch } = trainer;
  if (recipe.schedule !== "exponential" && recipe.schedule !== "step") return undefined;
  const factor = trainer.schedule(Math.floor(iterations / 2));
  if (factor > 1e-3) return undefined;
  return (
    `note: the data are small, so an epoch has ${thousands(iterationsPerEpoch)} iterations. The ${recipe.schedule} schedule counts epochs and lowers the ` +
    `learning rate to ${(recipe.lr * factor).toExponential(0)} by half of the run; consider --schedule constant or linear`
  );
}

export function validationNote(
  iteration: number,
  evaluation: Evaluated,
  best: boolean,
  commands: AnyCommands,
  model: TaskModel,
): string {
  const line = `iteration ${iteration}: validation ${evaluation.loss.toFixed(4)} ${commands.loss}, ${commands.note(evaluation)}${best ? ", best so far" : ""}`;
  const sample = process.stderr.isTTY ? commands.sample?.(model, iteration) : undefined;
  return sample === undefined ? line : `${line}\n${sample.replace(/^/gm, "  | ")}`;
}

/**
 * Describes the end of a run for programs. `best` is the validation of the saved model. The fields `last_...` describe the last
 * iteration.
 */
export function resultLine(
  commands: AnyCommands,
  result: TrainResult<Evaluated>,
  best: Evaluated,
  test: Evaluated | undefined,
): object {
  return {
    done: result.stopped !== "diverged",
    stopped: result.stopped,
    iters: result.iterations,
    [`validation_${commands.loss}`]: best.loss,
    [`last_validation_${commands.loss}`]: result.last.loss,
    [`test_${commands.loss}`]: test?.loss ?? null,
    ...commands.scores(best),
    ...prefixed("last_", commands.scores(result.last)),
    seconds: result.seconds,
    training_seconds: result.trainingSeconds,
  };
}

function prefixed(prefix: string, fields: object): object {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [prefix + name, value]));
}

/** Describes the end of a run for people. */
export function resultNote(
  commands: AnyCommands,
  { stopped, iterations, seconds }: TrainResult<Evaluated>,
  best: Evaluated,
  test: Evaluated | undefined,
  { model }: RunFiles,
  { recipe: { earlyStop } }: Trainer,
): string {
  const end = {
    end: "Done",
    early: `Stopped early at iteration ${iterations}, after ${earlyStop} validations without improvement,`,
    diverged: `Diverged: at iteration ${iterations} the loss is far worse than random guessing; start again with a lower --lr. Ended`,
  }[stopped];
  return (
    `${end} in ${seconds.toFixed(1)} s. ${model} holds the model with the best validation: ${best.loss.toFixed(4)} ${commands.loss} per ${commands.target}, ` +
    `${commands.note(best)}${test === undefined ? "" : `; on the test part ${test.loss.toFixed(4)} ${commands.loss}`}.`
  );
}

/** Says what is saved and how to continue, after a run was stopped, for example by a signal or by NaN. */
export function endNote(
  message: string,
  aborted: boolean,
  files: RunFiles,
  hasModel: boolean,
  saved: number | undefined,
  goOn: string,
): string {
  const model = hasModel ? "" : ` (no model yet: no validation was reached, ${files.model} is unchanged)`;
  if (aborted) return `${message} and saved${model}. To continue: ${goOn}`;
  if (saved === undefined) return `${message}. Nothing is saved yet`;
  return `${message}. The run up to iteration ${saved} is saved${model}. To continue: ${goOn}`;
}

/** Returns the shell command that continues a run. */
export function resumeCommand(flags: TrainFlags, files: RunFiles, iterations: number, rate?: number): string {
  const { data, validation, validateEvery, workers } = flags;
  const values: Given = {
    ...{ data, validation },
    ...pick(flags, FORMAT_OPTIONS),
    ...{ resume: files.checkpoint, out: files.model, iters: iterations },
    ...{ lr: rate && Number(rate.toPrecision(3)), validateEvery },
    ...(workers > 1 && { workers }),
  };
  const given = Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const option = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (Array.isArray(value)) return value.flatMap((one) => [option, String(one)]);
    if (value === false) return [option.replace("--", "--no-")];
    return value === true ? [option] : [option, String(value)];
  });
  return commandLine("train", ...given);
}
