import type { TaskModel } from "../../src/network/model.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { TASKS } from "../../src/tasks/index.ts";
import { completeRecipe, newRun, type Run, type RunLength } from "../../src/tasks/run.ts";
import { textSource } from "../../src/tasks/source.ts";
import type { DataOptions, Task } from "../../src/tasks/task.ts";
import type { Recipe } from "../../src/train/recipe.ts";
import { startRuntime } from "../runtimes.ts";
import { TEXT } from "../train/run.ts";

// To test a new task, add a small run of it to EXAMPLES: run.test.ts and new-data.test.ts take every entry through the steps
// that command line and worker share. The data are text, as a user would provide them. tasks.test.ts compares the results of
// the task with the library's own calls; add its name to the list at the start.

/** A run of a task that is small enough for a test. */
export interface Example {
  readonly task: string;
  readonly data: string;
  /** Different data of the same kind. */
  readonly validation: string;
  readonly options?: DataOptions;
  readonly spec?: object;
  readonly recipe?: Partial<Recipe>;
}

const lines = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => `${line(i)}\n`).join("");
const word = (i: number) => ["red", "green", "blue", "cow", "sleeps", "runs"][(i * i + 3) % 6]!;
const words = (i: number) => `${word(i)} ${word(i + 1)} ${word(3 * i)}`;
const sentence = (i: number) => `${word(i)}\tB-x\n${word(i + 1)}\tI-x\n${word(3 * i)}\tO\n`;
const row = (i: number) => `${i % 7},d${i},${(i * 5) % 3}`;

export const EXAMPLES: Readonly<Record<string, Example>> = {
  "a language model of characters": {
    task: "language-model",
    data: TEXT,
    validation: TEXT.slice(0, 200),
    recipe: { batch: 4, seq: 6 },
  },
  "a language model of words": {
    task: "language-model",
    data: TEXT,
    validation: TEXT.slice(0, 200),
    options: { level: "word", minCount: 3 },
    recipe: { batch: 4, seq: 6 },
  },
  "a classifier": {
    task: "classifier",
    data: lines(40, (i) => `${words(i)}\t${"xy"[i % 2]}`),
    validation: lines(8, (i) => `${words(i)}\t${"xy"[i % 2]}`),
  },
  "a classifier of vectors": {
    task: "classifier",
    data: lines(40, (i) => `{"input":[[${i},1],[2,${i % 3}]],"label":"${"xy"[i % 2]}"}`),
    validation: lines(8, (i) => `{"input":[[${i},1]],"label":"${"xy"[i % 2]}"}`),
    options: { format: "jsonl" },
  },
  "a tagger": { task: "tagger", data: lines(30, sentence), validation: lines(5, sentence) },
  "an encoder-decoder": {
    task: "encoder-decoder",
    data: lines(40, (i) => `${words(i)}\t${word(i)}`),
    validation: lines(8, (i) => `${words(i)}\t${word(i)}`),
    recipe: { teacherForcing: 0.5 },
  },
  "an encoder-decoder of vectors": {
    task: "encoder-decoder",
    data: lines(40, (i) => `{"vectors":[[${i},1],[2,${i % 3}],[0,1]],"target":"${words(i)}"}`),
    validation: lines(8, (i) => `{"vectors":[[${i},1],[1,2]],"target":"${words(i)}"}`),
    options: { format: "jsonl" },
  },
  "an autoencoder of vectors": {
    task: "autoencoder",
    data: lines(40, (i) => `{"input":[[${i},1],[2,${i % 3}],[0,1]]}`),
    validation: lines(8, (i) => `{"input":[[${i},1],[1,2]]}`),
    options: { format: "jsonl" },
  },
  "an autoencoder": {
    task: "autoencoder",
    data: lines(40, (i) => words(i)),
    validation: lines(8, (i) => words(i)),
  },
  "a forecaster": {
    task: "forecaster",
    data: `a,date,b\n${lines(90, row)}`,
    validation: `b,a\n${lines(40, (i) => `${i % 3},${i % 7}`)}`,
  },
  "a generator from sequences of words": {
    task: "generator",
    data: lines(40, (i) => `${words(i)}\t${word(i)}`),
    validation: lines(8, (i) => `${words(i)}\t${word(i)}`),
    spec: { condition: "sequence" },
  },
  "a generator from vectors": {
    task: "generator",
    data: lines(40, (i) => `{"condition":[[${i},1],[2,${i % 3}],[0,1]],"text":"${words(i)}"}`),
    validation: lines(8, (i) => `{"condition":[[${i},1],[1,2]],"text":"${words(i)}"}`),
    options: { format: "jsonl" },
  },
  "a generator": {
    task: "generator",
    data: lines(40, (i) => `${"xy"[i % 2]}\t${words(i)}`),
    validation: lines(8, (i) => `${"xy"[i % 2]}\t${words(i)}`),
  },
  "an embedder of vectors": {
    task: "embedder",
    data: lines(40, (i) => `{"vectors":[[${i},1],[2,${i % 3}]],"partner":[[${i},0],[1,${i % 3}],[0,1]]}`),
    validation: lines(8, (i) => `{"vectors":[[${i},1],[2,${i % 3}]],"partner":[[${i},0]]}`),
    options: { format: "jsonl" },
  },
  "an embedder": {
    task: "embedder",
    data: lines(40, (i) => `${words(i)}\t${words(i + 2)}`),
    validation: lines(8, (i) => `${words(i)}\t${words(i + 2)}`),
  },
  "a transcriber": {
    task: "transcriber",
    data: lines(40, (i) => `{"vectors":[[${i},1],[2,${i % 3}],[0,1]],"text":"${"xy"[i % 2]}"}`),
    validation: lines(8, (i) => `{"vectors":[[${i},1],[1,2]],"text":"${"xy"[i % 2]}"}`),
    options: { format: "jsonl" },
  },
};

export const taskOf = ({ task }: Pick<Example, "task">): Task =>
  TASKS.find(({ Model }) => Model.task === task)!;

export const sourcesOf = ({ data, validation }: Pick<Example, "data"> & { validation?: string }) => ({
  data: textSource(data, "data.txt"),
  validation: validation === undefined ? undefined : textSource(validation, "held.txt"),
});

/** Starts a small run, before its first iteration. */
export function begin(
  example: Omit<Example, "validation"> & { validation?: string },
  length: RunLength = { iterations: 6 },
  makeRuntime: () => Promise<Runtime> = startRuntime,
): Promise<Run> {
  const task = taskOf(example);
  const { options = {}, spec, recipe } = example;
  return newRun(
    task,
    {
      sources: sourcesOf(example),
      complete: (defaults) => ({ ...defaults, hidden: 4, layers: 1, ...spec }),
      options,
      recipe: completeRecipe(task.defaultRecipe(options.level), { seed: 3, ...recipe }),
      length,
    },
    makeRuntime,
  );
}

/** Trains an example for 6 iterations. @returns the model */
export async function trained<M extends TaskModel>(name: string): Promise<M> {
  const { trainer } = await begin(EXAMPLES[name]!);
  for (let i = 0; i < 6; i++) trainer.step();
  return trainer.model as M;
}
