import { createRuntime, type LanguageModel, loadModel, serializeCheckpoint, serializeModel } from "unrolled";
import { completeRecipe, iterationsOf, TASKS } from "unrolled/tasks";
import { countExamples } from "./check.ts";
import type { CheckPlan, FurtherData } from "./checked.ts";
import { readingOptions } from "./run-data.ts";
import { textFile, WAS_UTF16 } from "./text-file.ts";
import { type Report, watched } from "./watched.ts";

/**
 * Reads data with a model that exists, as a run does that trains it further.
 *
 * @param bytes the file of the model
 * @returns a checkpoint before the first iteration, from which the training can be continued, and what was found in the data
 * @throws what the run would throw, such as ERR_DATA if the model has not one of the labels
 */
export async function further(
  bytes: Uint8Array,
  given: File,
  plan: CheckPlan,
  report: Report = () => {},
): Promise<FurtherData> {
  const data = await textFile(given);
  const task = TASKS.find(({ Model }) => Model.task === plan.task)!;
  const notes = data === given ? [] : [WAS_UTF16];
  const note = (text: string) => notes.push(text);
  const reading = readingOptions(plan);
  const { level } = plan.spec as { level?: "char" | "word" };
  const recipe = completeRecipe(task.defaultRecipe(level), plan.recipe);
  const runtime = await createRuntime({ seed: recipe.seed });
  try {
    const stored = loadModel(runtime, bytes, [task.Model]);
    const earlier = { spec: stored.spec, reading: stored.reading };
    const source = watched(data, "reading", report);
    const read = await task.read({ data: source }, { ...reading, note }, earlier);
    report({ stage: "preparing", share: 1 });
    const { trainer: makeTrainer } = await read.resume(stored.spec, recipe.seed);
    // Weights of 8 bits cannot be trained.
    const model = loadModel(runtime, serializeModel(stored, { dtype: "f32" }), [task.Model]);
    stored.dispose();
    if (Object.keys(read.reading).length) model.reading = read.reading;
    const trainer = makeTrainer(model, recipe);
    const iterations = iterationsOf(plan.length, task, trainer);
    trainer.setLengths({
      ...(["cosine", "linear"].includes(recipe.schedule) && { lrDecayOver: iterations }),
      ...(recipe.teacherForcing < 1 && { teacherForcingOver: iterations }),
    });
    const found = async () => {
      if (task.inputs) {
        return { examples: await countExamples(task, model, watched(data, "counting", report), reading) };
      }
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
