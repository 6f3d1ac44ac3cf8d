import { checkObject, checkOptions } from "../checks.ts";
import { checkNames } from "../options.ts";
import type { Sources, Task } from "./task.ts";

const checkSources = (sources: Sources) => checkOptions("sources", sources, "data validation");

/**
 * Returns a copy of a task that checks names of options in `read`, `evaluate` and `inputs`. Each of these methods
 * refuses options that it does not take. `read` also refuses sources other than `data` and `validation`.
 */
export function refuseUnknown<T>(task: T): T {
  const { Model, options, read, evaluate, inputs } = task as Task;
  const { format, data, evaluate: measures } = options;
  const check = <O extends object>(method: string, given: O, names: readonly string[]): O => {
    const what = `${method} of task ${Model.task}`;
    const set = Object.entries(checkObject(what, given)).filter(([, value]) => value !== undefined);
    checkNames(what, Object.fromEntries(set), names);
    return given;
  };
  const checked: Pick<Task, "read" | "evaluate" | "inputs"> = {
    read: async (sources, given, spec) =>
      read(checkSources(sources), check("data", given, [...data, ...format, "note"]), spec),
    evaluate: async (model, source, given = {}) =>
      evaluate(model, source, check("evaluate", given, [...measures, ...format, "note"])),
    ...(inputs && {
      inputs: async (model, source, given = {}) =>
        inputs(model, source, check("inputs", given, [...format, "note"])),
    }),
  };
  return { ...task, ...checked };
}
