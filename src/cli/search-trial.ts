import { Command } from "commander";
import { UnrolledError } from "../errors.ts";
import type { TrialContext } from "../search/search.ts";
import { iterationsOf } from "../tasks/run.ts";
import type { Evaluated } from "../train/evaluate.ts";
import { train } from "../train/train.ts";
import { repeated } from "./data-files.ts";
import { type AskedRun, lengthOf, newRun } from "./run.ts";
import { textOf } from "./search-values.ts";
import { addRunOptions } from "./train.ts";

/**
 * Default number of validations in the run of each candidate. All candidates validate at the same fractions of their runs, so
 * that their losses can be compared.
 */
const REPORTS = 8;

/** The best model of a candidate's run: the model at the validation with the smallest error. */
export interface Trained {
  readonly model: Uint8Array;
  readonly scores: Evaluated;
  /** Arguments for the command `train`. With these arguments, the command trains the candidate again and gets the same model. */
  readonly arguments: readonly string[];
}

/** Returns the options that define a run. */
export const runOptions = () => addRunOptions(new Command()).options;

/** Turns parsed option values back into the arguments that a person would type. */
export function trainingArguments(values: object): string[] {
  const options = runOptions();
  return Object.entries(values).flatMap(([name, value]) => {
    const named = options.filter((option) => option.attributeName() === name);
    if (typeof value === "boolean")
      return named.flatMap(({ long, negate }) => (negate === value ? [] : long!));
    const { long, variadic, parseArg } = named[0]!;
    if (Array.isArray(value) && parseArg === (repeated as unknown))
      return value.flatMap((one) => [long!, one]);
    if (Array.isArray(value) && variadic) return [long!, ...value.map(textOf)];
    const text = textOf(value);
    return text === "" ? [] : [long!, text];
  });
}

/**
 * Trains a candidate as `train` does, but writes no files.
 *
 * @throws ERR_NAN if a loss is NaN or infinite, or if training diverged
 */
export async function trainCandidate(
  asked: AskedRun,
  { report, signal }: Pick<TrialContext, "report" | "signal">,
  onStep: (share: number, loss: number) => void,
): Promise<Trained> {
  const { commands, trainer, hash } = await newRun(asked, true);
  try {
    const iterations = iterationsOf(lengthOf(asked), commands.task, trainer);
    const validateEvery = asked.validateEvery ?? Math.ceil(iterations / REPORTS);
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
      throw new UnrolledError(
        "ERR_NAN",
        `diverged: at iteration ${done} the loss is far worse than random guessing`,
      );
    }
    return { model, scores, arguments: trainingArguments({ ...asked, validateEvery }) };
  } finally {
    trainer.model.runtime.dispose();
  }
}
