import type { Runtime } from "../../src/index.ts";
import { embedderTask, type Task } from "../../src/tasks/index.ts";
import { type FileCase, taskTraining } from "./task-training.ts";
import { describeTraining } from "./training-cases.ts";

// train.py of an embedder has the losses of our trainer: it reads the same pairs, and compares the same ones.

const ASKED = ["How do I book a", "how do I cancel a", "May I keep the", "naïve “café”:", "İt’s my"];
const THINGS = ["ticket", "Room", "table", "car"];
const ANSWERS = ["yes", "no", "soon", "never", "twice", "here", "often"];
const VERBS = ["book", "keep", "sell", "wash"];

/** Questions and answers. Some share a question or an answer, which are no wrong answers to each other. */
const PAIRS = Array.from({ length: 80 }, (_, i) => {
  const [asked, thing] = [ASKED[i % 5]!, THINGS[(i * 3) % 4]!];
  const answer = `${ANSWERS[i % 7]}: ${VERBS[(i >> 1) % 4]} my ${thing}${i % 9 ? "" : "!"}`;
  return [`${asked} ${thing}${i % 3 ? "?" : ""}`, answer] as const;
});
const lines = PAIRS.map((pair) => pair.join(" \t ")).join("\r\n");

const sequence = (steps: number, n: number) =>
  Array.from({ length: steps }, (_, t) => [((t + n) * 7) % 5, 20 + ((n * 3 + t) % 4) / 8, n % 2]);
/** Pairs of sequences of vectors. Some share a sequence, and some lack a partner. */
const VECTORS = Array.from({ length: 60 }, (_, i) => ({
  vectors: sequence(1 + (i % 5), i % 50),
  ...(i % 4 && { partner: sequence(2 + (i % 3), i) }),
  ...(i % 8 === 0 && { partner: null }),
}));
const objects = VECTORS.map((pair) => JSON.stringify(pair)).join("\n\n");

const CASES: FileCase[] = [
  { name: "words", text: lines },
  { name: "words of the Latin script", text: lines, spec: { segmentation: "latin", normalForm: "none" } },
  { name: "words at spaces", text: lines, options: { tokens: "spaces" } },
  { name: "characters", text: lines, options: { level: "char" }, spec: { cell: "gru" } },
  { name: "the last states", text: lines, spec: { pooling: "last", temperature: 0.2 } },
  {
    name: "the mean of one direction",
    text: lines,
    spec: { pooling: "mean", bidirectional: false, layers: 2 },
  },
  { name: "the maximum, and normalisation", text: lines, spec: { pooling: "max", norm: "layer", layers: 2 } },
  {
    name: "batch normalisation",
    text: lines,
    spec: { norm: "batch", layers: 2 },
    recipe: { optimizer: "sgd", lr: 0.05 }, // Adam would divide by gradients that are nearly 0: rounding would decide the step
  },
  { name: "a moving average", text: lines, recipe: { average: 0.9, clip: 1, clipBy: "norm" } },
  { name: "texts that are their own partners", text: PAIRS.map(([text]) => text).join("\n") },
  {
    name: "CSV",
    file: "data.csv",
    text: `answer,id,question\n${PAIRS.map(([text, partner], i) => `"${partner}",${i},"${text}"`).join("\n")}\n`,
  },
  {
    name: "JSON lines",
    file: "data.jsonl",
    text: PAIRS.map(([anchor, positive]) => JSON.stringify({ positive, anchor })).join("\n"),
  },
  { name: "vectors", file: "data.jsonl", text: objects },
  {
    name: "fewer pairs than a batch",
    text: lines.split("\n").slice(0, 15).join("\n"),
    recipe: { batch: 64, optimizer: "sgd", lr: 0.002 },
  },
];

const training = (rt: Runtime, given: FileCase) =>
  taskTraining(
    embedderTask as unknown as Task,
    rt,
    { file: "data.tsv", ...given },
    {
      spec: { hidden: 6, size: 7, dropout: 0, inputDropout: 0 },
      recipe: { batch: 11, average: 0, earlyStop: 0 },
    },
  );

describeTraining("train.py of an embedder", CASES, training);

// Batches of 11 pairs: one process has a pair more than the other.
describeTraining(
  "train.py of an embedder on two processes",
  CASES.filter(({ name }) => ["a moving average", "vectors"].includes(name)),
  training,
  2,
);
