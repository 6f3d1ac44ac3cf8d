import { createRuntime, openCheckpoint, parseModel, serializeModel, type TaskModel } from "unrolled";
import { completeRecipe, newRun, resumeRun, TASKS, type Task, textSource } from "unrolled/tasks";
import { expect, it } from "vitest";
import type { CheckProgress } from "../../../studio/src/desk/checked.ts";
import { further as read } from "../../../studio/src/desk/further.ts";

const kinds = TASKS.map(({ Model }) => Model);
const taskOf = (name: string): Task => TASKS.find(({ Model }) => Model.task === name)!;

/** Trains a model a little. */
async function trained(name: string, file: File, options: object, spec: object): Promise<TaskModel> {
  const task = taskOf(name);
  const { trainer } = await newRun(
    task,
    {
      sources: { data: textSource(file) },
      complete: (defaults) => ({ ...defaults, ...spec }),
      options,
      recipe: completeRecipe(task.defaultRecipe(), { batch: 8 }),
      length: { iterations: 3 },
    },
    () => createRuntime({ variant: "strict" }),
  );
  for (let i = 0; i < 3; i++) trainer.step();
  return trainer.model as TaskModel;
}

const plan = (task: string, options: object = {}, recipe: object = {}) => ({
  task: task as "classifier",
  options,
  spec: {},
  recipe: { batch: 4, ...recipe },
  length: { iterations: 40 },
});

const further = (
  model: TaskModel,
  ...rest: Parameters<typeof read> extends [unknown, ...infer R] ? R : never
) => read(serializeModel(model), ...rest);

/** Continues a checkpoint as the studio's worker does. */
const resumed = (name: string, checkpoint: Uint8Array, file: File, options: object = {}) =>
  resumeRun(
    taskOf(name),
    openCheckpoint(checkpoint, kinds),
    { data: textSource(file) },
    options,
    {},
    createRuntime,
  );

const sorted = (first: string, second: string) =>
  new File(
    [Array.from({ length: 40 }, (_, i) => `${"ab"[i % 2]}${i}\t${[first, second][i % 2]}`).join("\n")],
    "a.tsv",
  );

it("begins from the weights of the model and leaves it as it is", async () => {
  const model = await trained("classifier", sorted("up", "down"), { level: "char" }, { hidden: 4 });
  const before = serializeModel(model);
  const other = new File([`${await sorted("down", "up").text()}\nb99\tup`], "b.tsv");
  const { checkpoint, examples } = await further(
    model,
    other,
    plan("classifier", { level: "char" }, { schedule: "linear" }),
  );
  expect(examples).toBe(41);
  expect(serializeModel(model)).toEqual(before);
  const { trainer } = await resumed("classifier", checkpoint, other);
  expect(parseModel(serializeModel(trainer.model), kinds).tensors).toEqual(parseModel(before, kinds).tensors);
  expect(trainer.iteration).toBe(0);
  expect(trainer.recipe).toMatchObject({ batch: 4, schedule: "linear", lrDecayOver: 40 });
  expect(trainer.step()).toBeGreaterThan(0);
});

it("trains a model of 8 bits further, in floats", async () => {
  const file = new File(["to be or not to be ".repeat(200)], "a.txt");
  const model = await trained("language-model", file, {}, { hidden: 8, layers: 1 });
  model.dtype = "int8";
  const { checkpoint } = await further(model, file, plan("language-model"));
  const { trainer } = await resumed("language-model", checkpoint, file);
  expect(trainer.step()).toBeGreaterThan(0);
  expect(model.dtype).toBe("int8");
});

it("says that labels are unknown, and how much of a text is", async () => {
  const classifier = await trained("classifier", sorted("up", "down"), { level: "char" }, { hidden: 4 });
  const unknown = further(classifier, sorted("left", "right"), plan("classifier"));
  await expect(unknown).rejects.toThrow(/knows none of the labels|unknown/);
  const writer = await trained(
    "language-model",
    new File(["abcd".repeat(500)], "a.txt"),
    {},
    { hidden: 4, layers: 1 },
  );
  const { notes, characters } = await further(
    writer,
    new File(["abcx".repeat(500)], "b.txt"),
    plan("language-model"),
  );
  expect(characters).toBe(2000);
  expect(notes).toContainEqual(expect.stringContaining("about 25% of the symbols"));
});

it("reads data that are written in another way than those of the model", async () => {
  const model = await trained("classifier", sorted("up", "down"), { level: "char" }, { hidden: 4 });
  const rows = Array.from({ length: 40 }, (_, i) => `${["up", "down"][i % 2]},${"ab"[i % 2]}${i}`);
  const table = new File([`kind,what\n${rows.join("\n")}`], "b.csv");
  const options = { textColumn: "what", labelColumn: "kind" };
  const { checkpoint, examples } = await further(model, table, plan("classifier", options));
  expect(examples).toBe(40);
  const { trainer } = await resumed("classifier", checkpoint, table, options);
  expect(trainer.step()).toBeGreaterThan(0);
});

it("says how far a file has been read, and that it was in UTF-16", async () => {
  const model = await trained("classifier", sorted("up", "down"), { level: "char" }, { hidden: 4 });
  const text = await sorted("down", "up").text();
  const wide = new File(
    [Uint16Array.from([0xfeff, ...Array.from(text, (_, i) => text.charCodeAt(i))])],
    "b.tsv",
  );
  const stages: string[] = [];
  const report = ({ stage, share }: CheckProgress) => {
    if (stages.at(-1) !== stage) stages.push(stage);
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1);
  };
  const { notes, data, examples } = await further(model, wide, plan("classifier"), report);
  expect(stages).toEqual(["reading", "preparing", "counting", "preparing"]);
  expect(notes.join()).toMatch(/in UTF-16.*All of its characters were read rightly/);
  expect([await data!.text(), examples]).toEqual([text, 40]);
});
