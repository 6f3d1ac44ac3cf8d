import {
  createRuntime,
  type LanguageModel,
  loadModel,
  serializeCheckpoint,
  serializeModel,
  type TaskModel,
} from "unrolled";
import { completeRecipe, iterationsOf, textSource } from "unrolled/tasks";
import { taskOf } from "./basic.ts";
import { countExamples } from "./check.ts";
import type { CheckPlan, FurtherData } from "./checked.ts";
import { readingOptions } from "./run-data.ts";
import { textFile } from "./text-file.ts";

/**
 * Reads data with a model that exists, as a run does that trains it further.
 *
 * @returns a checkpoint before the first iteration, from which the training can be continued, and what was found in the data
 * @throws what the run would throw, such as ERR_DATA if the model has not one of the labels
 */
export async function further(model: TaskModel, given: File, plan: CheckPlan): Promise<FurtherData> {
  const data = await textFile(given);
  const task = taskOf(model);
  const notes: string[] = [];
  const note = (text: string) => notes.push(text);
  const reading = readingOptions(plan);
  const earlier = { spec: model.spec, reading: model.reading };
  const read = await task.read({ data: textSource(data) }, { ...reading, note }, earlier);
  const recipe = completeRecipe(task.defaultRecipe((model.spec as { level?: "char" }).level), plan.recipe);
  const { trainer: makeTrainer } = await read.resume(model.spec, recipe.seed);
  const runtime = await createRuntime({ seed: recipe.seed });
  try {
    // The model of the pictures stays as it is. Weights of 8 bits cannot be trained.
    const copy = loadModel(runtime, serializeModel(model, { dtype: "f32" }), [task.Model]);
    if (Object.keys(read.reading).length) copy.reading = read.reading;
    const trainer = makeTrainer(copy, recipe);
    const iterations = iterationsOf(plan.length, task, trainer);
    trainer.setLengths({
      ...(["cosine", "linear"].includes(recipe.schedule) && { lrDecayOver: iterations }),
      ...(recipe.teacherForcing < 1 && { teacherForcingOver: iterations }),
    });
    const found = async () => {
      if (task.inputs) return { examples: await countExamples(task, copy, textSource(data), reading) };
      const text = await data.text();
      noteUnknown(model as LanguageModel, text, note);
      return { characters: [...text].length };
    };
    const counts = await found();
    return {
      checkpoint: serializeCheckpoint(trainer, { best: null, dataHash: read.hash }),
      notes: [...new Set(notes)],
      ...(data !== given && { data }),
      ...counts,
    };
  } finally {
    runtime.dispose();
  }
}

/** Says how much of a text a language model does not know. */
function noteUnknown(model: LanguageModel, text: string, note: (text: string) => void): void {
  const ids = model.encode(text);
  const { unknownId } = model.vocabulary;
  const unknown = ids.reduce((count: number, id: number) => count + Number(id === unknownId), 0);
  const percent = Math.ceil((100 * unknown) / ids.length);
  if (unknown)
    note(
      `The network does not know about ${percent}% of the symbols of this text, and reads them all as one.`,
    );
}
