import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { TASKS } from "../../src/tasks/index.ts";
import { completeRecipe, iterationsOf, lastIterationOf, resumeRun } from "../../src/tasks/run.ts";
import { openCheckpoint, serializeCheckpoint } from "../../src/train/checkpoint.ts";
import type { Evaluation } from "../../src/train/evaluate.ts";
import { DEFAULT_RECIPE, LEARNING_RATES, type Recipe } from "../../src/train/recipe.ts";
import type { Trainer } from "../../src/train/trainer.ts";
import { expectError, startRuntime } from "../runtimes.ts";
import { digest } from "../train/run.ts";
import { begin, EXAMPLES, type Example, sourcesOf, taskOf } from "./examples.ts";

const KINDS = TASKS.map(({ Model }) => Model);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const steps = (trainer: Trainer, count: number) => {
  for (let i = 0; i < count; i++) trainer.step();
};
const resume = (example: Example, bytes: Uint8Array, changes: Partial<Recipe> = {}) =>
  resumeRun(
    taskOf(example),
    openCheckpoint(bytes, KINDS),
    sourcesOf(example),
    example.options ?? {},
    changes,
    startRuntime,
  );

/** Makes a runtime, and tells whether it was disposed. */
function watched() {
  const made: { runtime?: Runtime; disposed: boolean } = { disposed: false };
  const make = async () => {
    const runtime = await startRuntime();
    const dispose = runtime.dispose.bind(runtime);
    runtime.dispose = () => {
      made.disposed = true;
      dispose();
    };
    return runtime;
  };
  return { made, make };
}

describe.each(Object.entries(EXAMPLES))("%s", (_, example) => {
  it("is bit for bit the same if stopped and resumed", async () => {
    const whole = await begin(example);
    const { hash } = whole;
    steps(whole.trainer, 6);
    const half = await begin(example);
    steps(half.trainer, 3);
    const bytes = serializeCheckpoint(half.trainer, { best: null, dataHash: hash });
    const rest = await resume(example, bytes);
    expect(rest.hash).toBe(hash);
    expect(rest.trainer.iteration).toBe(3);
    steps(rest.trainer, 3);
    const [want, got] = [whole, rest].map((run) =>
      digest(serializeCheckpoint(run.trainer, { best: null, dataHash: hash })),
    );
    expect(got).toBe(want);
    expect(rest.trainer.validate()).toEqual(whole.trainer.validate());
  });

  it("resumes only with the same data", async () => {
    const { trainer, hash } = await begin(example);
    const bytes = serializeCheckpoint(trainer, { best: null, dataHash: hash });
    const more = (text: string) => `${text}${text.trimEnd().split("\n").at(-1)}\n`;
    for (const others of [
      { ...example, data: more(example.data) },
      { ...example, validation: more(example.validation) },
    ]) {
      await expect(resume(others, bytes)).rejects.toMatchObject({
        code: "ERR_DATA",
        message: expect.stringMatching(/^data\.txt: the data are not those/),
      });
    }
  });

  it("is validated with the given validation data", async () => {
    const { trainer } = await begin(example);
    const validation = trainer.validate();
    // Rows that follow are forecast from those before them.
    if (example.task === "forecaster") return expect(validation).toMatchObject({ from: 90, origins: 40 });
    const { level, minCount: __, ...format } = example.options ?? {};
    const options = {
      ...format,
      ...(example.task === "language-model" && level !== "word" && { streams: 4 }),
    };
    const { validation: held } = sourcesOf(example);
    // Only a whole text has a number of characters.
    const { bitsPerCharacter: _, ...evaluation } = (await taskOf(example).evaluate(
      trainer.model,
      held!,
      options,
    )) as Evaluation;
    expect(validation).toEqual(evaluation);
  });

  it("holds out a part of its data if there are no validation data", async () => {
    const { validation: _, ...alone } = example;
    const { trainer, hash } = await begin(alone);
    expect(hash).not.toBe((await begin(example)).hash);
    expect(trainer.validate().loss).toBeGreaterThan(0);
    expect(trainer.validate()).not.toEqual((await begin(example)).trainer.validate());
  });
});

