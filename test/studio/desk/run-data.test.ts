import { type Classifier, createRuntime, type Forecaster, type Tagger, type TaskModel } from "unrolled";
import { completeRecipe, newRun, TASKS, textSource } from "unrolled/tasks";
import { expect, it } from "vitest";
import { samples, tag } from "../../../studio/src/desk/data.ts";
import {
  confusionOf,
  flow,
  forecastOf,
  labelCountsOf,
  sequencesInPlane,
  tagsOf,
} from "../../../studio/src/desk/pictures.ts";
import {
  heldOutFrom,
  labelledParts,
  type RunFile,
  rowsOf,
  samplesOf,
} from "../../../studio/src/desk/run-data.ts";

let count = 0;

/** Starts a run as the studio's worker does, and trains it a little. */
async function run(name: string, file: File, options: object, spec: object, iterations: number) {
  const task = TASKS.find(({ Model }) => Model.task === name)!;
  const recipe = { seed: 7, lr: 0.02, batch: 8 };
  const { trainer } = await newRun(
    task,
    {
      sources: { data: textSource(file) },
      complete: (defaults) => ({ ...defaults, ...spec }),
      options,
      recipe: completeRecipe(task.defaultRecipe(), recipe),
      length: { iterations },
    },
    () => createRuntime({ variant: "strict" }),
  );
  for (let i = 0; i < iterations; i++) trainer.step();
  const data: RunFile = { key: `run ${++count}`, file, options, recipe };
  return { model: trainer.model as TaskModel, evaluation: trainer.validate() as object, data };
}

const words = ["red", "green", "blue", "pink"];
const texts = Array.from({ length: 60 }, (_, i) => {
  const [a, b] = [words[i % 4]!, words[Math.floor(i / 4) % 4]!];
  return `${a} ${b} thing ${i % 7}\t${a < b ? "up" : "down"}`;
});

it("holds out the same texts as training did: the matrix is that of the run's validation", async () => {
  const file = new File([`${texts.join("\n")}\n\n`], "texts.tsv");
  const { model, evaluation, data } = await run("classifier", file, { level: "word" }, { hidden: 6 }, 3);
  const view = await confusionOf(model as Classifier, data, "kept");
  const { matrix, accuracy } = evaluation as {
    matrix: { classes: string[]; counts: number[][] };
    accuracy: number;
  };
  expect(view.labels).toEqual(matrix.classes);
  expect([...view.counts]).toEqual(matrix.counts.flat());
  expect(view.accuracy).toBe(accuracy);
  const { kept, learnt } = await labelledParts(model as Classifier, data);
  expect([kept.length, learnt.length]).toEqual([6, 54]);
  const plane = await sequencesInPlane(model, data);
  expect(new Set(plane.groups)).toEqual(new Set(["up", "down"]));
});

it("reads labels from a column with a name", async () => {
  const rows = texts.map((line, i) => `${line.split("\t")[1]},${i},"${line.split("\t")[0]}"`);
  const file = new File([`mood,number,words\n${rows.join("\n")}`], "table.csv");
  const options = { level: "word", textColumn: "words", labelColumn: "mood" };
  const { model, evaluation, data } = await run("classifier", file, options, { hidden: 6 }, 1);
  const { accuracy } = await confusionOf(model as Classifier, data, "kept");
  expect(accuracy).toBe((evaluation as { accuracy: number }).accuracy);
});

it("reads labels from a column with a number, in pictures and for samples", async () => {
  const rows = texts.map((line, i) => `${line.split("\t")[1]},${i},"${line.split("\t")[0]}"`);
  const file = new File([rows.join("\n")], "table.csv");
  const options = { level: "word", textColumn: 3, labelColumn: 1 };
  const { model, evaluation, data } = await run("classifier", file, options, { hidden: 6 }, 1);
  const { accuracy } = await confusionOf(model as Classifier, data, "kept");
  expect(accuracy).toBe((evaluation as { accuracy: number }).accuracy);
  const { kept } = await labelledParts(model as Classifier, data);
  expect(await samplesOf(model, data)).toEqual(kept.map(({ input, labels: [truth] }) => ({ input, truth })));
  expect(new Set((await samplesOf(model, data)).map(({ truth }) => truth))).toEqual(new Set(["up", "down"]));
  // All of another file is new to the network.
  expect(await samplesOf(model, { ...data, key: "other", isOther: true })).toHaveLength(60);
});

const sets = Array.from({ length: 80 }, (_, i) => {
  const own = words.filter((_, bit) => (i >> bit) & 1);
  return { text: `${own.join(" ")} thing ${i % 7}`, own };
});

