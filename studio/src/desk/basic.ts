import type { TaskModel } from "unrolled";
import { TASKS, type Task, textSource } from "unrolled/tasks";

export interface ModelInfo {
  readonly task: string;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly parameters: number;
}

/** Returns the task of a model. */
export const taskOf = ({ spec }: TaskModel): Task => TASKS.find(({ Model }) => Model.task === spec.task)!;

export function info({ spec, parameterCount }: TaskModel): ModelInfo {
  return { task: spec.task, spec: { ...spec }, parameters: parameterCount };
}

/** Answers inputs as `predict` of `unrolled/worker` does. */
export function predict(model: TaskModel, inputs: readonly unknown[], options?: object): readonly unknown[] {
  return taskOf(model).predict!(model, inputs, options);
}

/** Writes a text as `generate` of `unrolled/worker` does. */
export function generate(model: TaskModel, options: object): string {
  return [...taskOf(model).write!(model, options)].join("");
}

/** Measures the model on data as `evaluate` of `unrolled/worker` does. */
export async function evaluate(
  model: TaskModel,
  data: Blob,
  name: string,
  options?: object,
): Promise<object> {
  return taskOf(model).evaluate(model, textSource(new File([data], name)), options);
}
