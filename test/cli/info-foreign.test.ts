import { expect, it } from "vitest";
import { writeOnnx } from "../../src/formats/onnx/write.ts";
import { serializeSafetensors } from "../../src/io/safetensors.ts";
import { unpacked } from "../formats/files.ts";
import keras from "../formats/keras/files.json" with { type: "json" };
import torch from "../formats/torch/files.json" with { type: "json" };
import { expectRefused, jsonLines, newFolder, unrolled } from "./cli.ts";
import { accumulator } from "./foreign-models.ts";

it.concurrent("info shows an ONNX file", async () => {
  const folder = newFolder({ "a.onnx": writeOnnx(accumulator()) });
  const { code, stdout, stderr } = await unrolled(folder, "info", "a.onnx");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toBe(`format             ONNX: IR version 8, opset 21, written by unrolled
inputs
  x                      float32 [batch, 2]
  state                  float32 [batch, 2]
  scale                  float32 []
outputs
  y                      float32 [batch, 2]
states             to choose from: y -> x or state
operators          2, in 2 nodes
  Mul                    1
  Add                    1
weights            0
planned            2 nodes become 2 calls for one sequence
`);
});

it.concurrent("info --json tells what the options leave", async () => {
  const graph = accumulator();
  const folder = newFolder({ "a.onnx": writeOnnx(graph) });
  const [printed] = await jsonLines(
    folder,
    "info",
    "a.onnx",
    "--dims",
    "batch=4",
    "--set",
    "x=1,2,3,4,5,6,7,8",
    "--set",
    "scale=2",
  );
  expect(printed).toMatchObject({
    format: "onnx",
    inputs: [{ name: "state", dtype: "float32", shape: [4, 2] }],
    operators: { Mul: 1, Add: 1 },
    nodes: 2,
    states: null,
    candidates: { y: ["state"] },
    missing: {},
    planned: 1,
  });
});

it.concurrent("info names all operators that are missing, with their nodes", async () => {
  const graph = accumulator("Frobnicate");
  const more = { op: "com.me.Wobble", name: "wobbler", inputs: ["y"], outputs: ["z"], attributes: {} };
  const other = { ...graph, nodes: [...graph.nodes, more], outputs: [{ ...graph.outputs[0]!, name: "z" }] };
  const folder = newFolder({ "a.onnx": writeOnnx(other) });
  const [printed] = await jsonLines(folder, "info", "a.onnx");
  expect(printed).toMatchObject({
    missing: { Frobnicate: ["sum"], "com.me.Wobble": ["wobbler"] },
    planned: null,
  });
  const { stdout } = await unrolled(folder, "info", "a.onnx");
  expect(stdout).toMatch(
    /^missing +operators that are not known here, with their nodes\n {2}Frobnicate +sum$/m,
  );
});

it.concurrent("info shows weights of PyTorch, and what they are taken for", async () => {
  const folder = newFolder({ "m.pt": unpacked(torch.lstm.file) });
  const [printed] = await jsonLines(folder, "info", "m.pt");
  expect(printed).toMatchObject({ format: "torch", missing: {}, states: {} });
  expect((printed!.notes as string[])[0]).toMatch(/guessed from their names and shapes: \{"cell":"LSTM"/);
  const plain = serializeSafetensors({ "fc.weight": { shape: [2, 3], data: new Float32Array(6) } });
  const other = newFolder({ "fc.safetensors": plain });
  const { stdout } = await unrolled(other, "info", "fc.safetensors");
  expect(stdout).toMatch(/^weights +6\n {2}fc\.weight +\[2, 3\]\nnote +no weight is called weight_ih_l0/m);
});

it.concurrent("info shows a file of Keras", async () => {
  const folder = newFolder({ "m.h5": unpacked(keras.names.h5), "m.keras": unpacked(keras.names.keras) });
  const [printed] = await jsonLines(folder, "info", "m.h5");
  const [other] = await jsonLines(folder, "info", "m.keras");
  expect(printed).toMatchObject({ format: "keras", missing: {} });
  expect(other).toMatchObject({ weights: printed!.weights, operators: printed!.operators });
  expect(printed!.weights).toBeGreaterThan(0);
});

it.concurrent("info refuses files of other kinds, and damaged ones", async () => {
  const model = { modelTopology: {}, weightsManifest: [{ paths: ["../text.txt"], weights: [] }] };
  const folder = newFolder({
    "a.tflite": "\x1c\0\0\0TFL3\0\0\0\0",
    "a.onnx": "no model",
    "model.json": JSON.stringify(model),
    "page.html": "<!doctype html><p>not found",
  });
  for (const [args, message] of [
    [["info", "a.tflite"], "a.tflite: this is a model of TensorFlow Lite: convert it to ONNX"],
    [["info", "a.onnx"], "a.onnx: ONNX: not an ONNX model, or damaged"],
    [["info", "model.json"], /model\.json: TF\.js: /],
    [["info", "page.html"], "page.html: this is a web page"],
    [["info", "text.txt"], "text.txt: safetensors: not a file of this format"],
    [["info", "none.onnx"], "cannot read none.onnx"],
  ] as const) {
    await expectRefused(folder, args, message);
  }
});
