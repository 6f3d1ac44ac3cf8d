import { expect, it } from "vitest";
import { Tagger } from "../../src/models/labels/tagger.ts";
import { createRuntime } from "../../src/runtime/runtime.ts";
import * as tasks from "../../src/tasks/index.ts";
import type { Task } from "../../src/tasks/task.ts";
import { openCheckpoint, serializeCheckpoint } from "../../src/train/checkpoint.ts";
import type { Recipe } from "../../src/train/recipe.ts";
import type { Trainer } from "../../src/train/trainer.ts";
import { expectRejection } from "../runtimes.ts";

const VECTORS = "the 1 2 3\nCat -1 -2 -3\nsat 0.5 0.25 0.125\ndog 7 8 9\n";
const TEXT = "the cat sat on the mat. the dog sat on the rug. ".repeat(20);
const DATA: Record<string, string> = {
  "language-model": TEXT,
  classifier: "the cat sat there\tgood\nthe rug is old\tbad\n".repeat(9),
  tagger: "the\tD\ncat\tN\nsat\tV\n\nthe\tD\nrug\tN\nsat\tV\n\n".repeat(9),
  embedder: "the cat sat\ta cat is here\nthe dog ran\ta dog was there\n".repeat(9),
  generator: "one\tthe cat sat\ntwo\tthe dog ran\n".repeat(9),
  "encoder-decoder": "the cat sat down\tdown sat cat the\nthe dog ran off\toff ran dog the\n".repeat(9),
  autoencoder: "the cat sat down\nthe dog ran off\n".repeat(9),
};
const TASKS = [
  tasks.languageModelTask,
  tasks.classifierTask,
  tasks.taggerTask,
  tasks.embedderTask,
  tasks.generatorTask,
  tasks.encoderDecoderTask,
  tasks.autoencoderTask,
] as unknown as Task[];

const levelled = ["language-model", "generator", "embedder", "classifier", "autoencoder"];

/** Starts a run with small networks. */
function start(
  task: Task,
  spec: object = {},
  {
    vectors = VECTORS,
    level = "word" as "word" | "char",
    note = (_: string) => {},
    recipe = {} as Partial<Recipe>,
  } = {},
) {
  const name = task.Model.task;
  return tasks.newRun(
    task,
    {
      sources: {
        data: tasks.textSource(DATA[name]!, "data.txt"),
        ...(vectors && { vectors: tasks.textSource(vectors, "glove.txt") }),
      },
      complete: (defaults) => ({ ...defaults, hidden: 6, ...spec }),
      options: { ...(levelled.includes(name) && { level }), note },
      recipe: { ...task.defaultRecipe(level), batch: 2, seq: 5, ...recipe },
      length: { iterations: 6 },
    },
    () => createRuntime({ seed: 3 }),
  );
}

const NAME = /^(encoder\.)?embedding\.weight$/;

/** Returns the vectors of words in a model. */
function vectorsOf({ model }: Trainer): Record<string, number[]> {
  const [, weight] = Object.entries(model.parameters()).find(([name]) => NAME.test(name))!;
  const { vocabulary, source = vocabulary } = model.tables as never as {
    [name: string]: { symbols: string[] };
  };
  const D = weight.shape[1]!;
  return Object.fromEntries(
    source!.symbols.map((word, id) => [word, [...weight.data.slice(id * D, (id + 1) * D)]]),
  );
}

it.each(TASKS.map((task) => [task.Model.task, task] as const))(
  "%s: known words begin with their vectors, and stay there if they are frozen",
  async (_, task) => {
    const notes: string[] = [];
    for (const freezeVectors of [false, true]) {
      const { trainer } = await start(task, { freezeVectors }, { note: (text) => notes.push(text) });
      expect(trainer.model.spec).toMatchObject({ embedding: 3, freezeVectors, tied: false });
      const before = vectorsOf(trainer);
      expect(before).toMatchObject({ the: [1, 2, 3], cat: [-1, -2, -3], sat: [0.5, 0.25, 0.125] });
      for (let i = 0; i < 4; i++) trainer.step();
      if (freezeVectors) expect(vectorsOf(trainer)).toEqual(before);
      else expect(vectorsOf(trainer).the).not.toEqual(before.the);
      trainer.model.runtime.dispose();
    }
    expect(notes.join("\n")).toMatch(
      /(\d+) of \d+ words have a vector of 3 numbers in glove.txt \(1 of them in another case\); the others begin at random/,
    );
  },
);

it("frozen vectors stay so after the run is continued, as if it had not stopped", async () => {
  const run = async () => (await start(tasks.taggerTask as unknown as Task, { freezeVectors: true })).trainer;
  const whole = await run();
  const stopped = await run();
  const before = vectorsOf(whole);
  for (let i = 0; i < 6; i++) whole.step();
  for (let i = 0; i < 3; i++) stopped.step();
  const bytes = serializeCheckpoint(stopped, { best: null, dataHash: "x" });
  const data = tasks.textSource(DATA.tagger!, "data.txt");
  const checkpoint = openCheckpoint(bytes, [Tagger]);
  const read = await tasks.taggerTask.read({ data }, {}, checkpoint);
  const { trainer: make } = await read.resume(checkpoint.spec, checkpoint.recipe.seed);
  const continued = checkpoint.restore(await createRuntime(), "x", make);
  for (let i = 0; i < 3; i++) continued.step();
  expect(vectorsOf(continued)).toEqual(before);
  expect(continued.model.stateDict()).toEqual(whole.model.stateDict());
  expect(
    Object.keys(continued.optimizer.stateDict().tensors).some((name) => name.startsWith("embedding")),
  ).toBe(false);
});

it("of the same size as the output layer, they are shared with it unless they are frozen", async () => {
  const task = tasks.languageModelTask as unknown as Task;
  expect((await start(task, { hidden: 3 })).trainer.model.spec.tied).toBe(true);
  expect((await start(task, { hidden: 3, freezeVectors: true })).trainer.model.spec.tied).toBe(false);
});

it("does not change the moments of other parameters: a frozen gradient is not clipped with them", async () => {
  const task = tasks.embedderTask as unknown as Task;
  const recipe = { clip: 1e-3, clipBy: "norm" as const };
  const { trainer } = await start(task, { freezeVectors: true }, { recipe });
  trainer.step();
  const gradients = Object.entries(trainer.model.parameters()).filter(([name]) => !NAME.test(name));
  const norm = Math.hypot(...gradients.flatMap(([, { grad }]) => [...grad!.data]));
  expect(norm).toBeCloseTo(1e-3, 6);
});

it("refuses vectors that the model cannot read", async () => {
  const task = tasks.languageModelTask as unknown as Task;
  const refused = (spec: object, options: Parameters<typeof start>[2], message: RegExp) =>
    expectRejection(start(task, spec, options), "ERR_VALUE", message);
  await refused(
    {},
    { level: "char" },
    /glove.txt has vectors of words, but the model reads characters; use words/,
  );
  await refused(
    { embedding: 5 },
    {},
    /embedding is 5, but the vectors of glove.txt have 3 numbers; leave embedding out/,
  );
  await refused({ freezeVectors: true }, { vectors: "" }, /no vectors; give a file \(--vectors\)/);
  await expectRejection(
    start(task, {}, { vectors: "the 1\nthe x\n" }),
    "ERR_DATA",
    /glove.txt, line 2: "the" has "x"/,
  );
  await expectRejection(
    start(task, {}, { vectors: "xyzzy 1\n" }),
    "ERR_DATA",
    /glove.txt has no word of the vocabulary/,
  );
});
