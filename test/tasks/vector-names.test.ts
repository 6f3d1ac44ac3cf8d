import { expect, it } from "vitest";
import { embedderTask } from "../../src/tasks/embedder.ts";
import { classifierTask, taggerTask } from "../../src/tasks/labels.ts";
import { autoencoderTask } from "../../src/tasks/sequences.ts";
import { textSource } from "../../src/tasks/source.ts";
import type { Task } from "../../src/tasks/task.ts";
import { connect } from "../../worker/connect.ts";
import { expectRejection, startRuntime } from "../runtimes.ts";

// The usual names of the field of a sequence are those of all tasks that read its kind.

const jsonl = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join("\n");
const source = (rows: readonly object[]) => textSource(jsonl(rows), "a.jsonl");
const V = (i: number) => [
  [i, 1],
  [2, i],
];
const ROWS = Array.from({ length: 12 }, (_, i) => ({
  vectors: V(i),
  label: "xy"[i % 2],
  labels: ["x", "y"],
}));

it.each([
  ["textColumn", classifierTask],
  ["tokenColumn", taggerTask],
] as const)(
  "vectors are read by their usual names, and the model keeps the name: %s",
  async (option, given) => {
    const task = given as unknown as Task & typeof classifierTask;
    const run = await task.read({ data: source(ROWS) }, {});
    expect(run.reading).toEqual({ format: "jsonl", [option]: "vectors" });
    const data = await run.prepare((defaults) => ({ ...defaults, hidden: 4 }), 1);
    const model = data.model(await startRuntime());
    expect(model.spec).toMatchObject({ features: 2 });
    expect(await task.inputs(model, source([{ text: "a clip", vectors: V(3) }]))).toEqual([V(3)]);
    expect(await task.inputs(model, source([{ text: "a clip", input: V(3) }]))).toEqual([V(3)]);
    expect(await task.evaluate(model, source(ROWS))).toMatchObject({ labels: expect.any(Number) });
  },
);

it.each<[string, object]>([
  ["an embedder", embedderTask],
  ["an autoencoder", autoencoderTask],
])("%s refuses lists of tokens, and says what to do", async (_, task) => {
  const rows = ROWS.map(() => ({ tokens: ["good", "film"], partner: "a text" }));
  const read = (task as Task).read({ data: source(rows) }, { textColumn: "tokens" } as never);
  const advice = "expected a text; join its tokens with spaces (--tokens spaces keeps them as they are)";
  await expectRejection(read, "ERR_DATA", `a.jsonl, line 1: field tokens is an object or a list, ${advice}`);
});

it("a worker's errors name its options, not those of the command line", async () => {
  const worker = await connect({ worker: false });
  const start = (rows: readonly object[], more = {}) =>
    worker.start({ task: "classifier", data: jsonl(rows), format: "jsonl", ...more } as never);
  await expectRejection(start([{ a: "b", label: "x" }]), "ERR_DATA", /name another one with textColumn/);
  await expectRejection(start([{ text: "a --text-columns b" }]), "ERR_DATA", /labelColumn/);
  const csv = worker.start({ task: "classifier", data: "a,b,c\n1,2,3\n", format: "csv", header: false });
  await expectRejection(csv, "ERR_DATA", /textColumn and labelColumn/);
  worker.release();
});
