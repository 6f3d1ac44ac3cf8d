import { checkObject, checkOptions } from "../checks.ts";
import { checkNames } from "../options.ts";
import { segmenterNote } from "./segmenter.ts";
import type { FormatOptions, Sources, Task } from "./task.ts";

const checkSources = (sources: Sources) => checkOptions("sources", sources, "data validation");

/** Tells the user if the runtime cuts texts into other words than the one that trained the model. */
function noteSegmenter(spec: object | undefined, { note }: FormatOptions): void {
  const text = spec && note && segmenterNote(spec);
  if (text) note(text);
}

/**
 * Returns a copy of a task that checks names of options in `read`, `evaluate` and `inputs`. Each of these methods
 * refuses options that it does not take. `read` also refuses sources other than `data` and `validation`. Each of the methods
 * also tells the user if the model was trained with other word lists.
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
    read: async (sources, given, spec) => {
      const options = check("data", given, [...data, ...format, "note"]);
      noteSegmenter(spec, options);
      return read(checkSources(sources), options, spec);
    },
    evaluate: async (model, source, given = {}) => {
      const options = check("evaluate", given, [...measures, ...format, "note"]);
      noteSegmenter(model.spec, options);
      return evaluate(model, source, options);
    },
    ...(inputs && {
      inputs: async (model, source, given = {}) => {
        const options = check("inputs", given, [...format, "note"]);
        noteSegmenter(model.spec, options);
        return inputs(model, source, options);
      },
    }),
  };
  return { ...task, ...checked };
}
