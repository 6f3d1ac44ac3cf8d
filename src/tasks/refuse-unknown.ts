import { checkOptions } from "../checks.ts";
import type { DataOptions, EvaluateTaskOptions, FormatOptions, Sources, Task } from "./task.ts";

const FORMAT = "labelFirst tagColumn format";

const checkSources = (sources: Sources) => checkOptions("sources", sources, "data validation");

const checkFormat = (options: FormatOptions) => checkOptions("inputs", options, FORMAT);

const checkData = (options: DataOptions) =>
  checkOptions("data", options, `level tokens vocabulary minCount column target note ${FORMAT}`);

const checkEvaluation = (options: EvaluateTaskOptions) =>
  checkOptions("evaluate", options, `streams beam maxLength lengthPenalty from steps ${FORMAT}`);

/** Wraps a task so that it refuses sources and options with unknown names. */
export function refuseUnknown<T>(task: T): T {
  const { read, evaluate, inputs } = task as Task;
  const checked: Pick<Task, "read" | "evaluate" | "inputs"> = {
    read: async (sources, options, spec) => read(checkSources(sources), checkData(options), spec),
    evaluate: async (model, data, options = {}) => evaluate(model, data, checkEvaluation(options)),
    ...(inputs && {
      inputs: async (model, data, options = {}) => inputs(model, data, checkFormat(options)),
    }),
  };
  return { ...task, ...checked };
}
