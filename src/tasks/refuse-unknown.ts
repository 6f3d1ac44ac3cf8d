import { checkInstance, checkIterable, checkList, checkObject, checkOptions } from "../checks.ts";
import { checkNames } from "../options.ts";
import type { TextSource } from "./source.ts";
import type { Sources, Task } from "./task.ts";

const checkSources = (sources: Sources): Sources => {
  const { data, validation } = checkOptions("sources", sources, "data validation");
  checkSource("sources: data", data);
  if (validation !== undefined) checkSource("sources: validation", validation);
  return sources;
};

function checkSource(name: string, source: TextSource): TextSource {
  checkIterable(`${name}: chunks`, checkObject(name, source, "they are").chunks);
  return source;
}

/**
 * Returns a copy of a task that checks names of options in `read`, `evaluate` and `inputs`. Each of these methods
 * refuses options that it does not take. `read` also refuses sources other than `data` and `validation`.
 */
export function refuseUnknown<T>(task: T): T {
  const { Model, options, read, evaluate, inputs, predict, write } = task as Task;
  const { format, data, evaluate: measures } = options;
  const check = <O extends object>(method: string, given: O, names: readonly string[]): O => {
    const what = `${method} of task ${Model.task}`;
    const set = Object.entries(checkObject(what, given)).filter(([, value]) => value !== undefined);
    checkNames(what, Object.fromEntries(set), names);
    return given;
  };
  const own = <M>(model: M): M =>
    checkInstance("model", model, Model as unknown as typeof Object, `a model of task ${Model.task}`);
  const checked: Pick<Task, "read" | "evaluate" | "inputs" | "predict" | "write"> = {
    read: async (sources, given, spec) =>
      read(checkSources(sources), check("data", given, [...data, ...format, "note"]), spec),
    evaluate: async (model, source, given = {}) => {
      check("evaluate", given, [...measures, ...format, "note"]);
      return evaluate(own(model), checkSource("data", source), given);
    },
    ...(inputs && {
      inputs: async (model, source, given = {}) => {
        check("inputs", given, [...format, "note"]);
        return inputs(own(model), checkSource("data", source), given);
      },
    }),
    ...(predict && {
      predict: (model, inputs, ...rest) => predict(own(model), checkList("inputs", inputs), ...rest),
    }),
    ...(write && { write: (model, ...rest) => write(own(model), ...rest) }),
  };
  return { ...task, ...checked };
}
