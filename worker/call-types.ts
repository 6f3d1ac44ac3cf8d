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

// What the calls of a connection take and return, by task; of several tasks, the union.

/** A call that can be given up. */
export interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

/** Says what to learn. A language model is learnt by default. */
type TaskChoice<Name> = Name extends "language-model"
  ? { readonly task?: Name | undefined }
  : { readonly task: Name };

/** A new run. */
export type StartOptions<K extends TaskKey = TaskName> = K extends TaskKey
  ? Omit<StartRequest, "task" | "spec" | keyof DataOptions> &
      DataOptionsOf<K> &
      TaskChoice<TaskOf<K>["Model"]["task"]> & {
        /** Where it differs from the task's default. */
        readonly spec?: Partial<SpecOf<K>>;
      }
  : never;

/** A run that was stopped. */
export type RestoreOptions<K extends TaskKey = TaskName> = K extends TaskKey
  ? Omit<RestoreRequest, keyof DataOptions> & Omit<DataOptionsOf<K>, "level" | "tokens">
  : never;

/** What `start`, `restore` and `load` have made. */
export type RunInfo<K extends TaskKey = TaskName> = K extends TaskKey ? OpenInfo<SpecOf<K>> : never;

/** How to train, and what to hear of it. */
export interface ConnectedTrainOptions<E extends Evaluated = EvaluationOf<TaskName>>
  extends TrainRequest,
    TrainEvents<E>,
    Cancellable {
  /** Where the best model and the latest checkpoint go; on this side. */
  readonly store?: TrainStore;
}

export type EvaluateOptions<K extends TaskKey = TaskName> = K extends TaskKey
  ? Pick<EvaluateRequest, "data"> & EvaluateOptionsOf<K>
  : never;

/** Where `predict` reads its inputs: data like those of training, with or without what it is to predict. */
export type PredictSource<K extends TaskKey = TaskName> = K extends TaskKey
  ? [InputsOf<K>] extends [never]
    ? never
    : Pick<PredictRequest, "data"> & FormatOptionsOf<K>
  : never;

/** The options of `generate`; nothing can be given if the task does not write. */
export type GenerateParameters<K extends TaskKey = TaskName> = [WriteParametersOf<K>] extends [never]
  ? [task: never]
  : WriteParametersOf<K>;
