import { expect, it } from "vitest";
import { UnrolledError } from "../../src/errors.ts";
import { embedderTask, readCandidates } from "../../src/tasks/embedder.ts";
import { generatorTask } from "../../src/tasks/generator.ts";
import { classifierTask, taggerTask } from "../../src/tasks/labels.ts";
import { autoencoderTask, encoderDecoderTask } from "../../src/tasks/sequences.ts";
import { textSource } from "../../src/tasks/source.ts";
import type { Task } from "../../src/tasks/task.ts";
import { transcriberTask } from "../../src/tasks/transcriber.ts";
import { expectRejection, startRuntime } from "../runtimes.ts";

// Which field of an object is the sequence, and whether it has vectors.

type Line = Readonly<Record<string, unknown>>;

const NAME = "data.jsonl";
const linesOf = (lines: readonly Line[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

/** Prepares a training run. @returns the size of the vectors of the model's spec, the run and the notes */
async function prepared(task: object, lines: readonly Line[], { name = NAME, ...options }: Line = {}) {
  const notes: string[] = [];
  const text = name === NAME ? linesOf(lines) : JSON.stringify(lines);
  const run = await (task as Task).read(
    { data: textSource(text, name as string) },
    { note: (text: string) => void notes.push(text), ...options },
  );
  let spec: Line = {};
  const data = await run.prepare((defaults: object) => {
    spec = { ...(defaults as Line), hidden: 4, dropout: 0, ...("embedding" in defaults && { embedding: 0 }) };
    return spec as never;
  }, 1);
  return { features: spec.features, data, notes };
}

const six = (line: (i: number) => Line): Line[] => Array.from({ length: 6 }, (_, i) => line(i));
const V = (i: number) => [
  [i, 1],
  [2, i],
];

it.each<[string, object, (i: number) => Line]>([
  [
    "a file name first",
    encoderDecoderTask,
    (i) => ({ source: `file${i}.wav`, vectors: V(i), target: i % 2 ? "yes" : "no" }),
  ],
  [
    "a file name last",
    encoderDecoderTask,
    (i) => ({ vectors: V(i), source: `file${i}.wav`, target: i % 2 ? "yes" : "no" }),
  ],
  ["an id", encoderDecoderTask, (i) => ({ input: `file${i}`, vectors: V(i), target: i % 2 ? "yes" : "no" })],
  ["an id", autoencoderTask, (i) => ({ sequence: `file${i}`, vectors: V(i) })],
  ["a note", embedderTask, (i) => ({ text: "note", vectors: V(i), partner: V(i + 1) })],
  ["vectors named text", embedderTask, (i) => ({ text: V(i), partner: V(i + 1) })],
  ["a name", generatorTask, (i) => ({ input: "up", condition: V(i), text: "ab" })],
])("vectors are found beside other fields: %s", async (_, task, line) => {
  expect((await prepared(task, six(line))).features).toBe(2);
  expect((await prepared(task, six(line), { name: "data.json" })).features).toBe(2);
});

it.each<[string, object, (i: number) => Line]>([
  [
    "vectors inside another field",
    embedderTask,
    (i) => ({ meta: { vectors: [[1]] }, text: `a${i}`, partner: "b" }),
  ],
  ["vectors in a text", autoencoderTask, (i) => ({ sequence: `say "vectors": [[${i}]]` })],
  ["vectors that are null", encoderDecoderTask, (i) => ({ vectors: null, source: `a ${i}`, target: "b a" })],
  ["tokens", autoencoderTask, (i) => ({ text: `word${i}` })],
])("texts stay texts: %s", async (_, task, line) => {
  expect((await prepared(task, six(line))).features).toBe(0);
});

const BLANK: readonly [string, Line][] = [
  ["an empty list", { vectors: [], text: "a text" }],
  ["null", { vectors: null, text: "a text" }],
  ["no field but null", { vectors: null }],
];

it.each(BLANK)("predictions of a file that begins with %s", async (_, first) => {
  const lines = six((i) => ({ vectors: V(i), target: "yes" }));
  const { data } = await prepared(encoderDecoderTask, lines);
  const model = data.model(await startRuntime()) as never;
  const inputs = (given: readonly Line[]) =>
    encoderDecoderTask.inputs(model, textSource(linesOf(given), NAME));
  expect(await inputs([first, { vectors: V(1), text: "b" }, first])).toEqual([[], V(1), []]);
  expect(await inputs([first, first])).toEqual([[], []]);
  const message = "sequences consist of tokens, but the model reads vectors of 2 numbers";
  await expectRejection(inputs([{ vectors: [] }, { vectors: "a text" }]), "ERR_DATA", message);
});

it.each<[string, object, Line, string, Line]>([
  ["sourceLevel", encoderDecoderTask, { sourceLevel: "word" }, "word", { target: "yes no" }],
  ["sourceLevel, as it is anyway", encoderDecoderTask, { sourceLevel: "char" }, "char", { target: "yes no" }],
  ["level", autoencoderTask, { level: "char" }, "char", {}],
  ["level", embedderTask, { level: "word" }, "word", { partner: V(1) }],
  ["tokens", embedderTask, { tokens: "spaces" }, "spaces", { partner: V(1) }],
  ["level", classifierTask, { level: "word" }, "word", { label: "up" }],
  ["tokens", taggerTask, { tokens: "edges" }, "edges", { labels: ["up", "up"] }],
])("a spec with %s is refused for vectors", async (field, task, spec, value, line) => {
  const name = field.split(",")[0]!;
  const lines = six((i) => ({ ...line, input: V(i), ...("label" in line && { label: `l${i % 2}` }) }));
  const run = await (task as Task).read({ data: textSource(linesOf(lines), NAME) }, {});
  const chosen = run.prepare((defaults) => ({ ...defaults, ...spec }), 1);
  await expectRejection(chosen, "ERR_VALUE", `${name} is ${value}, but features is 2`, "leave it out");
});

it("targets of sequences of vectors have tokens, and a level", async () => {
  const lines = six((i) => ({ vectors: V(i), target: "yes no" }));
  const run = await encoderDecoderTask.read({ data: textSource(linesOf(lines), NAME) }, { minCount: 1 });
  const spec = { targetLevel: "word", tokens: "spaces", hidden: 4 } as const;
  const data = await run.prepare((defaults) => ({ ...defaults, ...spec }), 1);
  expect(data.model(await startRuntime()).spec).toMatchObject({ ...spec, features: 2 });
});

it.each<[string, object, (vectors: readonly (readonly number[])[], i: number) => Line]>([
  ["encoder-decoder", encoderDecoderTask, (vectors, i) => ({ vectors, target: i % 2 ? "yes" : "no" })],
  ["autoencoder", autoencoderTask, (vectors) => ({ vectors })],
  ["embedder", embedderTask, (vectors) => ({ vectors, partner: vectors })],
  ["generator", generatorTask, (condition) => ({ condition, text: "ab" })],
  ["transcriber", transcriberTask, (vectors) => ({ vectors, text: "ab" })],
])("predictions name the line of vectors of another size: %s", async (_, task, line) => {
  const { data } = await prepared(
    task,
    six((i) => line(V(i), i)),
  );
  const model = data.model(await startRuntime()) as never;
  const inputs = (given: readonly Line[], name = NAME) =>
    (task as Task).inputs!(model, textSource(name === NAME ? linesOf(given) : JSON.stringify(given), name));
  const wide = [line([], 0), line([[1, 2, 3]], 1)];
  const message = "sequences consist of vectors of 3 numbers, but the model reads vectors of 2";
  await expectRejection(inputs(wide), "ERR_DATA", `${NAME}, line 2: ${message}`);
  await expectRejection(inputs(wide, "data.json"), "ERR_DATA", `data.json, entry 2: ${message}`);
  await expectRejection(inputs([line(V(1), 0), wide[1]!]), "ERR_DATA", `${NAME}, line 2: `);
});

it("an error of the source is thrown, not taken for its end", async () => {
  async function* chunks() {
    yield `${linesOf([{ vectors: [] }])}`;
    throw new UnrolledError("ERR_FILE", "the disk is gone");
  }
  const data = { ...textSource("x", NAME), chunks: chunks() };
  await expectRejection(autoencoderTask.read({ data }, {}), "ERR_FILE", "the disk is gone");
});

it("pairs of vectors that do not match are left out, with a note", async () => {
  const lines = six((i) => ({ vectors: V(i), partner: V(i + 1), label: i % 3 ? 1 : 0 }));
  const { data, notes } = await prepared(embedderTask, lines);
  const note = "column label grades the pairs: 2 of 6 rows have 0 and are left out";
  expect(notes).toContain(note);
  const model = data.model(await startRuntime()) as never;
  const file = () => textSource(linesOf(lines), NAME);
  expect(await embedderTask.evaluate(model, file())).toMatchObject({ pairs: 4 });
  expect(await embedderTask.inputs!(model, file())).toHaveLength(6);
  expect(await readCandidates(model, file())).toHaveLength(6);
});

it("a label beside vectors without a partner is no match", async () => {
  const { notes } = await prepared(
    embedderTask,
    six((i) => ({ vectors: V(i), label: i % 2 })),
  );
  expect(notes.filter((note) => note.includes("grades"))).toEqual([]);
});

it("sequences of vectors are no single conditions", async () => {
  const lines = six((i) => ({ condition: V(i), text: "ab" }));
  const run = await generatorTask.read({ data: textSource(linesOf(lines), NAME) }, {});
  const single = run.prepare((defaults) => ({ ...defaults, condition: "single" }), 1);
  await expectRejection(single, "ERR_VALUE", "condition is single", "sequences of vectors", NAME);
});
