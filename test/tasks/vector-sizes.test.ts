import { describe, expect, it } from "vitest";
import { embedderTask, readCandidates } from "../../src/tasks/embedder.ts";
import { generatorTask } from "../../src/tasks/generator.ts";
import { classifierTask, taggerTask } from "../../src/tasks/labels.ts";
import { autoencoderTask, encoderDecoderTask } from "../../src/tasks/sequences.ts";
import { textSource } from "../../src/tasks/source.ts";
import type { Task } from "../../src/tasks/task.ts";
import { transcriberTask } from "../../src/tasks/transcriber.ts";
import { expectError, startRuntime } from "../runtimes.ts";

// Vectors of another size than the model reads are refused where they are, even if they come first.

const WIDE = [
  [1, 2, 3],
  [3, 1, 2],
];
const NARROW = [
  [1, 2],
  [2, 1],
];

type Line = Readonly<Record<string, unknown>>;
const jsonl = (lines: readonly Line[], name = "v.jsonl") =>
  textSource(lines.map((line) => JSON.stringify(line)).join("\n"), name);

const CASES: readonly [string, object, string, (i: number) => Line][] = [
  ["classifier", classifierTask, "input", (i) => ({ label: "xy"[i % 2] })],
  ["tagger", taggerTask, "input", (i) => ({ labels: ["x", "xy"[i % 2]] })],
  ["encoder-decoder", encoderDecoderTask, "vectors", (i) => ({ target: "xy"[i % 2] })],
  ["autoencoder", autoencoderTask, "vectors", () => ({})],
  ["generator", generatorTask, "condition", (i) => ({ text: "xy"[i % 2] })],
  ["embedder", embedderTask, "vectors", () => ({})],
  ["transcriber", transcriberTask, "vectors", (i) => ({ text: "xy"[i % 2] })],
];

describe.each(CASES)("a model of 3 numbers: %s", (_, given, field, beside) => {
  const task = given as unknown as Task & typeof classifierTask;
  const line = (vectors: object, i = 0) => ({ [field]: vectors, ...beside(i) });
  const lines = Array.from({ length: 12 }, (_, i) => line(i % 2 ? WIDE : WIDE.slice().reverse(), i));
  const refused = (name: string) => ({
    code: "ERR_DATA",
    message: `${name}: sequences consist of vectors of 2 numbers, but the model reads vectors of 3 numbers`,
  });
  const model = async () => {
    const read = await task.read({ data: jsonl(lines) }, {});
    const spec = (defaults: object) => ({ ...defaults, hidden: 4, layers: 1 }) as never;
    return (await read.prepare(spec, 1)).model(await startRuntime()) as never;
  };

  it.each([
    [1, [line(NARROW), line(WIDE)]],
    [2, [line(WIDE), line(NARROW)]],
    [1, [line([[1, 2], ...WIDE])]],
  ])("predict and eval name line %i", async (place, lines) => {
    const own = await model();
    const message = refused(`v.jsonl, line ${place}`);
    await expect(task.inputs(own, jsonl(lines))).rejects.toMatchObject(message);
    await expect(task.evaluate(own, jsonl(lines))).rejects.toMatchObject(message);
    if ((task as unknown) === embedderTask)
      await expect(readCandidates(own, jsonl(lines))).rejects.toMatchObject(
        refused(`v.jsonl, line ${place}`),
      );
  });

  it("an input of a list is named by its number", async () => {
    const own = await model();
    const predict = (inputs: readonly unknown[]) => () => task.predict(own, inputs as never);
    expectError(predict([WIDE, NARROW]), "ERR_DATA", /^input 2: step 1 has 2 numbers, expected 3/);
    expectError(predict([WIDE, [[1, 2, Number.NaN]]]), "ERR_DATA", /^input 2: step 1 has .* not finite/);
    expectError(predict([WIDE, null]), "ERR_VALUE", /^input 2 is null, expected a text or a list$/);
    expect(predict(["up", WIDE])).toThrow(/^input 1/);
    expect(predict([WIDE, WIDE])()).toHaveLength(2);
  });

  it("validation data name their line", async () => {
    const validation = jsonl([line(NARROW), line(WIDE)], "held.jsonl");
    await expect(task.read({ data: jsonl(lines), validation }, {})).rejects.toMatchObject(
      refused("held.jsonl, line 1"),
    );
  });
});

it("an input that a model of texts cannot read is named by its number", async () => {
  const rows = Array.from({ length: 12 }, (_, i) => ({ text: `a word ${i % 3}`, label: "xy"[i % 2] }));
  const read = await classifierTask.read({ data: jsonl(rows) }, {});
  const run = await read.prepare((defaults) => ({ ...defaults, hidden: 4 }), 1);
  const model = run.model(await startRuntime());
  const predict = (input: unknown) => () => classifierTask.predict(model, ["a word", input as never]);
  expectError(predict(null), "ERR_VALUE", "input 2 is null, expected a text or a list");
  expect(predict(WIDE)).toThrow(/^input 2: /);
  expect(predict("word")()).toHaveLength(2);
  expectError(() => model.predict(["a word", null as never]), "ERR_VALUE", "texts[1] is null");
});
