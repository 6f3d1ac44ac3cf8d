import { describe, expect, it } from "vitest";
import type { TaskModel } from "../../src/network/model.ts";
import { embedderTask } from "../../src/tasks/embedder.ts";
import { generatorTask } from "../../src/tasks/generator.ts";
import { classifierTask, taggerTask } from "../../src/tasks/labels.ts";
import { autoencoderTask, encoderDecoderTask } from "../../src/tasks/sequences.ts";
import { joinSources, textSource } from "../../src/tasks/source.ts";
import type { Task } from "../../src/tasks/task.ts";
import { transcriberTask } from "../../src/tasks/transcriber.ts";
import { startRuntime } from "../runtimes.ts";

// The first of several files decides which fields or columns are read. The files that follow have them too, and others.

type Line = Readonly<Record<string, unknown>>;
type Rows = (i: number, second: boolean) => Line;

const COUNT = 12;
const label = (i: number) => "xy"[i % 2]!;
const tokens = (i: number) => ["red", "cow", "sees", "blue"].map((_, j, all) => all[(i + j) % 4]!);
const vectors = (i: number) => [
  [i % 5, 1, 2],
  [2, i % 3, 3],
];
/** Vectors of another size, which cannot be read beside the others. */
const others = (i: number) => [[i, 7]];

const csv = (rows: readonly Line[]) => {
  const names = Object.keys(rows[0]!);
  return [names, ...rows.map((row) => names.map((name) => row[name]))]
    .map((cells) => cells.join(","))
    .join("\n");
};
const jsonl = (rows: readonly Line[]) => rows.map((row) => JSON.stringify(row)).join("\n");

function filesOf(rows: Rows, write: typeof csv, ending: string) {
  return [false, true].map((second) => {
    const lines = Array.from({ length: COUNT }, (_, i) => rows(i, second));
    return textSource(write(lines), `${second ? "second" : "first"}.${ending}`);
  });
}

/** Trains nothing: reads data and makes the model. */
async function modelOf(task: Task, sources: Parameters<Task["read"]>[0]): Promise<TaskModel> {
  const read = await task.read(sources, {} as never);
  const spec = (defaults: object) => ({ ...defaults, hidden: 4, layers: 1 }) as never;
  const data = await read.prepare(spec, 1);
  const rt = await startRuntime();
  const model = data.model(rt);
  data.trainer(model, { ...task.defaultRecipe(), batch: 2 });
  rt.dispose();
  return model;
}

const CASES: readonly [string, object, Rows, typeof csv, string][] = [
  [
    "a classifier of tokens",
    classifierTask,
    (i, second) => ({ ...(second && { text: "wrong field" }), tokens: tokens(i), label: label(i) }),
    jsonl,
    "jsonl",
  ],
  [
    "the label of a classifier",
    classifierTask,
    (i, second) => ({ text: tokens(i).join(" "), ...(second && { label: "wrong" }), topic: label(i) }),
    jsonl,
    "jsonl",
  ],
  [
    "a classifier of vectors",
    classifierTask,
    (i, second) => ({ ...(second && { text: "wrong field" }), input: vectors(i), label: label(i) }),
    jsonl,
    "jsonl",
  ],
  [
    "a tagger",
    taggerTask,
    (i, second) => ({
      ...(second && { tokens: ["wrong", "field", "of", "it"] }),
      words: tokens(i),
      labels: tokens(i).map(() => label(i)),
    }),
    jsonl,
    "jsonl",
  ],
  [
    "a table",
    classifierTask,
    (i, second) => ({ review: tokens(i).join(" "), ...(second && { text: "wrong field" }), label: label(i) }),
    csv,
    "csv",
  ],
  [
    "a table of pairs",
    encoderDecoderTask,
    (i, second) => ({ input: tokens(i).join(" "), ...(second && { source: "wrong" }), target: label(i) }),
    csv,
    "csv",
  ],
  [
    "a table of tokens",
    taggerTask,
    (i, second) => ({
      sentence: i >> 1,
      form: tokens(i)[0],
      ...(second && { token: "wrong" }),
      ...(second && { tag: "wrong" }),
      upos: label(i),
    }),
    csv,
    "csv",
  ],
  ...(
    [
      [autoencoderTask, {}],
      [encoderDecoderTask, { target: "ab ba" }],
      [embedderTask, {}],
      [generatorTask, { text: "ab" }],
      [transcriberTask, { text: "a" }],
    ] as const
  ).map(([task, beside]): [string, object, Rows, typeof csv, string] => [
    `vectors of ${task.Model.task}`,
    task,
    (i, second) => ({
      ...(second && { [task === generatorTask ? "condition" : "vectors"]: others(i) }),
      input: vectors(i),
      ...beside,
    }),
    jsonl,
    "jsonl",
  ]),
];

describe.each(CASES)("%s", (_, task, rows, write, ending) => {
  const expectRight = (model: TaskModel) => {
    const { features = 0 } = model.spec as { features?: number };
    expect([0, 3]).toContain(features);
    expect(JSON.stringify(model.tables)).not.toContain("wrong");
  };

  it("is read from the fields of the first of two files", async () => {
    const [first, second] = filesOf(rows, write, ending);
    expectRight(await modelOf(task as Task, { data: joinSources([first!, second!]) }));
  });

  it("is read from the same fields for validation", async () => {
    const [data, validation] = filesOf(rows, write, ending);
    expectRight(await modelOf(task as Task, { data: data!, validation: validation! }));
  });
});
