import type { TaskModel } from "../src/network/model.ts";
import type { Variant } from "../src/runtime/variant.ts";
import type { RunLength } from "../src/tasks/run.ts";
import type { TextData } from "../src/tasks/source.ts";
import type { DataOptions, EvaluateTaskOptions, FormatOptions } from "../src/tasks/task.ts";
import type { Evaluated } from "../src/train/evaluate.ts";
import type { Recipe } from "../src/train/recipe.ts";
import type { TrainEvents, TrainOptions, TrainResult, TrainStore } from "../src/train/train.ts";

/** A new run of any task. `StartOptions` is the type for a particular task. */
export interface StartRequest extends Omit<DataOptions, "note">, RunLength {
  /** The task to learn; default `language-model`. */
  readonly task?: string;
  /** Text, examples or series, in the format of the task. Bytes are transferred: the caller can no longer use them. */
  readonly data: TextData;
  /** Validation data. If they are missing, a part of `data` is held out. */
  readonly validation?: TextData;
  /** Fields that differ from the task's default spec. */
  readonly spec?: object;
  /** Fields that differ from the task's default recipe. The defaults of rate and decay depend on optimiser and schedule. */
  readonly recipe?: Partial<Recipe>;
}

/** A stopped run. */
export interface RestoreRequest extends Omit<StartRequest, "task" | "spec" | "level" | "tokens"> {
  /** The bytes that a store received. With the same data and recipe, the run continues bit for bit. */
  readonly checkpoint: Uint8Array;
}

type AnySpec = TaskModel["spec"];

/** The model that `start`, `restore` or `load` has opened, and its run. */
export interface OpenInfo<Spec extends AnySpec = AnySpec> {
  readonly task: Spec["task"];
  readonly spec: Spec;
  readonly variant: Variant;
  /** Number of learnable parameters. */
  readonly parameters: number;
  /** The run; missing if the model was loaded. */
  readonly run?: {
    readonly recipe: Recipe;
    /** Iterations in an epoch. */
    readonly iterationsPerEpoch: number;
    /** Iterations done so far. */
    readonly iteration: number;
    /** Total iterations of `train` by default. */
    readonly iterations: number;
    /** Number of threads that train together. */
    readonly workers: number;
  };
}

/** How far to train. If the schedule falls to 0, training cannot go past the end of the schedule. */
export interface TrainRequest extends RunLength, Pick<TrainOptions, "validateEvery"> {}

/** What a training run calls on the caller's thread: its event callbacks, and the functions that store its files. */
export interface RunEvents extends Required<TrainEvents<Evaluated>>, TrainStore {}

export interface EvaluateRequest extends EvaluateTaskOptions {
  /** Bytes are transferred, as in `start`. */
  readonly data: TextData;
}

/** Data from which `predict` reads its inputs. They are like the training data, but labels or targets may be missing. */
export interface PredictRequest extends FormatOptions {
  /** Bytes are transferred, as in `start`. */
  readonly data: TextData;
}

/**
 * A session with one model and perhaps its run, in a worker or in the thread. A call rejects with the error that the same call
 * throws in the thread. Before `start`, `restore` or `load`, it rejects with ERR_STATE.
 *
 * During training, predictions, texts, scores and files use the weights after the last finished iteration. If the recipe has
 * `average`, they use the moving average of the weights.
 */
export interface TrainingSession {
  /** Checks that the kernels run here. @throws ERR_WASM, ERR_VALUE */
  ready(): Promise<void>;
  start(options: StartRequest): Promise<OpenInfo>;
  restore(options: RestoreRequest): Promise<OpenInfo>;
  /** @param model a model file, as from `serializeModel` */
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

/** The first message to a worker that runs a session. */
export interface OpenMessage {
  readonly unrolled: "open";
  readonly variant: Variant | "auto";
  readonly module?: WebAssembly.Module | undefined;
  /** The port on which the worker answers calls. */
  readonly port: MessagePort;
  /** Ports to the followers of the worker. */
  readonly ports: readonly MessagePort[];
}

/** The first message to a worker that follows. */
export interface FollowMessage {
  readonly unrolled: "follow";
  /** The port to the leading thread. */
  readonly port: MessagePort;
}
