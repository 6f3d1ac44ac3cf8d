import type { Recipe, Runtime } from "../../src/index.ts";
import { autoencoderTask, encoderDecoderTask, newRun, type Task, textSource } from "../../src/tasks/index.ts";
import { folderOf } from "./folders.ts";
import { dataFile, describeTraining, ITERATIONS } from "./training-cases.ts";

// train.py of encoder-decoders and autoencoders has the losses of our trainer.

const DATES = Array.from({ length: 60 }, (_, i) => {
  const [day, month] = [1 + ((i * 7) % 28), ["jan", "feb", "mar", "apr"][i % 4]!];
  return `${day} ${month} ${2000 + i}\t${2000 + i}-0${1 + (i % 4)}-${day}\n`;
}).join("");
const WORDS = Array.from({ length: 60 }, (_, i) => {
  const [subject, object] = [
    ["The café", "A dog", "It"][i % 3]!,
    ["fish", "n°", "“bread”"][i % 4] ?? `x${i}`,
  ];
  return `${subject} isn't ${object}, she said!\t${object} ${subject} ISN'T .\torigin ${i}\n`;
}).join("");
const NAMES = Array.from({ length: 60 }, (_, i) => `${"abcdefgh".slice(i % 5, 2 + (i % 7))}é${i}\n`).join("");
const FRAMES = Array.from({ length: 40 }, (_, i) =>
  JSON.stringify({
    vectors: Array.from({ length: 2 + ((i * 5) % 9) }, (_, t) => [Math.sin(i + t), (i % 4) + t / 3, 7]),
    text: `${"abc".repeat(i % 4)}${i} `,
  }),
).join("\n");

const rows = DATES.split("\n")
  .slice(0, -1)
  .map((line) => line.split("\t"));
const TABLE = `iso;"date";id\n${rows.map(([source, target], i) => `${target};"${source}; ""${i % 2}""";${i}`).join("\n")}\n`;
const TITLED = `source\ttarget\n${DATES}`;
const OBJECTS = rows.map(([answer, question], i) => JSON.stringify({ id: i, answer, question })).join("\n\n");
const CLIPS = JSON.stringify(
  FRAMES.split("\n")
    .map((line) => JSON.parse(line))
    .map(({ vectors, text }) => ({ translation: text, src: vectors, label: "" })),
);
const COLUMN = `name,year\n${Array.from({ length: 40 }, (_, i) => `"n${i % 7}, ${i}",${1900 + i}`).join("\n")}`;

const VECTORS = ["isn't", "café", "dog", "fish", "she"]
  .map((word, i) => `${word} ${i} 0.5 ${-i} 1 0.25 ${i / 4}\n`)
  .join("");

interface Case {
  readonly name: string;
  readonly task: "encoder-decoder" | "autoencoder";
  readonly text: string;
  readonly file?: string;
  readonly spec?: object;
  readonly recipe?: Partial<Recipe>;
  readonly vectors?: string;
  readonly options?: object;
}

const small = { hidden: 8, embedding: 6, layers: 1, dropout: 0, inputDropout: 0 };
const vectors = { file: "frames.jsonl", text: FRAMES };

const pairs = (name: string, spec: object = {}, more: Partial<Case> = {}): Case => ({
  name: `pairs: ${name}`,
  task: "encoder-decoder",
  text: DATES,
  spec,
  ...more,
});
const singles = (name: string, spec: object = {}, more: Partial<Case> = {}): Case => ({
  name: `single sequences: ${name}`,
  task: "autoencoder",
  text: NAMES,
  spec,
  ...more,
});

const words = { sourceLevel: "word", targetLevel: "word" };

