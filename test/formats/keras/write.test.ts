import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHdf5 } from "../../../src/formats/hdf5/object.ts";
import { exportKeras } from "../../../src/formats/keras/export.ts";
import { readKeras } from "../../../src/formats/keras/read-keras.ts";
import { GraphModel } from "../../../src/graph/model.ts";
import type { LanguageModelSpec } from "../../../src/models/language-model/spec.ts";
import type { TaskModel } from "../../../src/network/model.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { startRuntime } from "../../runtimes.ts";
import * as models from "../models.ts";

const { B, C, T, V, expectClose, features, rowsOf, tokens, vectorsOf } = models;

let rt: Runtime;
beforeAll(async () => {
  rt = await startRuntime();
});
afterAll(() => rt.dispose());

/** Runs what Keras reads. */
function runKeras(
  model: TaskModel,
  name: string,
  input: Int32Array | Float32Array,
  shape: number[],
  untie = false,
) {
  const { weights, config } = exportKeras(model, { untie });
  const [whole, apart] = [readKeras(weights), readKeras(weights, { config })].map((graph) => {
    const run = new GraphModel(rt, graph);
    const result = run.run({ [name]: { data: input, shape } });
    run.dispose();
    return Object.values(result)[0]!;
  });
  expect(apart!.data).toEqual(whole!.data);
  return whole!;
}

const cells = [
  { cell: "lstm" },
  { cell: "gru" },
  { cell: "gru", resetAfter: false },
  { cell: "rnn" },
  { cell: "rnn", nonlinearity: "relu", layers: 3 },
  { cell: "lstm", layers: 2, activations: [{ name: "hardSigmoid", alpha: 1 / 6 }, "softsign", "softsign"] },
] as const;

describe("language models", () => {
  it.each([...cells, { embedding: 0 }, { head: [7, 4] }, { head: [7], headActivation: "tanh" }] as const)(
    "%j",
    (spec) => {
      const model = models.languageModel(rt, spec);
      const { data, shape } = runKeras(model, "tokens", tokens, [B, T]);
      expect(shape).toEqual([B, T, V]);
      expectClose(data as Float32Array, models.softmaxOf(models.logitsOf(rt, model)));
    },
  );

  it("copies tied weights only if it may", () => {
    const model = models.languageModel(rt, { embedding: 5, tied: true });
    expect(() => exportKeras(model)).toThrow(
      "exportKeras: tied is true, but Keras' layers share no weights; with the option untie, the output layer gets a copy",
    );
    expect(runKeras(model, "tokens", tokens, [B, T], true).shape).toEqual([B, T, V]);
  });
});

describe("classifiers and taggers", () => {
  const poolings = ["last", "mean", "max", "mean+max"] as const;
  it.each([
    ...poolings.map((pooling) => ({ pooling })),
    ...poolings.map((pooling) => ({ pooling, bidirectional: false, layers: 2 })),
    { layers: 2, cell: "gru", resetAfter: false, pooling: "last" },
    { multiLabel: true },
  ] as const)("classifier %j", (spec) => {
    const model = models.classifier(rt, spec);
    const { data, shape } = runKeras(model, "tokens", tokens, [B, T]);
    expect(shape).toEqual([B, C]);
    const expected = model.probabilities(Array.from({ length: B }, (_, b) => rowsOf(b)));
    expectClose(
      data as Float32Array,
      expected.flatMap((row) => [...row]),
    );
  });

  it("reads vectors that are not scaled", () => {
    const model = models.classifier(rt, { features: 2, embedding: 0 });
    const { data } = runKeras(model, "features", features, [B, T, 2]);
    const expected = model.probabilities(Array.from({ length: B }, (_, b) => vectorsOf(b)));
    expectClose(
      data as Float32Array,
      expected.flatMap((row) => [...row]),
    );
  });

  it.each(cells)("tagger %j", (spec) => {
    const model = models.tagger(rt, { layers: 2, ...spec });
    const { data, shape } = runKeras(model, "tokens", tokens, [B, T]);
    expect(shape).toEqual([B, T, C]);
    const expected = model.probabilities(Array.from({ length: B }, (_, b) => rowsOf(b)));
    expectClose(
      data as Float32Array,
      expected.flatMap((row) => [...row]),
    );
  });
});

