import { createRuntime, type TaskModel, Vocabulary } from "unrolled";
import {
  completeRecipe,
  newRun,
  TASKS,
  type Task,
  type TaskData,
  type TextSource,
  textSource,
} from "unrolled/tasks";
import type { CheckedData, CheckPlan } from "./checked.ts";
import { textFile, WAS_UTF16 } from "./text-file.ts";
import { type Report, watched } from "./watched.ts";

/** Fields of specs that models of vectors do not have. */
const TEXT_FIELDS = ["embedding", "characters", "wordDropout", "inputDropout", "embeddingStart"];

/** Data that were read for a check. */
interface Read {
  readonly file: File;
  readonly data: TaskData;
  /** What was said when they were read. */
  readonly notes: readonly string[];
  /** What is said from then on. */
  later: string[];
  readonly characters: number;
  /** Number of examples; counted once. */
  examples?: number;
}

/** The data that were read last: another network for them need not read them again. */
let last: { readonly key: string; readonly read: Promise<Read> } | undefined;

/**
 * Reads data as a run does before its first iteration.
 *
 * @param id tells the data from others; without it, they are read again at each call
 * @throws what the run would throw, such as ERR_DATA with file and line
 */
export async function check(
  data: File,
  plan: CheckPlan,
  id?: string,
  report: Report = () => {},
): Promise<CheckedData> {
  const task = TASKS.find(({ Model }) => Model.task === plan.task)!;
  const key = JSON.stringify([id, plan.task, plan.options]);
  if (!last || last.key !== key || id === undefined) last = { key, read: readData(task, data, plan, report) };
  const read = await last.read.catch((error) => {
    last = undefined;
    throw error;
  });
  read.later = [];
  report({ stage: "preparing", share: 1 });
  const { level } = plan.options as { level?: "char" | "word" };
  let fitting: object = plan.spec;
  const trainerOf = async (spec: object) => {
    const { trainer } = await newRun(
      { ...task, read: async () => read.data },
      {
        sources: { data: textSource(read.file) },
        complete: (defaults) => {
          fitting = specFor(defaults, spec);
          return { ...defaults, ...fitting };
        },
        options: plan.options,
        recipe: completeRecipe(task.defaultRecipe(level), plan.recipe),
        length: plan.length,
      },
      createRuntime,
    );
    return trainer;
  };
  let trainer = await trainerOf(plan.spec);
  if (plan.task === "forecaster" && !("horizon" in plan.spec)) {
    const { examples = 0 } = await counts(task, trainer.model, read, plan.options, report);
    trainer.model.runtime.dispose();
    trainer = await trainerOf({ ...plan.spec, horizon: horizonFor(examples) });
  }
  const { model, iterationsPerEpoch } = trainer;
  try {
    return {
      ...(read.file !== data && { data: read.file }),
      spec: fitting,
      whole: { ...model.spec } as unknown as CheckedData["whole"],
      weights: model.parameterCount,
      iterationsPerEpoch,
      notes: [...new Set([...read.notes, ...read.later])],
      tables: symbolsOf(model),
      ...(await counts(task, model, read, plan.options, report)),
    };
  } finally {
    model.runtime.dispose();
  }
}

/** Returns the number of steps to forecast if none was chosen: a twentieth of the rows, at most 12. @param rows those of the data */
export const horizonFor = (rows: number): number => Math.max(1, Math.min(12, Math.floor(rows / 20)));

async function readData(task: Task, data: File, { options }: CheckPlan, report: Report): Promise<Read> {
  const file = await textFile(data);
  const notes: string[] = [];
  let characters = 0;
  const source = watched(file, "reading", report, (chunk) => {
    characters += chunk.length - (chunk.match(/[\ud800-\udbff]/g)?.length ?? 0);
  });
  let say = (text: string) => void notes.push(text);
  const read = await task.read({ data: source }, { ...options, note: (text) => say(text) });
  const found: Read = { file, data: read, notes, later: [], characters };
  say = (text) => void found.later.push(text);
  if (file !== data) notes.push(WAS_UTF16);
  return found;
}

/** Leaves out fields of texts if the data are vectors. */
function specFor(defaults: object, spec: object): object {
  if (!(defaults as { features?: number }).features) return spec;
  return Object.fromEntries(Object.entries(spec).filter(([name]) => !TEXT_FIELDS.includes(name)));
}

/** The symbols of each vocabulary of a model: of its labels, conditions and tokens. */
const symbolsOf = ({ tables }: TaskModel): Record<string, readonly string[]> =>
  Object.fromEntries(
    Object.entries(tables).flatMap(([name, table]) =>
      table instanceof Vocabulary ? [[name, table.symbols]] : [],
    ),
  );

/** Counts the examples of data. */
export async function countExamples(
  task: Task,
  model: TaskModel,
  source: TextSource,
  options: object,
): Promise<number> {
  const names = task.options.format.filter((name) => name in options);
  const format = Object.fromEntries(names.map((name) => [name, options[name as keyof typeof options]]));
  const inputs = await task.inputs!(model, source, format);
  return inputs.filter((input) => (input as { length: number }).length).length;
}

async function counts(
  task: Task,
  model: TaskModel,
  read: Read,
  options: object,
  report: Report,
): Promise<Pick<CheckedData, "examples" | "characters">> {
  if (!task.inputs) return { characters: read.characters };
  read.examples ??= await countExamples(task, model, watched(read.file, "counting", report), options);
  return { examples: read.examples };
}