it("a run's hash covers what it reads and how, and never changes: checkpoints hold it", async () => {
  const hashes = async (name: string, options = {}) => {
    const { validation, ...alone } = {
      ...EXAMPLES[name]!,
      options: { ...EXAMPLES[name]!.options, ...options },
    };
    const all = [await begin(alone), await begin({ ...alone, validation })].map(({ hash }) => hash);
    return { all, data: sha256(alone.data), held: sha256(validation), both: [alone.data, validation] };
  };
  const language = await hashes("a language model of words");
  expect(language.all).toEqual([language.data, sha256(JSON.stringify(language.both))]);
  for (const name of ["a classifier", "a tagger"]) {
    const { all, data, held } = await hashes(name);
    expect(all).toEqual([`${data}  false 2`, `${data} ${held} false 2`]);
  }
  const vectors = await hashes("a classifier of vectors");
  expect(vectors.all[0]).toBe(`${vectors.data}  false 2 jsonl`);
  for (const name of ["an encoder-decoder", "an autoencoder"]) {
    const { all, data, held } = await hashes(name);
    expect(all).toEqual([data, `${data} ${held}`]);
  }
  for (const name of ["a generator", "an embedder"]) {
    const { all, data, held } = await hashes(name);
    expect(all).toEqual([`${data} `, `${data} ${held}`]);
  }
  const recordings = await hashes("a transcriber");
  expect(recordings.all[0]).toBe(`${recordings.data}  jsonl`);
  const series = await hashes("a forecaster");
  expect(series.all).toEqual([`${series.data}  a b`, `${series.data} ${series.held} a b`]);
});

describe("a new run", () => {
  const pairs = EXAMPLES["an encoder-decoder"];

  it("spreads its schedule and teacher forcing over its length", async () => {
    const long = await begin({ ...pairs!, recipe: { schedule: "linear", teacherForcing: 0.5 } });
    expect(long.trainer.recipe).toMatchObject({ lrDecayOver: 6, teacherForcingOver: 6 });
    const epochs = await begin({ ...pairs!, recipe: { schedule: "cosine", batch: 10 } }, { epochs: 2.5 });
    expect(epochs.trainer.recipe).toMatchObject({ lrDecayOver: 10, teacherForcing: 1 });
    expect(epochs.trainer.iterationsPerEpoch).toBe(4);
    expect(epochs.trainer.recipe.teacherForcingOver).toBe(DEFAULT_RECIPE.teacherForcingOver);
    const level = await begin({ ...pairs!, recipe: { schedule: "constant" } });
    expect(level.trainer.recipe.lrDecayOver).toBe(taskOf(pairs!).defaultRecipe().lrDecayOver);
  });

  it("refuses a length at which its schedule cannot end, and names the data", async () => {
    const falling = { ...pairs!, recipe: { schedule: "cosine" as const } };
    await expect(begin(falling, { iterations: 2.5 })).rejects.toMatchObject({
      code: "ERR_VALUE",
      message: expect.stringMatching(/^data\.txt: recipe: lrDecayOver is 2\.5/),
    });
  });

  it("is the same for every schedule except for its rate: setting the lengths draws no random numbers", async () => {
    const first = async (schedule: Recipe["schedule"]) =>
      (await begin({ ...pairs!, recipe: { schedule } })).trainer.step();
    expect(await first("cosine")).toBe(await first("constant"));
  });

  it("frees its runtime if it cannot start, and names the data", async () => {
    const { made, make } = watched();
    const short = { ...EXAMPLES["a language model of characters"]!, data: "ab" };
    await expect(begin(short, {}, make)).rejects.toMatchObject({
      code: "ERR_DATA",
      message: expect.stringMatching(/^data\.txt: /),
    });
    expect(made.disposed).toBe(true);
  });
});

it("a resumed run takes changes of its recipe, and frees its runtime if it cannot continue", async () => {
  const example = EXAMPLES["a tagger"]!;
  const { trainer, hash } = await begin(example);
  const bytes = serializeCheckpoint(trainer, { best: null, dataHash: hash });
  expect((await resume(example, bytes, { lr: 0.5, earlyStop: 9 })).trainer.recipe).toEqual({
    ...trainer.recipe,
    lr: 0.5,
    earlyStop: 9,
  });
  const { made, make } = watched();
  const sources = sourcesOf({ ...example, data: example.validation });
  const checkpoint = openCheckpoint(bytes, KINDS);
  await expect(resumeRun(taskOf(example), checkpoint, sources, {}, {}, make)).rejects.toThrow("data.txt");
  expect(made.disposed).toBe(true);
});

