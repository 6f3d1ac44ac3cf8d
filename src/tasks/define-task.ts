import { checkInstance, checkIterable, checkList, checkObject, checkOptions } from "../checks.ts";
import { checkNames } from "../options.ts";
import { checkReading } from "./reading.ts";
import type { TextSource } from "./source.ts";
import type { FormatOptions, InputFile, Sources, Task } from "./task.ts";

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

type InputsOf<T> = T extends {
  inputFile(model: infer M, data: TextSource, options?: FormatOptions): Promise<InputFile<infer I>>;
}
  ? { inputs(model: M, data: TextSource, options?: FormatOptions): Promise<I[]> }
  : unknown;

/**
 * Completes a task: adds `inputs` to a task with `inputFile`, and checks names and values of options. Each method refuses options that
 * it does not take. `read` also refuses sources other than `data` and `validation`.
 */
export function defineTask<T>(task: T): T & InputsOf<T> {
  const { Model, options, read, evaluate, inputFile, inputs, predict, write } = task as Task;
  const { format, data, evaluate: measures } = options;
  const check = <O extends object>(method: string, given: O, names: readonly string[]): O => {
    const what = `${method} of task ${Model.task}`;
    const set = Object.fromEntries(
      Object.entries(checkObject(what, given)).filter(([, value]) => value !== undefined),
    );
    checkNames(what, set, names);
    checkReading(what, set);
    return given;
  };
  const own = <M>(model: M): M =>
    checkInstance("model", model, Model as unknown as typeof Object, `a model of task ${Model.task}`);
  const checkInputs = (given: FormatOptions = {}) => check("inputs", given, [...format, "note"]);
  const open: Task["inputFile"] = async (model, source, given) =>
    inputFile!(own(model), checkSource("data", source), checkInputs(given));
  const checked: Partial<Task> = {
    read: async (sources, given, resumed) =>
      read(checkSources(sources), check("data", given, [...data, ...format, "note"]), resumed),
    evaluate: async (model, source, given = {}) =>
      evaluate(
        own(model),
        checkSource("data", source),
        check("evaluate", given, [...measures, ...format, "note"]),
      ),
    ...(inputs && {
      inputs: async (model, source, given) =>
        inputs(own(model), checkSource("data", source), checkInputs(given)),
    }),
    ...(inputFile && {
      inputFile: open,
      inputs: async (...parameters) => (await open(...parameters)).inputs,
    }),
    ...(predict && {
      predict: (model, inputs, ...rest) => predict(own(model), checkList("inputs", inputs), ...rest),
    }),
    ...(write && { write: (model, ...rest) => write(own(model), ...rest) }),
  };
  return { ...task, ...checked } as T & InputsOf<T>;
}
