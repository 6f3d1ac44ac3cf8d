import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readFolder } from "../../src/formats/pytorch-folder/index.ts";
import { Classifier, createRuntime, loadModel, type Runtime } from "../../src/index.ts";
import { classifierTask, taggerTask } from "../../src/tasks/labels.ts";
import { completeRecipe, newRun } from "../../src/tasks/run.ts";
import { textSource } from "../../src/tasks/source.ts";
import type { DataOptions } from "../../src/tasks/task.ts";
import type { Recipe } from "../../src/train/recipe.ts";
import { folderOf, newFolder } from "./folders.ts";
import { describeEngine, linesOf, runPython } from "./python.ts";
import { dataFile, describeTraining } from "./training-cases.ts";

// train.py of classifiers and taggers has the losses of our trainer.

interface Case {
  readonly name: string;
  readonly task: typeof classifierTask | typeof taggerTask;
  readonly text: string;
  /** Name of the data file; default: data.tsv. */
  readonly file?: string;
  readonly spec?: object;
  readonly options?: DataOptions;
  readonly recipe?: Partial<Recipe>;
}

const lines = (count: number, line: (i: number) => string) =>
  `${Array.from({ length: count }, (_, i) => line(i)).join("\n")}\n`;
const objects = (count: number, object: (i: number) => object) =>
  lines(count, (i) => JSON.stringify(object(i)));

const THINGS = ["film", "BOOK", "play", "naïve café", "song", "it's", "“meal”", "😀"];
const OPINIONS = ["good", "bad", "dull"];
const text = (i: number) => `the ${THINGS[i % 8]} was ${"very ".repeat(i % 4)}${OPINIONS[i % 3]}!`;
const label = (i: number) => (i % 7 ? ["pos", "neg", "meh"][i % 3]! : "rare");
const setOf = (i: number) => ["a", "b", "c, d"].filter((_, k) => (i >> k) % 2 || i % 5 === k);
const cell = (i: number) => setOf(i).filter((name) => name !== "c, d");
const NAMES = ["Müller", "Smith", "O'Neil", "Jones", "Abbasi", "Li"];
const UNSPACED = (i: number) => `我有${i % 5}只猫。${i % 3 ? "你好吗？" : ""}Yes, 𠀀 ok!`;

const REVIEWS = lines(70, (i) => `${text(i)}\t${label(i)}`);
const vectors = (i: number, steps: number) =>
  Array.from({ length: steps }, (_, t) => [Math.sin(i + t), (i * t) % 5, 0.1 * i]);

const WORDS = [
  "The",
  "cat",
  "Sees",
  "a",
  "dog",
  "in",
  "Paris",
  "extraordinarily".repeat(6),
  "𠀀é",
  "cafe\u0301",
];
const TAGS = ["O", "B-X", "I-X", "B-Y"]; // selected by the F1 of spans
const sentence = (i: number) => Array.from({ length: 1 + ((i * 3) % 7) }, (_, t) => (i * 5 + t * 3) % 10);
const columns = (row: (word: number, t: number) => string) =>
  lines(60, (i) => `${sentence(i).map(row).join("\n")}\n`);
const tag = (word: number) => TAGS[word % 4]!;
const SENTENCES = columns((word) => `${WORDS[word]}\t${tag(word)}`);

const small = { hidden: 6, layers: 1, dropout: 0, inputDropout: 0 } as const;
const reader = { ...small, embedding: 5 } as const;
const classifier = { task: classifierTask } as const;
const tagger = { task: taggerTask, text: SENTENCES } as const;