it("iterations are those asked for, or the longer of the task's defaults", async () => {
  const of = (iterationsPerEpoch: number, level?: string) =>
    ({ iterationsPerEpoch, recipe: {}, model: { spec: { level } } }) as unknown as Trainer;
  const named = (task: string) => taskOf({ task });
  expect(iterationsOf({ iterations: 7, epochs: 2 }, named("tagger"), of(10))).toBe(7);
  expect(iterationsOf({ epochs: 1.25 }, named("tagger"), of(10))).toBe(13);
  expect(iterationsOf({}, named("tagger"), of(10))).toBe(4000);
  expect(iterationsOf({}, named("tagger"), of(1000))).toBe(12_000);
  expect(iterationsOf({}, named("language-model"), of(9, "char"))).toBe(2000);
  expect(iterationsOf({}, named("language-model"), of(9, "word"))).toBe(36);
  expect(iterationsOf({}, named("forecaster"), of(9))).toBe(1000);
  for (const task of [
    "classifier",
    "encoder-decoder",
    "autoencoder",
    "generator",
    "embedder",
    "transcriber",
  ]) {
    expect(iterationsOf({}, named(task), of(9))).toBe(270);
  }
});

it("iterations end with the run's schedule, and invalid ones are refused", () => {
  const task = taskOf({ task: "language-model" });
  const of = (schedule: string) =>
    ({
      iterationsPerEpoch: 10,
      model: { spec: {} },
      recipe: { schedule, lrDecayOver: 30 },
    }) as unknown as Trainer;
  for (const schedule of ["cosine", "linear"]) {
    expect(lastIterationOf({}, task, of(schedule))).toBe(30);
    expect(lastIterationOf({ epochs: 3 }, task, of(schedule))).toBe(30);
    expect(lastIterationOf({ iterations: 0 }, task, of(schedule))).toBe(0);
    for (const length of [{ iterations: 31 }, { epochs: 3.1 }]) {
      expectError(() => lastIterationOf(length, task, of(schedule)), "ERR_VALUE", "ends at iteration 30");
    }
  }
  expect(lastIterationOf({}, task, of("constant"))).toBe(2000);
  expect(lastIterationOf({ iterations: 31 }, task, of("constant"))).toBe(31);
  expectError(
    () => lastIterationOf({ iterations: -1 }, task, of("constant")),
    "ERR_VALUE",
    "iterations is -1",
  );
  expectError(
    () => lastIterationOf({ epochs: Number.NaN }, task, of("linear")),
    "ERR_VALUE",
    "epochs is NaN",
  );
});

it("a recipe's rate fits its optimiser and its decay the schedule, unless they are given", () => {
  const defaults = taskOf({ task: "classifier" }).defaultRecipe();
  expect(completeRecipe(defaults, {})).toEqual(defaults);
  expect(completeRecipe(defaults, { optimizer: "sgd" })).toEqual({
    ...defaults,
    optimizer: "sgd",
    lr: LEARNING_RATES.sgd,
  });
  expect(completeRecipe(defaults, { optimizer: "sgd", lr: 3 }).lr).toBe(3);
  expect(completeRecipe(defaults, { schedule: "step" }).lrDecay).toBe(0.5);
  expect(completeRecipe(defaults, { schedule: "exponential" }).lrDecay).toBe(DEFAULT_RECIPE.lrDecay);
  expect(completeRecipe(defaults, { schedule: "step", lrDecay: 0.1 }).lrDecay).toBe(0.1);
  expectError(() => completeRecipe(defaults, { lr: -1 }), "ERR_VALUE", "lr is -1");
});

it("naming the default optimiser or schedule of a task changes nothing", () => {
  const recipes = [
    ...TASKS.map((task) => task.defaultRecipe()),
    taskOf({ task: "language-model" }).defaultRecipe("word"),
    { ...DEFAULT_RECIPE, schedule: "step", lrDecay: 0.8 } as const,
  ];
  for (const recipe of recipes) {
    const { optimizer, schedule } = recipe;
    expect(completeRecipe(recipe, { optimizer })).toEqual(recipe);
    expect(completeRecipe(recipe, { schedule })).toEqual(recipe);
  }
});
