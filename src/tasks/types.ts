import type { Evaluated } from "../train/evaluate.ts";
import type { ALL } from "./all.ts";
import type { DataOptions, EvaluateTaskOptions, FormatOptions, OptionNames, Task } from "./task.ts";

// Types of a task, such as its options and results. They are derived from the task object.

type LibraryTask = (typeof ALL)[number];

/** The name of a task of the library. */
export type TaskName = LibraryTask["Model"]["task"];

/**
 * A type argument that stands for a task: the name of a task of the library, or the type of your own `Task`. A union of several
 * names or types stands for any of these tasks.
 */
export type TaskKey = TaskName | Task;

/** The type of the task object. */
export type TaskOf<K extends TaskKey> = K extends Task
  ? K
  : Extract<LibraryTask, { readonly Model: { readonly task: K } }>;

type ModelOfTask<T> = T extends { readonly Model: { build(...parameters: never): infer M } } ? M : never;
type SpecOfModel<M> = M extends { readonly spec: infer Spec } ? Spec : never;
type NamesOfTask<T> = T extends { readonly options: infer Names extends OptionNames } ? Names : never;
type Named<Names extends OptionNames, Of extends keyof OptionNames> = Names[Of][number];

/** The type of a method that only some tasks have. If the method is missing or optional in T, the type is `never`. */
type Method<T, Name extends string> = T extends { readonly [N in Name]: infer F } ? F : never;
/** The parameters of a method, without its first one, the model. */
type Rest<F> = F extends (model: never, ...rest: infer R) => unknown ? R : never;
type All<F> = F extends (...parameters: infer P) => unknown ? P : never;
type Result<F> = F extends (...parameters: never) => infer R ? R : never;

/** The models of a task. */
export type ModelOf<K extends TaskKey> = ModelOfTask<TaskOf<K>>;

/** The spec of a task's models. */
export type SpecOf<K extends TaskKey> = SpecOfModel<ModelOf<K>>;

/** The result of a task's `evaluate`. */
export type EvaluationOf<K extends TaskKey> =
  TaskOf<K> extends { evaluate(...parameters: never): Promise<infer E extends Evaluated> } ? E : never;

/** The options that describe the format of a task's data. */
export type FormatOptionsOf<K extends TaskKey> = Pick<FormatOptions, Named<NamesOfTask<TaskOf<K>>, "format">>;

/** The options of a task's `read`, except `note`. */
export type DataOptionsOf<K extends TaskKey> = FormatOptionsOf<K> &
  Pick<DataOptions, Named<NamesOfTask<TaskOf<K>>, "data">>;

/** The options of a task's `evaluate`. */
export type EvaluateOptionsOf<K extends TaskKey> = FormatOptionsOf<K> &
  Pick<EvaluateTaskOptions, Named<NamesOfTask<TaskOf<K>>, "evaluate">>;

/** The inputs of a task's `predict`. If the task does not predict, the type is `never`. */
export type InputsOf<K extends TaskKey> = Rest<Method<TaskOf<K>, "predict">>[0];

/** The options of a task's `predict`. */
export type PredictOptionsOf<K extends TaskKey> = NonNullable<Rest<Method<TaskOf<K>, "predict">>[1]>;

/** The result of a task's `predict`. It has one entry for each input, or for each step of a forecast. */
export type PredictionsOf<K extends TaskKey> = Result<Method<TaskOf<K>, "predict">>;

/** The parameters of a task's `write` after the model: its options. If the task does not write text, the type is `never`. */
export type WriteParametersOf<K extends TaskKey> = Rest<Method<TaskOf<K>, "write">>;

type Suggest<K extends TaskKey> = Method<Result<Method<TaskOf<K>, "suggester">>, "suggest">;

/** The text and options of a task's suggestions. If the task does not suggest words, the type is `never`. */
export type SuggestParametersOf<K extends TaskKey> = All<Suggest<K>>;

/** The suggestions of a task, the most probable first. If the task does not suggest words, the type is `never`. */
export type SuggestionsOf<K extends TaskKey> = Result<Suggest<K>>;
