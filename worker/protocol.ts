import type { TaskModel } from "../src/network/model.ts";
import type { Variant } from "../src/runtime/variant.ts";
import type { RunLength } from "../src/tasks/run.ts";
import type { TextData } from "../src/tasks/source.ts";
import type { DataOptions, EvaluateTaskOptions, FormatOptions } from "../src/tasks/task.ts";
import type { Evaluated } from "../src/train/evaluate.ts";
import type { Recipe } from "../src/train/recipe.ts";
import type { TrainEvents, TrainOptions, TrainResult, TrainStore } from "../src/train/train.ts";

/** Describes a new run of any task. `StartOptions` is the type for a particular task. */
export interface StartRequest extends Omit<DataOptions, "note">, RunLength {
  /** The task to learn; default `language-model`. */
  readonly task?: string;
  /**
   * Text, examples or series, in the format of the task. The texts of a list are read one after another, each in a format of its
   * own. Bytes are moved to the worker, and the caller can no longer use them.
   */
  readonly data: TextData | readonly TextData[];
  /** Validation data. If there are none, a part of `data` is held out for validation. */
  readonly validation?: TextData | readonly TextData[];
  /**
   * Vectors of words, as `readWordVectors` reads them, that start the embedding. Their size is the default of `spec.embedding`.
   * `spec.freezeVectors` keeps them as they are. `restore` does not need them again.
   */
  readonly vectors?: TextData;
  /** Fields that replace those of the task's default spec. */
  readonly spec?: object;
  /**
   * Fields that replace those of the task's default recipe. The default learning rate depends on the optimiser. The default decay
   * depends on the schedule.
   */
  readonly recipe?: Partial<Recipe>;
}

/** Describes a stopped run, which is to be continued. */
export interface RestoreRequest
  extends Omit<StartRequest, "task" | "vectors" | "spec" | "level" | "tokens" | "multiLabel"> {
  /** The bytes that `saveCheckpoint` received. If data and recipe are unchanged, the run continues with bit-identical results. */
  readonly checkpoint: Uint8Array;
}

type AnySpec = TaskModel["spec"];

/** The model that `start`, `restore` or `load` has opened, and its run. */
export interface OpenInfo<Spec extends AnySpec = AnySpec> {
  /** The task of the model. */
  readonly task: Spec["task"];
  /** The spec of the model, with all defaults filled in. */
  readonly spec: Spec;
  /** The build of the kernels that the session uses. */
  readonly variant: Variant;
  /** Number of learnable parameters. */
  readonly parameters: number;
  /** The run of the model. Missing if the model was opened by `load`. */
  readonly run?: {
    /** The settings of the run. */
    readonly recipe: Recipe;
    /** Number of iterations in an epoch. */
    readonly iterationsPerEpoch: number;
    /** Number of iterations done so far. */
    readonly iteration: number;
    /** Number of iterations of the whole run. At this iteration, `train` stops if its options give no other length. */
    readonly iterations: number;
    /** Number of threads that train together. */
    readonly workers: number;
  };
}

/** How long to train. If the schedule lowers the learning rate to 0, training cannot continue past the end of the schedule. */
export interface TrainRequest extends RunLength, Pick<TrainOptions, "validateEvery"> {}

/** The functions that a training run calls on the caller's thread: callbacks for events, and functions that store files. */
export interface RunEvents extends Required<TrainEvents<Evaluated>>, TrainStore {}

/** The data to evaluate for any task. {@link EvaluateOptions} is the type for a particular task. */
export interface EvaluateRequest
  extends Omit<EvaluateTaskOptions, "note" | "languageModel" | "languageWeight" | "lengthBonus"> {
  /** Text, examples or series. Bytes are moved to the worker, and the caller can no longer use them. */
  readonly data: TextData | readonly TextData[];
}

/** Data from which `predict` reads its inputs. They have the format of the training data. Labels or targets may be missing. */
export interface PredictRequest extends Omit<FormatOptions, "note"> {
  /** Text, examples or series. Bytes are moved to the worker, and the caller can no longer use them. */
  readonly data: TextData | readonly TextData[];
}

/**
 * A session that holds one model, and its run if there is one. The session is in a worker or in the caller's thread. In both
 * cases, a call rejects with the same errors. Before `start`, `restore` or `load`, other calls reject with ERR_STATE.
 *
 * During training, predictions, texts, scores and files use the weights after the last finished iteration. If the recipe sets
 * `average`, they use the moving average of the weights instead.
 */
export interface TrainingSession {
  /** Checks that the WebAssembly kernels run on this platform. @throws the errors of `createRuntime`: ERR_WASM, ERR_VALUE */
  ready(): Promise<void>;
  start(options: StartRequest): Promise<OpenInfo>;
  restore(options: RestoreRequest): Promise<OpenInfo>;
  /** @param model the bytes of a model file, as `serializeModel` returns them */
  load(model: Uint8Array): Promise<OpenInfo>;
  train(options: TrainRequest, events: RunEvents): Promise<TrainResult<Evaluated>>;
  stop(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  evaluate(options: EvaluateRequest): Promise<Evaluated>;
  predict(inputs: readonly unknown[] | PredictRequest, options?: object): Promise<readonly unknown[]>;
  generate(options?: object): Promise<string>;
  suggest(text: string, options?: object): Promise<readonly unknown[]>;
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
  /** Ports to the followers: the threads that train together with this worker. */
  readonly ports: readonly MessagePort[];
}

/** The first message to a follower: a worker that calculates gradients for the leading thread. */
export interface FollowMessage {
  readonly unrolled: "follow";
  /** The port to the leading thread. */
  readonly port: MessagePort;
}
