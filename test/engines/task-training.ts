import type { Recipe, Runtime } from "../../src/index.ts";
import { type Task, textSource } from "../../src/tasks/index.ts";
import type { DataOptions } from "../../src/tasks/task.ts";
import { folderOf } from "./folders.ts";
import { dataFile, type Training } from "./training-cases.ts";

/** A training that reads a file. */
export interface FileCase {
  readonly name: string;
  /** What the file has. */
  readonly text: string;
  /** The name of the file. */
  readonly file?: string;
  /** Fields of the spec that differ from those of the test. */
  readonly spec?: object;
  /** Fields of the recipe that differ from those of the test. */
  readonly recipe?: Partial<Recipe>;
  /** How the file is read. */
  readonly options?: DataOptions;
}

/** Reads the file of a case and prepares a training as `unrolled train` does. @param given standard fields of spec and recipe */
export async function taskTraining(
  task: Task,
  rt: Runtime,
  { text, file, spec, recipe, options = {} }: FileCase,
  given: { readonly spec: object; readonly recipe: Partial<Recipe> },
): Promise<Training> {
  const data = dataFile(text, file);
  const whole = { ...task.defaultRecipe(options.level), ...given.recipe, ...recipe };
  const read = await task.read({ data: textSource(text, data) }, options);
  const run = await read.prepare((defaults) => ({ ...defaults, ...given.spec, ...spec }), whole.seed);
  const model = run.model(rt);
  if (Object.keys(read.reading).length) model.reading = read.reading;
  const trainer = run.trainer(model, whole);
  const validate = () => trainer.averaged(() => trainer.validate());
  return { folder: folderOf(model, trainer.recipe), data, trainer: { step: () => trainer.step(), validate } };
}