const CASES: readonly Case[] = [
  { ...classifier, name: "texts", text: REVIEWS },
  {
    ...classifier,
    name: "word dropout, Adam with decay",
    text: REVIEWS,
    spec: { wordDropout: 0.3, layers: 2 },
    recipe: { optimizer: "adamw" },
  },
  {
    ...classifier,
    name: "class weights",
    text: REVIEWS,
    spec: { classWeights: "balanced", pooling: "mean" },
  },
  {
    ...classifier,
    name: "one direction, hidden layers of the head",
    text: REVIEWS,
    spec: { bidirectional: false, pooling: "last", head: [7], cell: "gru" },
  },
  {
    ...classifier,
    name: "an own cell",
    text: REVIEWS,
    spec: { pooling: "max", norm: "layer", layers: 2, connections: "residual", forgetGate: "coupled" },
  },
  {
    ...classifier,
    name: "names by their characters",
    // A label with a single example is not held out.
    text: lines(60, (i) => `${NAMES[i % 6]}${"aeiou"[i % 5]}\t${i % 4 ? label(i) : `own ${i}`}`),
    spec: { embedding: 0 },
  },
  {
    ...classifier,
    name: "labels first, at a space",
    text: lines(60, (i) => `${label(i)} ${text(i)}`),
    options: { labelFirst: true },
    spec: { segmentation: "latin" },
  },
  {
    ...classifier,
    name: "a table with a header",
    file: "data.csv",
    text: `id,stars,review\n${lines(60, (i) => `${i},${label(i)},"${text(i)} ""so"", he said"`)}`,
    spec: { tokens: "spaces" },
  },
  {
    ...classifier,
    name: "a script without spaces",
    text: lines(50, (i) => `${UNSPACED(i)}\t${label(i)}`),
    options: { level: "word" },
    spec: { segmenter: "characters" },
  },
  {
    ...classifier,
    name: "sets of labels",
    text: lines(70, (i) => `${text(i)}\t${cell(i).join(", ")}`),
    options: { multiLabel: true },
  },
  {
    ...classifier,
    name: "weighted sets of labels in JSON",
    file: "data.jsonl",
    text: objects(70, (i) => ({ text: text(i), topics: setOf(i) })),
    options: { multiLabel: true },
    spec: { classWeights: "balanced" },
  },
  {
    ...classifier,
    name: "lists of tokens",
    file: "data.json",
    text: JSON.stringify(
      Array.from({ length: 60 }, (_, i) => ({ tokens: text(i).split(" "), label: i % 3 })),
    ),
    spec: { characters: 4, characterHidden: 3 },
  },
  {
    ...classifier,
    name: "vectors",
    file: "data.jsonl",
    text: objects(60, (i) => ({ input: vectors(i, 1 + (i % 6)), label: label(i) })),
    spec: { embedding: 0 },
  },
  { ...tagger, name: "sentences", spec: { characters: 0 } },
  {
    ...tagger,
    name: "characters of words, word dropout",
    spec: { characters: 4, characterHidden: 3, wordDropout: 0.2 },
    recipe: { optimizer: "rmsprop" },
  },
  {
    ...tagger,
    name: "weighted tags",
    spec: { classWeights: "balanced", bidirectional: false, characters: 0 },
  },
  {
    ...tagger,
    name: "columns with spaces between them",
    text: `-DOCSTART- -X- O\n\n${columns((word, t) => `${WORDS[word]} ${t} ${tag(word)}`)}`,
    options: { tagColumn: 3 },
    spec: { characters: 0 },
  },
  {
    ...tagger,
    name: "CoNLL-U",
    file: "data.conllu",
    text: `# sent_id = 1\n${columns((word, t) => `${t + 1}\t${WORDS[word]}\t_\t${tag(word)}\t_\t_\t_\t_\t_\t_\n${t + 1}.1${"\t_".repeat(9)}`)}`,
    spec: { characters: 3, characterHidden: 2 },
  },
  {
    ...tagger,
    name: "a table with numbers of sentences",
    file: "data.csv",
    text: `Sentence #,Word,POS\n${lines(60, (i) =>
      sentence(i)
        .map((word, t) => `${t ? "" : `Sentence: ${i}`},${WORDS[word]},${tag(word)}`)
        .join("\n"),
    )}`,
    spec: { characters: 0, normalForm: "none" },
  },
  {
    ...tagger,
    name: "sets of tags in JSON",
    file: "data.jsonl",
    text: objects(60, (i) => ({
      tokens: sentence(i).map((word) => WORDS[word]),
      tags: sentence(i).map((word) => setOf(word)),
    })),
    options: { multiLabel: true },
    spec: { classWeights: "balanced", characters: 0 },
  },
  {
    ...tagger,
    name: "tags of vectors",
    file: "data.jsonl",
    text: objects(60, (i) => ({
      input: vectors(i, 1 + (i % 6)),
      labels: vectors(i, 1 + (i % 6)).map((_, t) => t % 3),
    })),
    spec: { embedding: 0, characters: 0, classWeights: "balanced" },
  },
];

async function training({ task, text, file = "data.tsv", spec, options = {}, recipe }: Case, rt: Runtime) {
  const own = { batch: 8, earlyStop: 0, ...recipe };
  const run = await newRun(
    task,
    {
      sources: { data: textSource(text, file) },
      complete: (defaults) => ({ ...defaults, ...reader, ...spec }),
      options,
      recipe: completeRecipe(task.defaultRecipe(), own),
      length: {},
    },
    async () => rt,
  );
  const { trainer } = run;
  return {
    model: trainer.model,
    folder: folderOf(trainer.model, trainer.recipe),
    data: dataFile(text, file),
    trainer: {
      step: () => trainer.step(),
      validate: () => trainer.averaged(() => trainer.validate()),
    },
  };
}

describeTraining("train.py of classifiers and taggers", CASES, (rt, given) => training(given, rt));

const PARTED = ["sets of labels", "characters of words, word dropout", "weighted tags"];
describeTraining(
  "torchrun with classifiers and taggers",
  CASES.filter(({ name }) => PARTED.includes(name)),
  // 63 sequences in batches of 31: the third has one sequence, for two processes.
  (rt, given) => training({ ...given, recipe: { ...given.recipe, batch: 31 } }, rt),
  2,
);

describeEngine("thresholds of sets of labels", { modules: ["torch"], long: true }, () => {
  it("are those of our trainer, also with two processes", async () => {
    const rt = await createRuntime();
    const given = CASES.find(({ name }) => name === "sets of labels")!;
    const { folder, data, model, trainer } = await training(given, rt);
    const found = [];
    for (const processes of ["1", "2"]) {
      const own = newFolder();
      cpSync(folder, own, { recursive: true });
      const torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", processes];
      const args = ["--data", data, "--iters", "20", "--validate-every", "20"];
      linesOf(await runPython([...torchrun, join(own, "train.py"), ...args]));
      const files = ["config.json", "weights.safetensors"].map((name) => readFileSync(join(own, name)));
      const again = loadModel(rt, readFolder(files[0]!.toString(), files[1]!), [Classifier]);
      found.push(again.thresholds!);
    }
    for (let i = 0; i < 20; i++) trainer.step();
    trainer.validate();
    const { thresholds } = model as Classifier;
    expect(thresholds!.some((threshold) => threshold !== 0.5)).toBe(true);
    for (const own of found) {
      for (const [i, threshold] of own.entries()) expect(threshold).toBeCloseTo(thresholds![i]!, 2);
    }
    rt.dispose();
  }, 600_000);
});
