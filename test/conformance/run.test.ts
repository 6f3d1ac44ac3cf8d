import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { writeOnnx } from "../../src/formats/onnx/write.ts";
import type { Graph, GraphNode } from "../../src/graph/graph.ts";
import { serializeSafetensors } from "../../src/io/safetensors.ts";

// Runs the built package, as a user does: run `npm run build` first.

const RUN = fileURLToPath(new URL("run.mjs", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "conformance-"));
afterAll(() => rmSync(root, { recursive: true }));

/** A graph that adds its input x and a state, which is the output of the call before. */
function counter(op = "Add"): Graph {
  const node: GraphNode = { op, name: "sum", inputs: ["x", "state"], outputs: ["y"], attributes: {} };
  const info = (name: string) => ({ name, dtype: "float32" as const, shape: [2] });
  return {
    inputs: [info("x"), info("state")],
    outputs: [info("y")],
    constants: new Map(),
    nodes: [node],
  };
}

const floats = (shape: readonly number[], ...data: number[]) => ({ shape, data: Float32Array.from(data) });
const spec = (tensor: string, shape: readonly number[] = [2]) => ({ tensor, dtype: "float32", shape });
const expected = (tensor: string, tolerance = 0) => ({ ...spec(tensor), tolerance });

const TENSORS = serializeSafetensors({
  a: floats([2], 1, 2),
  b: floats([2], 4, 6),
  zeros: floats([2], 0, 0),
  steps: floats([3, 2], 1, 2, 3, 4, 5, 6),
  sums: floats([3, 2], 1, 2, 4, 6, 9, 12),
});

const CALLS = {
  name: "calls",
  format: "onnx",
  file: "counter.onnx",
  data: "data.safetensors",
  calls: [
    { inputs: { x: spec("a"), state: spec("zeros") }, outputs: { y: expected("a") } },
    { inputs: { x: spec("a") }, outputs: { y: expected("b", 2) } },
  ],
  feedback: { y: "state" },
};

const STREAM = {
  name: "stream",
  format: "onnx",
  file: "counter.onnx",
  data: "data.safetensors",
  calls_along_axis_0: 3,
  inputs: { x: spec("steps") },
  outputs: { y: expected("sums") },
  feedback: { y: "state" },
  initial_state: { state: { zeros: [2], dtype: "float32" } },
};

/** Writes a folder of cases. @param files contents by path; values that are neither text nor bytes are written as JSON */
function folderOf(files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(root, "cases-"));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    const isPlain = typeof content === "string" || content instanceof Uint8Array;
    writeFileSync(join(folder, path), isPlain ? content : JSON.stringify(content));
  }
  return folder;
}

/** Runs a folder. @returns the lines and the exit code */
function run(folder: string): Promise<{ lines: string[]; code: unknown }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [RUN, folder, "--variant", "strict"], (error, stdout) => {
      resolve({ lines: stdout.trimEnd().split("\n"), code: error?.code ?? 0 });
    });
  });
}

const MODEL = { "counter.onnx": writeOnnx(counter()), "data.safetensors": TENSORS };

it("runs calls in order, with feedback, and streams", async () => {
  const folder = folderOf({ ...MODEL, "cases.json": [CALLS, STREAM] });
  expect(await run(folder)).toEqual({ lines: ["2 passed, 0 failed"], code: 0 });
});

it("finds wrong numbers, in a folder inside", async () => {
  const wrong = { ...STREAM, outputs: { y: expected("steps", 0.5) } };
  const folder = folderOf({ "own/counter.onnx": MODEL["counter.onnx"], "own/data.safetensors": TENSORS });
  writeFileSync(join(folder, "own", "cases.json"), JSON.stringify([CALLS, wrong]));
  expect(await run(folder)).toEqual({
    lines: [
      "FAIL strict own/stream: y: worst error 6.00e+0, allowed 5.00e-1 (1 of 1 tensors wrong)",
      "1 passed, 1 failed",
    ],
    code: 1,
  });
});

it("counts every file of a case, and formats that are not known as failed", async () => {
  const files = { one: "counter.onnx", two: "damaged.onnx" };
  const folder = folderOf({
    ...MODEL,
    "damaged.onnx": "no model",
    "cases.json": [
      { ...CALLS, file: files },
      { ...CALLS, name: "other", format: "core-ml" },
    ],
  });
  const { lines, code } = await run(folder);
  expect(lines[0]).toMatch(/^FAIL strict calls \(damaged\.onnx\): UnrolledError: ONNX/);
  expect(lines.slice(1)).toEqual([
    "FAIL strict other: unknown kind foreign_model core-ml",
    "1 passed, 2 failed",
  ]);
  expect(code).toBe(1);
});

it("expects TFLite to be refused with a way", async () => {
  const folder = folderOf({
    "a.tflite": "\x1c\0\0\0TFL3\0\0\0\0",
    "data.safetensors": TENSORS,
    "cases.json": [{ ...CALLS, format: "tflite", file: "a.tflite" }],
  });
  expect(await run(folder)).toEqual({ lines: ["1 passed, 0 failed"], code: 0 });
});

it("expects hostile files to be refused, and controls to run", async () => {
  const inputs = { x: { shape: [2] }, state: { shape: [2] } };
  const folder = folderOf({
    "hostile/ok.onnx": MODEL["counter.onnx"],
    "hostile/op.onnx": writeOnnx(counter("Frobnicate")),
    "hostile/cases.json": [
      { file: "ok.onnx", why: "control: this one is fine", stage: "run", inputs },
      { file: "op.onnx", why: "an operator that does not exist", stage: "load", inputs },
    ],
  });
  expect(await run(folder)).toEqual({ lines: ["2 passed, 0 failed"], code: 0 });
  writeFileSync(join(folder, "hostile/op.onnx"), MODEL["counter.onnx"]);
  writeFileSync(join(folder, "hostile/ok.onnx"), "no model");
  const { lines } = await run(folder);
  expect(lines[0]).toMatch(/^FAIL strict hostile\/ok\.onnx: UnrolledError: ONNX/);
  expect(lines.slice(1)).toEqual([
    "FAIL strict hostile/op.onnx: Error: it was not refused",
    "0 passed, 2 failed",
  ]);
});
