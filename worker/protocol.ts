import type { TaskModel } from "../src/network/model.ts";
import type { Variant } from "../src/runtime/variant.ts";
import type { RunLength } from "../src/tasks/run.ts";
import type { TextData } from "../src/tasks/source.ts";
import type { DataOptions, EvaluateTaskOptions, FormatOptions } from "../src/tasks/task.ts";
import type { Evaluated } from "../src/train/evaluate.ts";
import type { Recipe } from "../src/train/recipe.ts";
import type { TrainEvents, TrainOptions, TrainResult, TrainStore } from "../src/train/train.ts";

/** A new run of any task; `StartOptions` are its types by task. */
export interface StartRequest extends Omit<DataOptions, "note">, RunLength {
  /** What to learn; default `language-model`. */
  readonly task?: string;
  /** Text, examples or series, in the format of the task. Bytes are transferred: the caller has them no longer. */
  readonly data: TextData;
  /** To validate with; without it a part of `data` is held out. */
  readonly validation?: TextData;
  /** Where it differs from the task's default. */
  readonly spec?: object;
  /** Where it differs from the task's default; rate and decay fit the optimiser and the schedule. */
  readonly recipe?: Partial<Recipe>;
}

/** A run that was stopped. */
export interface RestoreRequest extends Omit<StartRequest, "task" | "spec" | "level" | "tokens"> {
  /** As a store got it; with the same data, the run goes on bit for bit, unless the recipe is changed. */
  readonly checkpoint: Uint8Array;
}

type AnySpec = TaskModel["spec"];

/** What `start`, `restore` and `load` have made. */
export interface OpenInfo<Spec extends AnySpec = AnySpec> {
  readonly task: Spec["task"];
  readonly spec: Spec;
  readonly variant: Variant;
  /** Numbers that are learnt. */
  readonly parameters: number;
  /** Of a run; a model that was loaded has none. */
  readonly run?: {
    readonly recipe: Recipe;
    /** Iterations that read the training part once. */
    readonly iterationsPerEpoch: number;
    /** Done so far. */
    readonly iteration: number;
    /** How many `train` does in all, unless it is told otherwise. */
    readonly iterations: number;
    /** Threads that train together. */
    readonly workers: number;
  };
}

/** How far to train; no further than a schedule that falls to 0. */
export interface TrainRequest extends RunLength, Pick<TrainOptions, "validateEvery"> {}

/** What a run tells and keeps on the caller's side. */
export interface RunEvents extends Required<TrainEvents<Evaluated>>, TrainStore {}

export interface EvaluateRequest extends EvaluateTaskOptions {
  /** Bytes are transferred, as those of `start`. */
  readonly data: TextData;
}

/** Where `predict` reads its inputs: data like those of training, with or without what it is to predict. */
export interface PredictRequest extends FormatOptions {
  /** Bytes are transferred, as those of `start`. */
  readonly data: TextData;
}

/**
 * One run, or one model, wherever it is: in a worker or in the thread. Whatever fails rejects with the error that the same call
 * throws in the thread; ERR_STATE before `start`, `restore` or `load`.
 *
 * Predictions, texts, scores and files while a run goes on have the weights after the last finished iteration: of a recipe with
 * `average` the averaged ones.
 */
export interface TrainingSession {
  /** Whether kernels run here. @throws ERR_WASM, ERR_VALUE */
  ready(): Promise<void>;
  start(options: StartRequest): Promise<OpenInfo>;
  restore(options: RestoreRequest): Promise<OpenInfo>;
  /** @param model a model file, as `serializeModel` makes it */
  load(model: Uint8Array): Promise<OpenInfo>;
  train(options: TrainRequest, events: RunEvents): Promise<TrainResult<Evaluated>>;
  stop(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  evaluate(options: EvaluateRequest): Promise<Evaluated>;
  predict(inputs: readonly unknown[] | PredictRequest, options?: object): Promise<readonly unknown[]>;
  generate(options?: object): Promise<string>;
  model(which?: "latest" | "best"): Promise<Uint8Array<ArrayBuffer>>;
  checkpoint(): Promise<Uint8Array<ArrayBuffer>>;
}

/** What a worker is told first. */
export interface OpenMessage {
  readonly unrolled: "open";
  readonly variant: Variant | "auto";
  readonly module?: WebAssembly.Module | undefined;
  /** Where it answers calls. */
  readonly port: MessagePort;
  /** To workers that train with it. */
  readonly ports: readonly MessagePort[];
}

/** What a worker is told that calculates for another one. */
export interface FollowMessage {
  readonly unrolled: "follow";
  /** To the one that leads. */
  readonly port: MessagePort;
}