describe("forecasters", () => {
  it.each([{}, { changes: false }, { strategy: "direct" }, { cell: "gru", targets: ["b", "a"] }] as const)(
    "%j",
    (spec) => {
      const model = models.forecaster(rt, spec);
      const { data, shape } = runKeras(model, "rows", features, [B, T, 2]);
      const size = model.coding.outputs;
      expect(shape).toEqual([B, T, size]);
      for (let b = 0; b < B; b++) {
        const expected = model.forecast(vectorsOf(b)).flat();
        expectClose((data as Float32Array).slice(((b + 1) * T - 1) * size, (b + 1) * T * size), expected);
      }
    },
  );
});

it("keeps dropout and frozen vectors", () => {
  const { config } = exportKeras(
    models.tagger(rt, { dropout: 0.3, inputDropout: 0.2, layers: 2, freezeVectors: true }),
  );
  const layers = JSON.parse(config).config.layers as {
    name: string;
    config: { rate?: number; trainable?: boolean };
  }[];
  expect(layers.map(({ name }) => name)).toEqual([
    ...[
      "tokens",
      "embedding",
      "input_dropout",
      "bidirectional_0",
      "dropout_0",
      "bidirectional_1",
      "output_dropout",
    ],
    "head",
  ]);
  expect(layers.flatMap(({ config: { rate } }) => rate ?? [])).toEqual([0.2, 0.3, 0.3]);
  expect(layers[1]!.config.trainable).toBe(false);
});

it("lists layers as models of Keras sort them: by the number of layers up to the output", () => {
  const root = openHdf5(exportKeras(models.forecaster(rt, {})).weights);
  expect(root.get("model_weights")!.attribute("layer_names")).toEqual([
    ...["rows", "later", "before", "change", "change_scaling", "scaling", "changes", "inputs"],
    ...["rnn_0", "head", "forecast_changes", "origin", "forecasts"],
  ]);
});

describe("refuses by name", () => {
  it.each([
    [{ peepholes: true }, "peepholes is true, which Keras does not have"],
    [{ forgetGate: "coupled" }, 'forgetGate is "coupled", which Keras does not have'],
    [{ cell: "gru", resetGate: false }, "resetGate is false, which Keras does not have"],
    [{ gateNorm: true }, "gateNorm is true, which Keras does not have"],
    [{ gateClip: 3 }, "gateClip is 3, which Keras does not have"],
    [{ norm: "layer" }, 'norm is "layer", which Keras does not have'],
    [{ connections: "highway", layers: 2 }, 'connections is "highway", which Keras does not have'],
    [{ lines: true, zeroStart: true }, "zeroStart is true, which Keras does not have"],
    [
      { activations: ["sigmoid", "tanh", "relu"] },
      'activations is ["sigmoid","tanh","relu"], but Keras\' LSTM has one activation for the candidate and the new cell state',
    ],
    [
      { activations: ["hardSigmoid", "tanh", "tanh"] },
      "but Keras' hard_sigmoid has 0.16666666666666666 and 0.5",
    ],
    [{ cell: "gru", activations: ["sigmoid", "logSigmoid"] }, "of which Keras has not all"],
  ] as const)("%j", (spec, problem) => {
    expect(() => exportKeras(models.languageModel(rt, spec as Partial<LanguageModelSpec>))).toThrow(problem);
  });

  it("other models and options", () => {
    expect(() => exportKeras({} as TaskModel)).toThrow("exportKeras: expected a model, such as a Classifier");
    expect(() => exportKeras(models.languageModel(rt, {}), { tie: true } as object)).toThrow("tie");
    expect(() => exportKeras(models.languageModel(rt, {}), { untie: 1 as unknown as boolean })).toThrow(
      "untie is 1",
    );
  });
});
