import { finetune, GraphModule } from "../../../src/finetune/index.ts";
import { exportKeras, loadKeras, readKerasWeights } from "../../../src/formats/keras/index.ts";
import { exportOnnx, loadOnnx } from "../../../src/formats/onnx/index.ts";
import { loadTfjs } from "../../../src/formats/tfjs/index.ts";
import { exportTorch, loadTorch, readTorch } from "../../../src/formats/torch/index.ts";
import { dense, letters, spec, voice, wave } from "../../formats/small-models.ts";
import { type Any, model as languageModel, method, type Row, rt, setter } from "./setup.ts";

const model = loadOnnx(rt, voice);
const [frames, state] = [new Float32Array(64), new Float32Array(16)];
const example = { inputs: { frames, state }, target: [0.5] };
const streamOf = () => model.stream({ state: { next_state: "state" } });
const stream = streamOf();

/** Models of other frameworks. */
export const rows: readonly Row[] = [
  ["loadOnnx", () => [rt, voice, {}], loadOnnx],
  ["loadOnnx: dims", () => [{}], (dims: Any) => loadOnnx(rt, voice, { dims })],
  ["loadOnnx: constants", () => [{}], (constants: Any) => loadOnnx(rt, voice, { constants })],
  ["loadOnnx: constant", () => [state], (given: Any) => loadOnnx(rt, voice, { constants: { state: given } })],
  ["loadKeras", () => [rt, wave, {}], loadKeras],
  ["loadKeras: config", () => ["{}"], (config: Any) => loadKeras(rt, wave, { config })],
  ["readKerasWeights", () => [wave], readKerasWeights],
  ["loadTfjs", () => [rt, dense(), {}], loadTfjs],
  [
    "loadTfjs: files",
    () => [dense().model, dense().weights],
    (files: Any, weights: Any) => loadTfjs(rt, { model: files, weights }),
  ],
  ["loadTorch", () => [rt, letters, { spec }], loadTorch],
  ["loadTorch: spec", () => [spec], (given: Any) => loadTorch(rt, letters, { spec: given })],
  [
    "loadTorch: field",
    () => [spec.cell, 32, 1, false, spec.embedding, 27, {}],
    (cell: Any, hidden: Any, layers: Any, bidirectional: Any, embedding: Any, out: Any, names: Any) =>
      loadTorch(rt, letters, { spec: { cell, hidden, layers, bidirectional, embedding, out, names } }),
  ],
  ["loadTorch: key", () => [undefined], (key: Any) => loadTorch(rt, letters, { spec, key })],
  ["readTorch", () => [letters, {}], readTorch],
  ["finetune", () => [model, [example], {}], finetune],
  [
    "finetune: options",
    () => [1, 0.1, "sgd", undefined, "voice", 1],
    (batch: Any, lr: Any, optimizer: Any, loss: Any, output: Any, seed: Any) =>
      finetune(model, [example], { batch, lr, optimizer, loss, output, seed }),
  ],
  [
    "finetune: example",
    () => [example.inputs, example.target],
    (inputs: Any, target: Any) => finetune(model, [{ inputs, target }], { output: "voice" }),
  ],
  ["new GraphModule", () => [rt, model, {}], (a: Any, b: Any, c: Any) => new GraphModule(a, b, c)],
  ["GraphModule: options", () => [["voice"]], (outputs: Any) => new GraphModule(rt, model, { outputs })],
  method(
    "GraphModule.forward",
    () => new GraphModule(rt, model),
    () => [example.inputs],
  ),
  ["exportOnnx", () => [languageModel, {}], exportOnnx],
  [
    "exportOnnx: options",
    () => [false, false],
    (states: Any, lengths: Any) => exportOnnx(languageModel, { states, lengths }),
  ],
  ["exportKeras", () => [languageModel, {}], exportKeras],
  ["exportKeras: options", () => [false], (untie: Any) => exportKeras(languageModel, { untie })],
  ["exportTorch", () => [languageModel], exportTorch],
  method(
    "GraphModel.run",
    () => model,
    () => [{ frames, state }],
  ),
  ["GraphModel.run: input", () => [frames], (given: Any) => model.run({ frames: given, state })],
  [
    "GraphModel.run: data",
    () => [frames, [1, 1, 64]],
    (data: Any, shape: Any) => model.run({ frames: { data, shape }, state }),
  ],
  method(
    "GraphModel.stream",
    () => model,
    () => [{ state: { next_state: "state" } }],
  ),
  [
    "GraphModel.stream: options",
    () => [{ next_state: "state" }, {}],
    (links: Any, constants: Any) => model.stream({ state: links, constants }),
  ],
  [
    "GraphModel.stream: link",
    () => ["state"],
    (input: Any) => model.stream({ state: { next_state: input } }),
  ],
  method(
    "GraphStream.step",
    () => stream,
    () => [{ frames }],
  ),
  ["GraphStream.step: input", () => [frames], (given: Any) => stream.step({ frames: given })],
  setter("GraphStream.state", streamOf, () => ({ state })),
  [
    "GraphStream.state: numbers",
    () => [state],
    (given: Any) => {
      streamOf().state = { state: given };
    },
  ],
];
