import { createRuntime, type TaskModel, Vocabulary } from "unrolled";
import { completeRecipe, newRun, TASKS, type Task, textSource } from "unrolled/tasks";
import type { CheckedData, CheckPlan } from "./checked.ts";

/** Fields of specs that models of vectors do not have. */
const TEXT_FIELDS = ["embedding", "characters", "wordDropout", "inputDropout", "embeddingStart"];

/** Reads data as a run does before its first iteration. @throws what the run would throw, such as ERR_DATA with file and line */
export async function check(data: File, plan: CheckPlan): Promise<CheckedData> {
  const task = TASKS.find(({ Model }) => Model.task === plan.task)!;
  const notes: string[] = [];
  const note = (text: string) => notes.push(text);
  const { level } = plan.options as { level?: "char" | "word" };
  let fitting: object = plan.spec;
  const { trainer } = await newRun(
    task,
    {
      sources: { data: textSource(data) },
      complete: (defaults) => {
        fitting = specFor(defaults, plan.spec);
        return { ...defaults, ...fitting };
      },
      options: { ...plan.options, note },
      recipe: completeRecipe(task.defaultRecipe(level), plan.recipe),
      length: plan.length,
    },
    createRuntime,
  );
  const { model, iterationsPerEpoch } = trainer;
  try {
    return {
      spec: fitting,
      whole: { ...model.spec } as unknown as CheckedData["whole"],
      weights: model.parameterCount,
      iterationsPerEpoch,
      notes: [...new Set(notes)],
      tables: symbolsOf(model),
      ...(await counts(task, model, data, plan.options)),
    };
  } finally {
    model.runtime.dispose();
  }
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

async function counts(task: Task, model: TaskModel, data: File, options: object) {
  if (!task.inputs) return { characters: [...(await data.text())].length };
  const names = task.options.format.filter((name) => name in options);
  const format = Object.fromEntries(names.map((name) => [name, options[name as keyof typeof options]]));
  const inputs = await task.inputs(model, textSource(data), format);
  return { examples: inputs.filter((input) => (input as { length: number }).length).length };
}
