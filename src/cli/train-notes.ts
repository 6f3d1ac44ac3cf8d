import type { LanguageModel } from "../models/language-model.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Recipe } from "../train/recipe.ts";
import type { TrainResult } from "../train/train.ts";
import type { Trainer } from "../train/trainer.ts";
import { thousands } from "./progress.ts";
import type { RunFiles } from "./run.ts";

// What `train` tells people (notes) and programs (lines of JSON).

export function describe(trainer: Trainer, runtime: Runtime, iterations: number): string {
  const { spec, vocabulary } = trainer.model;
  const parameters = Object.values(trainer.model.parameters()).reduce((sum, { size }) => sum + size, 0);
  const epochs = iterations / trainer.iterationsPerEpoch;
  return (
    `${spec.cell.toUpperCase()} ${spec.layers} x ${spec.hidden}, ${thousands(parameters)} parameters, ` +
    `${vocabulary.size} symbols, ${runtime.variant} build; ${iterations} iterations (${epochs.toFixed(1)} epochs)`
  );
}

export function validationNote(
  iteration: number,
  evaluation: { nats: number; perplexity: number },
  best: boolean,
  model: LanguageModel,
): string {
  const { nats, perplexity } = evaluation;
  const line = `iteration ${iteration}: validation ${nats.toFixed(4)} nats, perplexity ${perplexity.toFixed(2)}${best ? ", best so far" : ""}`;
  if (!process.stderr.isTTY) return line;
  const packed = model.pack();
  try {
    const sample = [...packed.generate({ length: 160, temperature: 0.8, seed: iteration })].join("");
    return `${line}\n${sample.replace(/^/gm, "  | ")}`;
  } finally {
    packed.dispose();
  }
}

/** The end of a run, for programs. */
export function resultLine(result: TrainResult, test: number | undefined): object {
  return {
    done: result.stopped !== "diverged",
    stopped: result.stopped,
    iters: result.iterations,
    validation_nats: result.best,
    last_validation_nats: result.last.nats,
    test_nats: test ?? null,
    seconds: result.seconds,
  };
}

/** The end of a run, for people. */
export function resultNote(
  { stopped, iterations, best, seconds }: TrainResult,
  test: number | undefined,
  { model }: RunFiles,
  { earlyStop }: Recipe,
): string {
  const end = {
    end: "Done",
    early: `Stopped at iteration ${iterations}, as ${earlyStop} validations brought no smaller loss, and done`,
    diverged: `Diverged: at iteration ${iterations} the loss is far beyond guessing; begin anew with a lower --lr. Ended`,
  }[stopped];
  return (
    `${end} in ${seconds.toFixed(1)} s. ${model} holds the model of the best validation: ${best.toFixed(4)} nats a character, ` +
    `perplexity ${Math.exp(best).toFixed(2)}${test === undefined ? "" : `; on the test part ${test.toFixed(4)} nats`}.`
  );
}

/** The end of a run by a signal or by numbers that are not finite: what is where, and how to go on. */
export function endNote(
  message: string,
  aborted: boolean,
  files: RunFiles,
  hasModel: boolean,
  saved: number | undefined,
  goOn: string,
): string {
  const model = hasModel ? "" : ` (no model yet: nothing was validated, ${files.model} is untouched)`;
  if (aborted) return `${message} and saved${model}. Go on with: ${goOn}`;
  if (saved === undefined) return `${message}. Nothing is saved yet`;
  return `${message}. The run as of iteration ${saved} is saved${model}. Go on with: ${goOn}`;
}
