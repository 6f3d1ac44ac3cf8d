import { LanguageModel } from "../models/language-model.ts";
import type { TaskModel } from "../models/task-model.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { LabelEvaluation } from "../train/label-trainer.ts";
import type { Evaluated, TaskTrainer } from "../train/task-trainer.ts";
import type { TrainResult } from "../train/train.ts";
import { thousands } from "./progress.ts";
import type { RunFiles } from "./run.ts";

// What `train` tells people (notes) and programs (lines of JSON).

export function describe(trainer: TaskTrainer, runtime: Runtime, iterations: number): string {
  const { spec, vocabulary, labels } = trainer.model;
  const parameters = Object.values(trainer.model.parameters()).reduce((sum, { size }) => sum + size, 0);
  const epochs = iterations / trainer.iterationsPerEpoch;
  return (
    `${spec.cell.toUpperCase()} ${spec.layers} x ${spec.hidden}, ${thousands(parameters)} parameters, ` +
    `${vocabulary.size} symbols, ${labels ? `${labels.size} labels, ` : ""}${runtime.variant} build; ${iterations} iterations (${epochs.toFixed(1)} epochs)`
  );
}

/** Scores of labels, for programs; of other tasks none. */
export function scoreFields(evaluation: Evaluated): object {
  if (!("accuracy" in evaluation)) return {};
  const { accuracy, f1, spanF1 } = evaluation as LabelEvaluation;
  return { accuracy, f1, ...(spanF1 !== undefined && { span_f1: spanF1 }) };
}

/** "accuracy 91.2%, macro F1 60.3%, span F1 20.1%" */
export function scoreNote({ accuracy, f1, spanF1 }: LabelEvaluation): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
  const spans = spanF1 === undefined ? "" : `, span F1 ${percent(spanF1)}`;
  return `accuracy ${percent(accuracy)}, macro F1 ${percent(f1)}${spans}`;
}

function quality(evaluation: Evaluated): string {
  if ("accuracy" in evaluation) return scoreNote(evaluation as LabelEvaluation);
  const perplexity = Math.exp(evaluation.loss);
  return `perplexity ${perplexity < 1e6 ? perplexity.toFixed(2) : perplexity.toPrecision(2)}`;
}

export function validationNote(
  iteration: number,
  evaluation: Evaluated,
  best: boolean,
  model: TaskModel,
): string {
  const line = `iteration ${iteration}: validation ${evaluation.loss.toFixed(4)} nats, ${quality(evaluation)}${best ? ", best so far" : ""}`;
  if (!process.stderr.isTTY || !(model instanceof LanguageModel)) return line;
  const packed = model.pack();
  try {
    const sample = [...packed.generate({ length: 160, temperature: 0.8, seed: iteration })].join("");
    return `${line}\n${sample.replace(/^/gm, "  | ")}`;
  } finally {
    packed.dispose();
  }
}

/** The end of a run, for programs. */
export function resultLine(result: TrainResult<Evaluated>, test: number | undefined): object {
  return {
    done: result.stopped !== "diverged",
    stopped: result.stopped,
    iters: result.iterations,
    validation_nats: result.best,
    last_validation_nats: result.last.loss,
    test_nats: test ?? null,
    seconds: result.seconds,
  };
}

/** The end of a run, for people. */
export function resultNote(
  { stopped, iterations, best, seconds }: TrainResult<Evaluated>,
  test: number | undefined,
  { model }: RunFiles,
  { recipe: { earlyStop } }: TaskTrainer,
  scores: Evaluated | undefined,
): string {
  const end = {
    end: "Done",
    early: `Stopped at iteration ${iterations}, as ${earlyStop} validations brought no smaller loss, and done`,
    diverged: `Diverged: at iteration ${iterations} the loss is far beyond guessing; begin anew with a lower --lr. Ended`,
  }[stopped];
  return (
    `${end} in ${seconds.toFixed(1)} s. ${model} holds the model of the best validation: ${best.toFixed(4)} nats a ${scores ? "label" : "character"}, ` +
    `${quality(scores ?? { loss: best })}${test === undefined ? "" : `; on the test part ${test.toFixed(4)} nats`}.`
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