it.each([
  ["texts.tsv", sets.map(({ text, own }) => `${text}\t${own.join(", ")}`).join("\n")],
  ["texts.jsonl", sets.map(({ text, own }) => JSON.stringify({ text, labels: own })).join("\n")],
])("counts decisions about several labels as training did: %s", async (name, text) => {
  const options = { level: "word", multiLabel: true };
  const { model, evaluation, data } = await run(
    "classifier",
    new File([text], name),
    options,
    { hidden: 6 },
    40,
  );
  const view = await labelCountsOf(model as Classifier, data, "kept");
  const { counts, exact, microF1 } = evaluation as {
    counts: { labels: string[]; hits: number[]; predicted: number[]; right: number[] };
    exact: number;
    microF1: number;
  };
  expect([view.items, view.all]).toEqual([8, 8]);
  expect([view.exact, view.micro.f1]).toEqual([exact, microF1]);
  expect(view.perLabel.map(({ label, truePositives: hits }) => [label, hits])).toEqual(
    counts.labels.map((label, i) => [label, counts.hits[i]]),
  );
  expect(view.perLabel.map(({ truePositives, falseNegatives }) => truePositives + falseNegatives)).toEqual(
    counts.right,
  );
  const { kept } = await labelledParts(model as Classifier, data);
  const truths = (await samplesOf(model, data)).map(({ truth }) => truth!.split(", ").sort().join(", "));
  expect(truths).toEqual(
    kept.map(({ input }) =>
      words
        .filter((word) => (input as string).includes(word))
        .sort()
        .join(", "),
    ),
  );
});

it("counts decisions about several tags, and shows the tags of a token", async () => {
  const sentence = ({ own }: (typeof sets)[number]) =>
    ["a", ...own].map((word) => `${word}\t${word === "a" ? "[]" : `${word},colour`}`).join("\n");
  const file = new File([sets.map(sentence).join("\n\n")], "tags.tsv");
  const { model, evaluation, data } = await run("tagger", file, { multiLabel: true }, { hidden: 8 }, 40);
  const view = await labelCountsOf(model as Tagger, data, "kept");
  const { exact, counts } = evaluation as { exact: number; counts: { labels: string[]; items: number } };
  expect([view.exact, view.items]).toEqual([exact, counts.items]);
  expect(view.perLabel.map(({ label }) => label)).toEqual(counts.labels);
  const { tags } = tag(model, "a red");
  expect(tags[0]).toBe("");
  expect(tags[1]!.split(", ")).toContain("colour");
});

it("reads a file once, whatever is asked, and keeps two files", async () => {
  const text = texts.join("\n");
  const { model, data } = await run(
    "classifier",
    new File([text], "a.tsv"),
    { level: "word" },
    { hidden: 6 },
    1,
  );
  let reads = 0;
  const counting = (key: string): RunFile => {
    const file = new File([text], "a.tsv");
    const { slice } = file;
    file.slice = (...range) => {
      if (range[1]! > 4096) reads++; // the first bytes tell the kind of the file
      return slice.apply(file, range);
    };
    return { ...data, key, file };
  };
  const a = counting("a");
  await confusionOf(model as Classifier, a, "kept");
  await confusionOf(model as Classifier, a, "learnt");
  await sequencesInPlane(model, a);
  await samplesOf(model, a);
  expect(reads).toBe(1);
  await samplesOf(model, counting("b"));
  await samplesOf(model, a);
  expect(reads).toBe(2);
  await samplesOf(model, counting("c"));
  await samplesOf(model, counting("b"));
  expect(reads).toBe(4);
});

it("holds out the same sentences of a tagger", async () => {
  const sentences = texts.map((line) =>
    line
      .split("\t")[0]!
      .split(" ")
      .map((word) => `${word}\t${words.includes(word) ? "COLOUR" : "O"}`)
      .join("\n"),
  );
  const file = new File([sentences.join("\n\n")], "tags.tsv");
  const { model, evaluation, data } = await run("tagger", file, {}, { hidden: 6, embedding: 6 }, 2);
  const view = await tagsOf(model as Tagger, data, "kept");
  expect(view.shown).toBe(6);
  expect(view.accuracy).toBeCloseTo((evaluation as { accuracy: number }).accuracy, 12);
  const first = await flow(model, data, 20);
  const { layers } = first;
  expect(await flow(model, data, 20)).toEqual(first); // from what was kept
  expect(layers.filter(({ part }) => part === "rnn").map(({ direction }) => direction)).toEqual([0, 1]);
});

it("measures a forecaster's errors on the rows that training held out", async () => {
  const values = Array.from({ length: 120 }, (_, i) => Math.sin(i / 3).toFixed(3));
  const file = new File([`x\n${values.join("\n")}`], "series.csv");
  const spec = { hidden: 6, horizon: 3, strategy: "iterated" };
  const { model, data } = await run("forecaster", file, { column: ["x"] }, spec, 2);
  expect(heldOutFrom(model as Forecaster, await rowsOf(model as Forecaster, data))).toBe(108);
  const view = await forecastOf(model as Forecaster, data, 3);
  expect(view.future).toEqual(Float64Array.from(values.slice(-3), Number));
  expect(view.past).toHaveLength(117);
  const [end, before, ...more] = await samples(model, data, 5);
  expect([end, before].map((one) => Array.from(one!.input as number[][], ([value]) => value))).toEqual([
    values.slice(60).map(Number),
    values.slice(0, 60).map(Number),
  ]);
  expect(more).toEqual([]);
  // The rows 108 to 119 are compared at each step, but not with the forecast that is shown.
  expect(view.measured).toBe(11);
  expect(view.spread).toHaveLength(3 * 5);
});
