import type { TaskModel } from "../../network/model.ts";
import type { Task } from "../../tasks/task.ts";
import type { Evaluated } from "../../train/evaluate.ts";
import type { EvalFlags, PredictFlags, SampleFlags } from "../flags.ts";

/** What a model says of an example, for programs and for people. */
export interface Prediction {
  readonly json: object;
  readonly text: string;
}

/** What the command line has to know of a task: how it speaks to people and programs of what the task does. */
export interface TaskCommands<M extends TaskModel, E extends Evaluated> {
  readonly task: Task<M, E>;
  /** What is counted where speed is shown. */
  readonly unit: string;
  /** What its loss is measured in: names fields for programs, such as `validation_nats`. */
  readonly loss: "nats" | "loss";
  /** What one loss belongs to. */
  readonly target: string;
  /** The same task on words, where that differs from characters. */
  readonly words?: TaskCommands<M, E>;
  /** Scores besides the loss, for programs. */
  scores(evaluation: E): object;
  /** How good that is, for people. */
  note(evaluation: E): string;
  /** What a model writes, symbol by symbol, the prompt first; of tasks that write. @throws ERR_DATA, ERR_VALUE */
  write?(model: M, flags: SampleFlags): Iterable<string>;
  /** A look at a model in training; of tasks that have one. */
  sample?(model: M, seed: number): string;
  /** Prints a report for people, unless `json`. @returns the scores for programs */
  evaluate(model: M, flags: EvalFlags): Promise<object>;
  /** Of tasks that predict. @throws ERR_FILE, ERR_DATA */
  predict?(model: M, texts: readonly string[], flags: PredictFlags): AsyncIterable<Prediction>;
}
