import type { Option } from "commander";
import type { TaskModel } from "../../network/model.ts";
import type { SearchSpace } from "../../search/space.ts";
import type { Task } from "../../tasks/task.ts";
import type { Evaluated } from "../../train/evaluate.ts";
import type { ModelFlow } from "../../train/model-gradient-flow.ts";
import type { Trainer } from "../../train/trainer.ts";
import type { EvalFlags, PredictFlags, SampleFlags } from "../flags.ts";
import type { PredictInputs } from "./predict-inputs.ts";
import type { Trace } from "./trace.ts";

/** A result of a model, such as the label of an example: `json` for programs, `text` for people, `answers` for tables. */
export interface Prediction {
  readonly json: object;
  readonly text: string;
  /** The cells that a table adds to each row of the input, by the names of their columns. */
  readonly answers: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Creates the list of options that this task has, but some other tasks do not have. An `Option` is added to the command. A string
 * is the name of an option that the command already has.
 */
export type TaskOptions = () => readonly (Option | string)[];

/** Describes a task for the command line: its options, units, help texts and output. */
export interface TaskCommands<M extends TaskModel, E extends Evaluated> {
  readonly task: Task<M, E>;
  /** The format of a file of examples, in words. The help shows this text. */
  readonly file: string;
  /** The options of each command. An option is valid only for the tasks that list it. `search` takes the options of `train`. */
  readonly options: {
    readonly train: TaskOptions;
    readonly eval?: TaskOptions;
    readonly predict?: TaskOptions;
    readonly sample?: TaskOptions;
  };
  /** The default search space of `search`. */
  readonly space: SearchSpace;
  /**
   * Names of `train` options that change what the loss measures. If two runs differ in such an option, their losses cannot be
   * compared.
   */
  readonly changesLoss?: readonly string[];
  /** A sentence for the help that says what `eval` measures. */
  readonly measures?: string;
  /** A clause for the help that says what `predict` does, such as "a classifier labels texts". */
  readonly predicts?: string;
  /** The unit that the training speed counts per second. */
  readonly unit: string;
  /** The unit of the loss. It is part of the names of JSON fields, such as `validation_nats`. */
  readonly loss: "nats" | "loss";
  /** The item over which the loss is averaged, such as "character" in "0.5 nats per character". */
  readonly target: string;
  /** The commands for models of words, if they differ from the commands for models of characters. */
  readonly words?: TaskCommands<M, E>;
  /** The commands for models of vectors, if they differ from the commands for models of texts. */
  readonly vectors?: TaskCommands<M, E>;
  /** Returns the scores as JSON fields, without the loss. */
  scores(evaluation: E): object;
  /** Describes the network of a model in words, if the fields `cell`, `layers` and `hidden` of its spec do not say it all. */
  network?(model: M): string | undefined;
  /** Describes the scores in words. */
  note(evaluation: E): string;
  /** Writes the prompt, then text symbol by symbol. Only tasks that write text have this. @throws ERR_DATA, ERR_VALUE */
  write?(model: M, flags: SampleFlags): Iterable<string>;
  /** Measures how the gradient flows back through time. Default: in the mini-batch of the next iteration. */
  gradientFlow?(trainer: Trainer<M, E>): ModelFlow;
  /**
   * Reads the inputs whose gates `inspect` shows. Default: those of `predict`.
   *
   * @throws ERR_FILE, ERR_DATA
   */
  traceInputs?(model: M, texts: readonly string[], flags: PredictFlags): Promise<readonly unknown[]>;
  /** Returns how the model reads an input, for `inspect`. @throws ERR_DATA if the input is invalid */
  // biome-ignore lint/suspicious/noExplicitAny: an input of any task
  trace(model: M, input: any): Trace;
  /** Returns a sample text of a model during training. Only tasks that write text have this method. */
  sample?(model: M, seed: number): string;
  /** Evaluates a model. Prints a report unless `flags.json` is set. @returns the scores as JSON fields */
  evaluate(model: M, flags: EvalFlags): Promise<object>;
  /**
   * Makes predictions for inputs. Only tasks that predict have this method.
   *
   * @throws ERR_FILE, ERR_DATA
   */
  // biome-ignore lint/suspicious/noExplicitAny: the inputs of any task
  predict?(model: M, given: PredictInputs<any>, flags: PredictFlags): AsyncIterable<Prediction>;
}
