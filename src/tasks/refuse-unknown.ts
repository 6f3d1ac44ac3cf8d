import { checkOptions } from "../checks.ts";
import type { DataOptions, EvaluateTaskOptions, Sources, Task } from "./task.ts";

const FORMAT = "labelFirst tagColumn format";

const checkSources = (sources: Sources) => checkOptions("sources", sources, "data validation");

const checkData = (options: DataOptions) =>
  checkOptions("data", options, `level tokens vocabulary minCount column target note ${FORMAT}`);

const checkEvaluation = (options: EvaluateTaskOptions) =>
  checkOptions("evaluate", options, `streams beam maxLength lengthPenalty from steps ${FORMAT}`);

/** The same task; it refuses sources and options with unknown names. */
export function refuseUnknown<T>(task: T): T {
  const { newData, sameData, evaluate } = task as Task;
  const checked: Pick<Task, "newData" | "sameData" | "evaluate"> = {
    newData: async (sources, complete, options, seed) =>
      newData(checkSources(sources), complete, checkData(options), seed),
    sameData: async (sources, spec, options, seed) =>
      sameData(checkSources(sources), spec, checkData(options), seed),
    evaluate: async (model, data, options = {}) => evaluate(model, data, checkEvaluation(options)),
  };
  return { ...task, ...checked };
}
