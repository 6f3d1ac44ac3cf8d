import { expect, it } from "vitest";
import { loadKeras } from "../../src/formats/keras/index.ts";
import { loadTfjs } from "../../src/formats/tfjs/index.ts";
import { guessSpec } from "../../src/formats/torch/guess-spec.ts";
import { loadTorch } from "../../src/formats/torch/index.ts";
import { readTorch } from "../../src/formats/torch/read-torch.ts";
import type { Workspace } from "../../src/runtime/workspace.ts";
import { startRuntime } from "../runtimes.ts";
import { refusal, unpacked } from "./files.ts";
import keras from "./keras/files.json" with { type: "json" };
import torch from "./torch/files.json" with { type: "json" };

const rt: Workspace = await startRuntime();

function expectClose(found: ArrayLike<number | bigint>, expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5);
}

it("loadKeras runs a file", () => {
  const model = loadKeras(rt, unpacked(keras.names.keras), {});
  const { x, y } = keras.names;
  const outputs = model.run({ [model.inputs[0]!.name]: { shape: [2, 3, 2], data: x } });
  expectClose(outputs[model.outputs[0]!.name]!.data, y);
  model.dispose();
});

it("loadTorch runs a state_dict", () => {
  const { file, shape, x, y } = torch.lstm;
  const spec = {
    cell: "LSTM",
    hidden: 2,
    layers: 2,
    bidirectional: true,
    embedding: [5, 2],
    out: 3,
  } as const;
  const model = loadTorch(rt, unpacked(file), { spec, dims: { batch: 2 } });
  expect(model.inputs[0]!.shape).toEqual([2, "time"]);
  expectClose(model.run({ ids: { shape, data: x } }).y!.data, y);
  model.dispose();
});

it("guessSpec finds what the weights say", () => {
  expect(guessSpec(readTorch(unpacked(torch.lstm.file)))).toEqual({
    ...{ cell: "LSTM", hidden: 2, layers: 2, bidirectional: true, embedding: [5, 2], out: 3 },
  });
  expect(guessSpec(readTorch(unpacked(torch.gru.file)))).toMatchObject({ cell: "GRU", hidden: 2, layers: 2 });
  const two = { dtype: "float32", shape: [2, 3], data: new Float32Array(6) } as const;
  expect(refusal(() => guessSpec({ "fc.weight": two }))).toMatch(/no weight is called weight_ih_l0/);
  const rnn = { ...two, shape: [2, 2], data: new Float32Array(4) };
  const stack = (name: string) => ({ [`${name}.weight_ih_l0`]: two, [`${name}.weight_hh_l0`]: rnn });
  expect(refusal(() => guessSpec({ ...stack("a"), ...stack("b") }))).toMatch(
    /several stacks of recurrent layers/,
  );
  const norm = { ...two, shape: [2], data: new Float32Array(2) };
  expect(refusal(() => guessSpec({ ...stack("a"), "norm.weight": norm }))).toMatch(
    /it has weights beside .*norm\.weight/,
  );
});

it("loaders refuse options that they do not know", () => {
  const wrong = { confg: 1 } as object;
  expect(refusal(() => loadKeras(rt, unpacked(keras.names.keras), wrong), "ERR_VALUE")).toMatch(/confg/);
  expect(refusal(() => loadTorch(rt, unpacked(torch.lstm.file), wrong as never), "ERR_VALUE")).toMatch(
    /confg/,
  );
  const files = { model: "{}", weights: [], shards: [] };
  expect(refusal(() => loadTfjs(rt, files), "ERR_VALUE")).toMatch(/shards/);
});