const CASES: Case[] = [
  pairs("dot attention"),
  pairs("additive attention", { attention: "additive", cell: "lstm" }),
  pairs("no attention", { attention: "none", norm: "layer", connections: "highway", layers: 2 }),
  pairs("another encoder", {
    attention: "additive",
    encoderLayers: 2,
    encoderHidden: 6,
    encoderCell: "lstm",
  }),
  pairs("one direction", { bidirectional: false, layers: 2, head: [5] }),
  pairs("an own cell", { cell: "gru", resetAfter: false, layers: 2, connections: "residual" }),
  pairs(
    "batch normalisation, scheduled sampling",
    { norm: "batch", gateNorm: "batch", layers: 2 },
    { recipe: { optimizer: "sgd", lr: 0.05, teacherForcing: 0 } }, // Adam would divide by gradients that are nearly 0
  ),
  pairs("tied", { embedding: 8, tied: true }),
  pairs("vectors of words that stay", { ...words, freezeVectors: true }, { text: WORDS, vectors: VECTORS }),
  pairs("words", words, { text: WORDS }),
  pairs("words at spaces, in lower case", { ...words, tokens: "spaces", lowerCase: true }, { text: WORDS }),
  pairs(
    "words to characters",
    { sourceLevel: "word", targetLevel: "char", tokens: "words" },
    { text: WORDS },
  ),
  pairs("vectors", {}, vectors),
  pairs(
    "a table",
    {},
    { file: "dates.csv", text: TABLE, options: { textColumn: "date", labelColumn: "iso" } },
  ),
  pairs("lines with a header", {}, { text: TITLED }),
  pairs("objects", {}, { file: "dates.jsonl", text: OBJECTS }),
  pairs("an array of vectors", {}, { file: "clips.json", text: CLIPS }),
  pairs("the recipe of the task", {}, { recipe: { schedule: "cosine", average: 0.99, batch: 64 } }),
  pairs("scheduled sampling", {}, { recipe: { teacherForcing: 0.3 } }),
  pairs(
    "scheduled sampling with attention and words",
    { ...words, attention: "additive", cell: "lstm", encoderHidden: 6 },
    { text: WORDS, recipe: { teacherForcing: 0 } },
  ),
  singles("characters"),
  singles("words", { level: "word", cell: "lstm" }, { text: WORDS.replace(/\t.*/g, "") }),
  singles("scheduled sampling", {}, { recipe: { teacherForcing: 0.5 } }),
  singles("a table", {}, { file: "names.csv", text: COLUMN, options: { textColumn: 1 } }),
  singles("vectors", { embedding: 0 }, vectors),
  singles(
    "vectors, other layers",
    { embedding: 0, cell: "lstm", encoderLayers: 2, encoderHidden: 4 },
    vectors,
  ),
];

async function make(
  rt: Runtime,
  { task: name, text, file, spec, recipe: given, vectors, options = {} }: Case,
) {
  const data = dataFile(text, file);
  const task: Task = name === "autoencoder" ? autoencoderTask : encoderDecoderTask;
  const recipe = { ...task.defaultRecipe(), batch: 4, schedule: "constant" as const, average: 0, ...given };
  const { trainer } = await newRun(
    task,
    {
      sources: {
        data: textSource(text, file ?? "data.txt"),
        ...(vectors && { vectors: textSource(vectors, "vectors") }),
      },
      complete: (defaults) => ({ ...defaults, ...small, ...spec }),
      options,
      recipe,
      length: { iterations: ITERATIONS },
    },
    async () => rt,
  );
  return {
    folder: folderOf(trainer.model, trainer.recipe),
    data,
    trainer: { step: () => trainer.step(), validate: () => trainer.averaged(() => trainer.validate()) },
  };
}

const DIVIDED = [
  pairs("dot attention"),
  pairs(
    "scheduled sampling, no attention, highway",
    { attention: "none", norm: "layer", connections: "highway", layers: 2 },
    { recipe: { teacherForcing: 0.3 } },
  ),
  singles("vectors", { embedding: 0 }, vectors),
];

describeTraining("train.py of encoder-decoders and autoencoders on two processes", DIVIDED, make, 2);

describeTraining("train.py of encoder-decoders and autoencoders", CASES, make);
