import type { Command } from "commander";
import type { ModelClass, TaskModel } from "../../models/task-model.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Recipe } from "../../train/recipe.ts";
import type { Evaluated, TaskTrainer } from "../../train/task-trainer.ts";
import type { EvalFlags, PredictFlags, SampleFlags, TrainFlags } from "../flags.ts";

/** What a run learns. */
export interface TaskData<M extends TaskModel, E extends Evaluated> {
  /** SHA-256 of all that is read, for the checkpoint. */
  readonly hash: string;
  /** A new model for it. @throws ERR_VALUE */
  model(runtime: Runtime): M;
  /** @throws ERR_DATA where there is too little of it */
  trainer(model: M, recipe: Recipe): TaskTrainer<M, E>;
}

/** What a model says of an example, for programs and for people. */
export interface Prediction {
  readonly json: object;
  readonly text: string;
}

/** All that the command line has to know of a task. */
export interface TaskCommands<M extends TaskModel, E extends Evaluated> {
  /** The class of its models. */
  readonly kind: ModelClass<M>;
  /** What is counted where speed is shown. */
  readonly unit: string;
  /** What its loss is measured in: names fields for programs, such as `validation_nats`. */
  readonly loss: "nats" | "loss";
  /** What one loss belongs to. */
  readonly target: string;
  /** Length of a run where none is asked for, the longer of the two; early stopping may end it before. */
  readonly length: { readonly iterations?: number; readonly epochs?: number };
  /** The same task on words, where that differs from characters. */
  readonly words?: TaskCommands<M, E>;
  /** Its own defaults, and what was given. */
  recipe(flags: TrainFlags, command: Command): Recipe;
  /** Data of a new run. @throws ERR_FILE, ERR_DATA, ERR_VALUE */
  newData(flags: TrainFlags, command: Command, seed: number): Promise<TaskData<M, E>>;
  /** Data of a run that goes on, whose model is there. @throws ERR_FILE, ERR_DATA */
  sameData(flags: TrainFlags, spec: M["spec"], seed: number): Promise<Omit<TaskData<M, E>, "model">>;
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
