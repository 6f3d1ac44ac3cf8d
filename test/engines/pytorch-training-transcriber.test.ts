import type { Runtime } from "../../src/index.ts";
import { type Task, transcriberTask } from "../../src/tasks/index.ts";
import { type FileCase, taskTraining } from "./task-training.ts";
import { describeTraining } from "./training-cases.ts";

// train.py of a transcriber has the losses of our trainer: it reads the same vectors and texts, and makes the same batches.

const SYMBOLS = "abc é";

/** Texts with equal neighbours, empty ones, and one with too few steps. */
const EXAMPLES = Array.from({ length: 45 }, (_, i) => {
  const text = Array.from({ length: i % 7 }, (_, n) => SYMBOLS[(i * 3 + n * n * (i % 3)) % SYMBOLS.length])
    .join("")
    .trim();
  const steps = i === 20 ? 2 : 3 * text.length + (i % 4) + 1;
  const vectors = Array.from({ length: steps }, (_, t) => {
    const symbol = SYMBOLS.indexOf(text[Math.floor(t / 3)] ?? " ");
    return [symbol + ((t * i) % 5) / 10, 40 - 9 * (t % 3) + symbol, (i + t) % 6];
  });
  return { vectors, text };
});

const lines = EXAMPLES.map((example) => JSON.stringify(example)).join("\n");
const ODD = EXAMPLES.map(({ vectors, text }, i) =>
  JSON.stringify({ id: i, said: ` ${text.normalize("NFD")}${i === 3 ? "☃" : ""}\u3000`, pen: vectors }),
);

const CASES: FileCase[] = [
  { name: "both directions", text: lines, spec: { layers: 2 } },
  { name: "one direction", text: lines, spec: { bidirectional: false, cell: "gru" } },
  { name: "joined vectors", text: lines, spec: { stack: 2 } },
  { name: "so many joined that texts are too long", text: lines, spec: { stack: 4 } },
  { name: "an own cell", text: lines, spec: { cell: "lstm", peepholes: true, norm: "layer" } },
  {
    name: "other fields, accents and a symbol that is not known",
    text: `\ufeff${ODD.join("\r\n\r\n")}\r\n`,
    options: { textColumn: "pen", labelColumn: "said" },
  },
  {
    name: "an array",
    text: `[${EXAMPLES.map((one) => JSON.stringify(one)).join(",\n")}]`,
    file: "data.json",
  },
  { name: "a falling rate", text: lines, recipe: { schedule: "cosine", lrDecayOver: 20, batch: 7 } },
];

const training = (rt: Runtime, given: FileCase) =>
  taskTraining(
    transcriberTask as unknown as Task,
    rt,
    { file: "data.jsonl", ...given },
    { spec: { hidden: 8, layers: 1, dropout: 0 }, recipe: { batch: 6, schedule: "constant" } },
  );

describeTraining("train.py of a transcriber", CASES, training);

// Some batches have a single sequence, and some only empty texts.
describeTraining(
  "train.py of a transcriber on two processes",
  [{ name: "small batches", text: lines, recipe: { batch: 4 } }],
  training,
  2,
);
