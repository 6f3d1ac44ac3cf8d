import type { Runtime } from "../../src/index.ts";
import { generatorTask, type Task } from "../../src/tasks/index.ts";
import { type FileCase, taskTraining } from "./task-training.ts";
import { describeTraining } from "./training-cases.ts";

// train.py of a generator has the losses of our trainer: it reads the same sequences and conditions, and makes the same batches.

const LINES = 60;
const NAMES = ["fr", "de", "it"];
const SYLLABLES = ["ma", "ri", "é", "lou", "ch", "to", "na"];
const name = (i: number) =>
  Array.from({ length: 1 + (i % 5) }, (_, k) => SYLLABLES[(i * 3 + k * k) % 7]).join("");
const sentence = (i: number) =>
  `The ${["cat", "dog", "bird"][i % 3]} isn't ${["here", "there"][i % 2]}${i % 5 ? ", maybe" : ""}!`;
const lines = (line: (i: number) => string) => Array.from({ length: LINES }, (_, i) => line(i)).join("\n");
const vectors = (i: number) =>
  Array.from({ length: 2 + (i % 4) }, (_, t) => [Math.sin(i + t), 3 * Math.cos(i * t), i / 10]);

const CASES: FileCase[] = [
  { name: "characters", text: lines((i) => `${NAMES[i % 3]}\t${name(i)}`) },
  {
    name: "words",
    text: lines((i) => `${NAMES[i % 2]}\t${sentence(i)}`),
    options: { level: "word" },
    spec: { embedding: 6 },
  },
  {
    name: "words at spaces, tied",
    text: lines((i) => `${NAMES[i % 2]}\t${sentence(i)}`),
    options: { level: "word", tokens: "spaces" },
    spec: { embedding: 8, tied: true },
  },
  {
    name: "names that have one example each",
    text: lines((i) => `name ${i}\t${name(i)}`),
  },
  // The seed would hold out line 11.
  { name: "a rare name", text: lines((i) => `${i === 11 ? "en" : NAMES[i % 2]}\t${name(i)}`) },
  {
    name: "texts as conditions",
    text: lines((i) => `${sentence(i)} ${NAMES[i % 3]}\t${name(i)}`),
    spec: { condition: "sequence", embedding: 6 },
  },
  {
    name: "texts as conditions, one-hot words, gru",
    text: lines((i) => `${sentence(i)}\t${sentence(i + 1)}`),
    options: { level: "word" },
    spec: { condition: "sequence", embedding: 0, cell: "gru", layers: 2 },
  },
  {
    name: "vectors as conditions",
    text: lines((i) => JSON.stringify({ condition: vectors(i), text: name(i) })),
    file: "data.jsonl",
  },
  {
    name: "vectors as conditions in an array, words",
    text: JSON.stringify(
      Array.from({ length: LINES }, (_, i) => ({ input: vectors(i), title: sentence(i) })),
    ),
    file: "data.json",
    options: { level: "word" },
    spec: { embedding: 6 },
  },
  {
    name: "a table with a header",
    text: `nationality,surname,name\n${lines((i) => `${NAMES[i % 3]},x,"${name(i)}"`)}`,
    file: "data.csv",
    options: { labelColumn: "nationality", textColumn: "name" },
  },
  {
    name: "own layers and a head",
    text: lines((i) => `${NAMES[i % 3]}\t${name(i)}`),
    spec: { layers: 2, connections: "highway", norm: "layer", head: [6], peepholes: true },
  },
  {
    name: "an average of the weights",
    text: lines((i) => `${NAMES[i % 3]}\t${name(i)}`),
    recipe: { average: 0.9, clip: 0.5 },
  },
];

const training = (rt: Runtime, given: FileCase) =>
  taskTraining(generatorTask as unknown as Task, rt, given, {
    spec: { hidden: 8, dropout: 0, embedding: 0 },
    recipe: { batch: 7, average: 0 },
  });

describeTraining("train.py of a generator", CASES, training);

describeTraining(
  "train.py of a generator on two processes",
  CASES.filter(({ name }) => ["characters", "vectors as conditions"].includes(name)),
  training,
  2,
);
