import type { Option } from "commander";
import type { TaskModel } from "../../network/model.ts";
import type { SearchSpace } from "../../search/space.ts";
import type { Task } from "../../tasks/task.ts";
import type { Evaluated } from "../../train/evaluate.ts";
import type { Trainer } from "../../train/trainer.ts";
import type { EvalFlags, PredictFlags, SampleFlags } from "../flags.ts";

/** What a model says, such as of an example, for programs and for people. */
export interface Prediction {
  readonly json: object;
  readonly text: string;
}

/** Makes the options of a command that a task has and not all tasks have; a name stands for one that the command has anyway. */
export type TaskOptions = () => readonly (Option | string)[];

/** What the command line has to know of a task: how it speaks to people and programs of what the task does. */
export interface TaskCommands<M extends TaskModel, E extends Evaluated> {
  readonly task: Task<M, E>;
  /** What a file of examples holds. */
  readonly file: string;
  /** An option that no other task lists goes with this task only. Those of `train` are options of `search` too. */
  readonly options: {
    readonly train: TaskOptions;
    readonly eval?: TaskOptions;
    readonly predict?: TaskOptions;
    readonly sample?: TaskOptions;
  };
  /** What `search` varies by default. */
  readonly space: SearchSpace;
  /** Options of `train` that change what the loss is a loss of, so that losses could not be compared. */
  readonly changesLoss?: readonly string[];
  /** What `eval` says: a sentence. */
  readonly measures?: string;
  /** What `predict` does: "a classifier labels texts". */
  readonly predicts?: string;
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
  /** How the gradient flows back through time; of tasks that list the option `gradientFlow`. */
  gradientFlow?(trainer: Trainer<M, E>): Prediction;
  /** A look at a model in training; of tasks that have one. */
  sample?(model: M, seed: number): string;
  /** Prints a report for people, unless `json`. @returns the scores for programs */
  evaluate(model: M, flags: EvalFlags): Promise<object>;
  /** Of tasks that predict. @throws ERR_FILE, ERR_DATA */
  predict?(model: M, texts: readonly string[], flags: PredictFlags): AsyncIterable<Prediction>;
}
