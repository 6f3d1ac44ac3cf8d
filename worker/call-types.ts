import type { DataOptions } from "../src/tasks/task.ts";
import type {
  DataOptionsOf,
  EvaluateOptionsOf,
  EvaluationOf,
  FormatOptionsOf,
  InputsOf,
  SpecOf,
  SuggestParametersOf,
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

// Types of the parameters and results of a connection's calls. The types depend on the task K. If K is a union of tasks, each
// type is a union too.

/** Options of a call that can be cancelled. */
export interface Cancellable {
  /** Aborting this signal cancels the call, which then rejects with ERR_ABORTED. */
  readonly signal?: AbortSignal | undefined;
}

/** The field that names the task to learn. It may be left out for `language-model`, the default. */
type TaskChoice<Name> = Name extends "language-model"
  ? { readonly task?: Name | undefined }
  : { readonly task: Name };

/** Describes a new run. */
export type StartOptions<K extends TaskKey = TaskName> = K extends TaskKey
  ? Omit<StartRequest, "task" | "spec" | keyof DataOptions> &
      DataOptionsOf<K> &
      TaskChoice<TaskOf<K>["Model"]["task"]> & {
        /** Fields that replace those of the task's default spec. */
        readonly spec?: Partial<SpecOf<K>>;
      }
  : never;

/** Describes a stopped run, which is to be continued. */
export type RestoreOptions<K extends TaskKey = TaskName> = K extends TaskKey
  ? Omit<RestoreRequest, keyof DataOptions> & Omit<DataOptionsOf<K>, "level" | "tokens" | "multiLabel">
  : never;

/** The model that `load` has opened. It has no run. */
export type ModelInfo<K extends TaskKey = TaskName> = K extends TaskKey ? OpenInfo<SpecOf<K>> : never;

/** The model that `start` or `restore` has opened, and its run. */
export type RunInfo<K extends TaskKey = TaskName> = ModelInfo<K> & Required<Pick<OpenInfo, "run">>;

/** The length of training, and callbacks that report the progress. */
export interface ConnectedTrainOptions<E extends Evaluated = EvaluationOf<TaskName>>
  extends TrainRequest,
    TrainEvents<E>,
    Cancellable {
  /** Saves the best model and the latest checkpoint. The methods of the store are called on the caller's thread. */
  readonly store?: TrainStore;
}

/** The data to evaluate, and how they are read. */
export type EvaluateOptions<K extends TaskKey = TaskName> = K extends TaskKey
  ? Pick<EvaluateRequest, "data" | (keyof EvaluateOptionsOf<K> & keyof EvaluateRequest)>
  : never;

/** Data from which `predict` reads its inputs. They have the format of the training data. Labels or targets may be missing. */
export type PredictSource<K extends TaskKey = TaskName> = K extends TaskKey
  ? [InputsOf<K>] extends [never]
    ? never
    : Pick<PredictRequest, "data"> & FormatOptionsOf<K>
  : never;

/** The parameters of `generate`. If the task does not write text, their type is `never`, so that no call compiles. */
export type GenerateParameters<K extends TaskKey = TaskName> = [WriteParametersOf<K>] extends [never]
  ? [task: never]
  : WriteParametersOf<K>;

/** The parameters of `suggest`. If the task does not suggest words, their type is `never`, so that no call compiles. */
export type SuggestParameters<K extends TaskKey = TaskName> = [SuggestParametersOf<K>] extends [never]
  ? [task: never]
  : SuggestParametersOf<K>;
