import { Command, CommanderError } from "commander";
import { UnrolledError } from "../errors.ts";
import type { TrialContext } from "../search/search.ts";
import { iterationsOf } from "../tasks/run.ts";
import type { Evaluated } from "../train/evaluate.ts";
import { train } from "../train/train.ts";
import type { TrainFlags } from "./flags.ts";
import { isGiven } from "./recipe-flags.ts";
import { lengthOf, newRun } from "./run.ts";
import { checkTaskOptions } from "./tasks/options.ts";
import { addRunOptions } from "./train.ts";

/** Validations of a candidate: as often, and at the same parts of its run, as of the others. */
const REPORTS = 8;

/** The model of a candidate's best validation. */
export interface Trained {
  readonly model: Uint8Array;
  readonly scores: Evaluated;
  /** What `train` is told to make the same one. */
  readonly arguments: readonly string[];
}

/** Values of options, as commander parsed them, as a person would type them. */
export function trainingArguments(values: Readonly<Record<string, unknown>>): string[] {
  const { options } = addRunOptions(new Command());
  return Object.entries(values).flatMap(([name, value]) => {
    const named = options.filter((option) => option.attributeName() === name);
    if (typeof value === "boolean")
      return named.flatMap(({ long, negate }) => (negate === value ? [] : long!));
    const { long, variadic } = named[0]!;
    if (Array.isArray(value) && variadic) return [long!, ...value.map(textOf)];
    const text = textOf(value);
    return text === "" ? [] : [long!, text];
  });
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(",");
  if (typeof value !== "object" || value === null) return String(value ?? "");
  return Object.values(value).map(textOf).join(":"); // an activation with its parameters
}

/** The options that were given, in the order of the help, without these. */
export function givenOptions(command: Command, without: readonly string[]): Record<string, unknown> {
  const names = addRunOptions(new Command()).options.map((option) => option.attributeName());
  const given = names.filter((name) => isGiven(command, name) && !without.includes(name));
  return Object.fromEntries(given.map((name) => [name, command.getOptionValue(name)]));
}

/** @throws ERR_VALUE for arguments that `train` refuses */
export function parseTraining(words: readonly string[]): Command {
  const command = addRunOptions(new Command("train").exitOverride().configureOutput({ writeErr() {} }));
  try {
    command.parse(words.includes("--data") ? words : [...words, "--data", "-"], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UnrolledError("ERR_VALUE", error.message.replace(/^error: /, ""), { cause: error });
  }
  checkTaskOptions(command, command.opts<TrainFlags>().task);
  return command;
}

/**
 * Trains a candidate as `train` does with these arguments; nothing is written.
 *
 * @throws ERR_NAN also where it diverged
 */
export async function trainCandidate(
  words: readonly string[],
  { report, signal }: Pick<TrialContext, "report" | "signal">,
  onStep: (share: number, loss: number) => void,
): Promise<Trained> {
  const command = parseTraining(words);
  const flags = command.opts<TrainFlags>();
  const { commands, trainer, hash } = await newRun(flags, command);
  try {
    const iterations = iterationsOf(lengthOf(flags), commands.task, trainer);
    const validateEvery = flags.validateEvery ?? Math.ceil(iterations / REPORTS);
    let model: Uint8Array = new Uint8Array();
    let scores: Evaluated | undefined;
    const { stopped, iterations: done } = await train(trainer, {
      iterations,
      validateEvery,
      dataHash: hash,
      signal,
      store: {
        async saveModel(bytes) {
          model = bytes;
        },
        async saveCheckpoint() {},
      },
      onStep: ({ iteration, loss }) => onStep(iteration / iterations, loss),
      onValidation({ iteration, evaluation, best }) {
        if (best) scores = evaluation;
        report(iteration, evaluation.loss);
      },
    });
    if (stopped === "diverged" || !scores) {
      throw new UnrolledError("ERR_NAN", `diverged: at iteration ${done} the loss is far beyond guessing`);
    }
    const every = flags.validateEvery ? [] : ["--validate-every", String(validateEvery)];
    return { model, scores, arguments: [...words, ...every] };
  } finally {
    trainer.model.runtime.dispose();
  }
}
