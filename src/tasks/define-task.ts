import { checkInstance, checkIterable, checkList, checkObject, checkOptions } from "../checks.ts";
import type { TaskModel } from "../network/model.ts";
import { checkNames } from "../options.ts";
import { withWrongInput } from "./inputs.ts";
import { oneHotDefaults } from "./one-hot.ts";
import { checkReading, readingOf } from "./reading.ts";
import { segmenterNote } from "./segmenter.ts";
import type { TextSource } from "./source.ts";
import type { FormatOptions, InputFile, Sources, Task } from "./task.ts";

function checkSources(sources: Sources): void {
  const { data, validation, vectors } = checkOptions("sources", sources, "data validation vectors");
  checkSource("sources: data", data);
  if (validation !== undefined) checkSource("sources: validation", validation);
  if (vectors !== undefined) checkSource("sources: vectors", vectors);
}

function checkSource(name: string, source: TextSource): TextSource {
  checkIterable(`${name}: chunks`, checkObject(name, source, "they are").chunks);
  return source;
}

/** Tells the user if the runtime cuts texts into other words than the one that trained the model. */
function noteSegmenter(spec: object | undefined, { note }: FormatOptions): void {
  const text = spec && note && segmenterNote(spec);
  if (text) note(text);
}

type InputsOf<T> = T extends {
  inputFile(model: infer M, data: TextSource, options?: FormatOptions): Promise<InputFile<infer I>>;
}
  ? { inputs(model: M, data: TextSource, options?: FormatOptions): Promise<I[]> }
  : unknown;

/**
 * Completes a task: adds `inputs` to a task with `inputFile`, and checks names and values of options. Each method refuses options that
 * it does not take. `read` also refuses sources other than `data` and `validation`, and completes specs with `oneHotDefaults`.
 */
export function defineTask<T>(task: T): T & InputsOf<T> {
  const {
    Model,
    Base = Model,
    options,
    read,
    evaluate,
    inputFile,
    inputs,
    predict,
    write,
    suggester,
  } = task as Task;
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
    checkInstance("model", model, Base as unknown as typeof Object, `a model of task ${Model.task}`);
  const checkInputs = (model: TaskModel, given: FormatOptions = {}) => {
    const allowed = check("inputs", given, [...format, "note"]);
    noteSegmenter(own(model).spec, allowed);
    return allowed;
  };
  const open: Task["inputFile"] = async (model, source, given) =>
    inputFile!(model, checkSource("data", source), checkInputs(model, given));
  const checked: Partial<Task> = {
    read: async (sources, given, resumed) => {
      checkSources(sources);
      const own = check("data", given, [...data, ...format, "note"]);
      if (resumed) checkObject("resumed: spec", checkObject("resumed", resumed, "it is").spec, "it is");
      if (resumed) readingOf(resumed);
      noteSegmenter(resumed?.spec, own);
      const run = await read(sources, own, resumed);
      return { ...run, prepare: (complete, seed) => run.prepare(oneHotDefaults(complete), seed) };
    },
    evaluate: async (model, source, given = {}) => {
      const allowed = check("evaluate", given, [...measures, ...format, "note"]);
      noteSegmenter(own(model).spec, allowed);
      return evaluate(model, checkSource("data", source), allowed);
    },
    ...(inputs && {
      inputs: async (model, source, given) =>
        inputs(model, checkSource("data", source), checkInputs(model, given)),
    }),
    ...(inputFile && {
      inputFile: open,
      inputs: async (...parameters) => (await open(...parameters)).inputs,
    }),
    ...(predict && {
      predict: (model, inputs, ...rest) =>
        withWrongInput(own(model), checkList("inputs", inputs), (some) => predict(model, some, ...rest)),
    }),
    ...(write && { write: (model, ...rest) => write(own(model), ...rest) }),
    ...(suggester && { suggester: (model) => suggester(own(model)) }),
  };
  return { ...task, ...checked } as T & InputsOf<T>;
}
