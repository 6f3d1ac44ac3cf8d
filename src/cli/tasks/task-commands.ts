import type { Option } from "commander";
import type { TaskModel } from "../../network/model.ts";
import type { SearchSpace } from "../../search/space.ts";
import type { Task } from "../../tasks/task.ts";
import type { Evaluated } from "../../train/evaluate.ts";
import type { Trainer } from "../../train/trainer.ts";
import type { EvalFlags, PredictFlags, SampleFlags } from "../flags.ts";

/** A result of a model, such as the label of an example, for programs and for people. */
export interface Prediction {
  readonly json: object;
  readonly text: string;
}

/** Creates the options that this task has but not every task. A string names an option that the command itself adds. */
export type TaskOptions = () => readonly (Option | string)[];

/** What the command line needs to know about a task: its options, units, texts and output. */
export interface TaskCommands<M extends TaskModel, E extends Evaluated> {
  readonly task: Task<M, E>;
  /** The format of a file of examples. */
  readonly file: string;
  /** An option listed by one task only is valid for that task only. `search` also takes the options of `train`. */
  readonly options: {
    readonly train: TaskOptions;
    readonly eval?: TaskOptions;
    readonly predict?: TaskOptions;
    readonly sample?: TaskOptions;
  };
  /** The default space of `search`. */
  readonly space: SearchSpace;
  /** Options of `train` that change what the loss measures, so that losses cannot be compared. */
  readonly changesLoss?: readonly string[];
  /** A sentence about what `eval` measures. */
  readonly measures?: string;
  /** A clause about what `predict` does: "a classifier labels texts". */
  readonly predicts?: string;
  /** The unit of the speed: what is counted per second. */
  readonly unit: string;
  /** The unit of the loss. It is part of field names for programs, such as `validation_nats`. */
  readonly loss: "nats" | "loss";
  /** The item that the loss is averaged over: "0.5 nats a character". */
  readonly target: string;
  /** The commands for words, if they differ from those for characters. */
  readonly words?: TaskCommands<M, E>;
  /** Returns the scores for programs, without the loss. */
  scores(evaluation: E): object;
  /** Returns the scores for people. */
  note(evaluation: E): string;
  /** Writes text symbol by symbol, the prompt first. Only for tasks that write. @throws ERR_DATA, ERR_VALUE */
  write?(model: M, flags: SampleFlags): Iterable<string>;
  /** Measures how the gradient flows back through time. Only for tasks that list the option `gradientFlow`. */
  gradientFlow?(trainer: Trainer<M, E>): Prediction;
  /** Returns sample text from a model during training. Only for tasks that write. */
  sample?(model: M, seed: number): string;
  /** Evaluates a model. Prints a report for people unless `flags.json` is set. @returns the scores for programs */
  evaluate(model: M, flags: EvalFlags): Promise<object>;
  /**
   * Makes predictions for the texts, or for the file `flags.data` if it is given. Only for tasks that predict.
   *
   * @throws ERR_FILE, ERR_DATA
   */
  predict?(model: M, texts: readonly string[], flags: PredictFlags): AsyncIterable<Prediction>;
}
