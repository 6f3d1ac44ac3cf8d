import type { DataOptions } from "../src/tasks/task.ts";
import type {
  DataOptionsOf,
  EvaluateOptionsOf,
  EvaluationOf,
  FormatOptionsOf,
  InputsOf,
  SpecOf,
  TaskKey,
  TaskName,
  TaskOf,
  WriteParametersOf,
} from "../src/tasks/types.ts";
import type { Evaluated } from "../src/train/evaluate.ts";
import type { TrainEvents, TrainStore } from "../src/train/train.ts";
import type {
  EvaluateRequest,
  OpenInfo,
  PredictRequest,
  RestoreRequest,
  StartRequest,
  TrainRequest,
} from "./protocol.ts";

// The parameters and results of a connection's calls, by task. If there are several tasks, the types are unions.

/** A call that can be cancelled. */
export interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

/** The task to learn; default `language-model`. */
type TaskChoice<Name> = Name extends "language-model"
  ? { readonly task?: Name | undefined }
  : { readonly task: Name };

/** A new run. */
export type StartOptions<K extends TaskKey = TaskName> = K extends TaskKey
  ? Omit<StartRequest, "task" | "spec" | keyof DataOptions> &
      DataOptionsOf<K> &
      TaskChoice<TaskOf<K>["Model"]["task"]> & {
        /** Fields that differ from the task's default spec. */
        readonly spec?: Partial<SpecOf<K>>;
      }
  : never;

/** A stopped run. */
export type RestoreOptions<K extends TaskKey = TaskName> = K extends TaskKey
  ? Omit<RestoreRequest, keyof DataOptions> & Omit<DataOptionsOf<K>, "level" | "tokens">
  : never;

/** The model that `start`, `restore` or `load` has opened, and its run. */
export type RunInfo<K extends TaskKey = TaskName> = K extends TaskKey ? OpenInfo<SpecOf<K>> : never;

/** How to train, and callbacks for the progress. */
export interface ConnectedTrainOptions<E extends Evaluated = EvaluationOf<TaskName>>
  extends TrainRequest,
    TrainEvents<E>,
    Cancellable {
  /** Saves the best model and the latest checkpoint. Its methods are called on the caller's thread. */
  readonly store?: TrainStore;
}

export type EvaluateOptions<K extends TaskKey = TaskName> = K extends TaskKey
  ? Pick<EvaluateRequest, "data"> & EvaluateOptionsOf<K>
  : never;

/** Data from which `predict` reads its inputs. They are like the training data, but labels or targets may be missing. */
export type PredictSource<K extends TaskKey = TaskName> = K extends TaskKey
  ? [InputsOf<K>] extends [never]
    ? never
    : Pick<PredictRequest, "data"> & FormatOptionsOf<K>
  : never;

/** The parameters of `generate`, which only tasks that write can call. */
export type GenerateParameters<K extends TaskKey = TaskName> = [WriteParametersOf<K>] extends [never]
  ? [task: never]
  : WriteParametersOf<K>;
