import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UnrolledError } from "../../../src/errors.ts";
import { layersToGraph } from "../../../src/formats/layers/index.ts";
import type { Value } from "../../../src/graph/graph.ts";
import { expectError } from "../../runtimes.ts";
import { counted, KERAS_2, KERAS_3, layer, sequential, weightsOf } from "./models.ts";

type Model = { class_name: string; config: unknown };

const convert = (
  model: Model,
  weights: Record<string, Value[]> = {},
  version: typeof KERAS_2 | typeof KERAS_3 = KERAS_3,
) => layersToGraph(model, weightsOf(weights), version);

const refused = (call: () => unknown, message: RegExp): void => expectError(call, "ERR_FORMAT", message);

describe("what is not known", () => {
  it("is named at once, with models and wrappers around it", () => {
    const inside = sequential([3], layer("Mine", { name: "deep" }));
    const model = sequential(
      [4, 3],
      layer("Lambda", { name: "f", function: ["4wEA", null, null] }),
      layer("TimeDistributed", {
        name: "td",
        layer: { ...inside, config: { name: "in", layers: inside.config } },
      }),
      layer("Bidirectional", { name: "bi", layer: layer("LSTM", { name: "l", units: 2, gates: 3 }) }),
      layer("RNN", { name: "r", cell: layer("NASCell", { name: "nas" }) }),
      layer("Dense", { name: "fine", units: 2 }),
    );
    refused(
      () => convert(model),
      /4 of its layers cannot be run: "f" \(Lambda\) holds Python code.*"td\/in\/deep" \(Mine\).*"bi\/l" \(LSTM\) has options that are not known here: "gates".*"r\/nas" \(NASCell\)/,
    );
  });

  it("names options that change results, and not others", () => {
    const conv = (more: object) =>
      sequential([5, 3], layer("Conv1D", { name: "c", filters: 2, kernel_size: 2, ...more }));
    const weights = { c: [counted(2, 3, 2), counted(2)] };
    expect(
      convert(conv({ mystery: null, kernel_regularizer: { l2: 1 }, other: false }), weights).nodes.length,
    ).toBeGreaterThan(0);
    refused(
      () => convert(conv({ mystery: 1 }), weights),
      /"c" \(Conv1D\) has options that are not known here: "mystery"/,
    );
    refused(
      () => convert(conv({ padding: "reflect" }), weights),
      /padding is "reflect", expected valid or same or causal/,
    );
    refused(
      () => convert(conv({ activation: "mine" }), weights),
      /activation is "mine", expected linear, relu/,
    );
    const quantized = { dtype: { class_name: "QuantizedDTypePolicy", config: {} } };
    refused(() => convert(conv(quantized), weights), /is quantized/);
  });

  it("names operators of Keras 3", () => {
    const model = {
      class_name: "Functional",
      config: {
        layers: [
          layer("InputLayer", { name: "x", batch_shape: [null, 3] }, { name: "x", inbound_nodes: [] }),
          layer("Sort", { name: "sort" }, { module: "keras.src.ops.numpy", name: "sort", inbound_nodes: [] }),
        ],
        input_layers: ["x", 0, 0],
        output_layers: ["sort", 0, 0],
      },
    };
    refused(() => convert(model), /"sort" \(Sort\) is an operator that is not known here/);
  });

  it("is refused for models of other classes", () => {
    refused(
      () => convert({ class_name: "MyModel", config: {} }),
      /class "MyModel", expected Sequential or Functional/,
    );
  });
});

describe("weights that do not fit", () => {
  const dense = (units: unknown) => sequential([3], layer("Dense", { name: "d", units }));
  it("are refused before memory is allocated", () => {
    const weights = { d: [counted(3, 2), counted(2)] };
    expect(convert(dense(2), weights).nodes.map(({ op }) => op)).toEqual(["MatMul", "Add", "Identity"]);
    for (const units of [1e9, 3]) {
      refused(
        () => convert(dense(units), weights),
        /layer "d" \(Dense\): weight 1 is \[3,2\], expected \[3,\d+\]/,
      );
    }
    for (const units of [0, -1, 1.5, "2", null, 2 ** 60])
      refused(() => convert(dense(units), weights), /units is/);
    refused(() => convert(dense(2), { d: [counted(3, 2)] }), /1 weights, expected 2/);
    refused(() => convert(dense(2)), /0 weights, expected 2/);
    const huge = sequential([4, 3], layer("LSTM", { name: "l", units: 1e9 }));
    refused(() => convert(huge, { l: [counted(3, 8), counted(2, 8), counted(8)] }), /weight 1 is/);
  });

  it("are refused for states of a layer", () => {
    const lstm = (batch: number | null) => ({
      class_name: "Sequential",
      config: [layer("LSTM", { name: "l", units: 2, stateful: true, batch_input_shape: [batch, 4, 3] })],
    });
    const weights = { l: [counted(3, 8), counted(2, 8), counted(8)] };
    expect(convert(lstm(2), weights).states!.map(({ initial }) => initial.shape)).toEqual([
      [2, 2],
      [2, 2],
    ]);
    refused(() => convert(lstm(null), weights), /must have a fixed batch size/);
    refused(() => convert(lstm(1e9), weights), /is too large/);
  });
});

describe("configs that make no sense", () => {
  it("nests at most 16 deep", () => {
    let deep: Model = sequential([3], layer("Dense", { units: 1 }));
    for (let i = 0; i < 30; i++) deep = { class_name: "Sequential", config: [deep] };
    refused(() => convert(deep), /more than 16 deep/);
    const lists = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);
    refused(() => convert({ class_name: "Sequential", config: lists }), /no list of layers/);
    const input = layer(
      "InputLayer",
      { name: "x", batch_shape: [null, 3] },
      { name: "x", inbound_nodes: [] },
    );
    const dense = (nodes: unknown) =>
      layer("Dense", { name: "d", units: 1 }, { name: "d", inbound_nodes: nodes });
    const model = (nodes: unknown) => ({
      class_name: "Functional",
      config: { layers: [input, dense(nodes)], input_layers: ["x", 0, 0], output_layers: ["d", 0, 0] },
    });
    refused(() => convert(model([{ args: [lists], kwargs: {} }])), /more than 8 deep/);
    refused(() => convert(model([lists])), /inbound_nodes/);
    refused(() => convert(model([[["d", 0, 0, {}]]])), /are never made/);
    refused(() => convert(model([[["z", 0, 0, {}]]])), /reads "z", which the model does not have/);
  });

  it("may have its layers in any order", () => {
    const n = 5000;
    const layers = Array.from({ length: n }, (_, i) => {
      const name = `r${i}`;
      return layer(
        "Activation",
        { name, activation: "relu" },
        { name, inbound_nodes: [[[i ? `r${i - 1}` : "x", 0, 0, {}]]] },
      );
    });
    const x = layer("InputLayer", { name: "x", batch_shape: [null, 3] }, { name: "x", inbound_nodes: [] });
    const config = {
      layers: [...layers.reverse(), x],
      input_layers: ["x", 0, 0],
      output_layers: [`r${n - 1}`, 0, 0],
    };
    expect(convert({ class_name: "Functional", config }).nodes.length).toBe(n + 1);
  });

  it("does not multiply", () => {
    let inner: Model = sequential([3], layer("Activation", { activation: "relu" }));
    for (let i = 0; i < 10; i++) {
      const again = (name: string) => ({
        class_name: inner.class_name,
        config: { name, layers: inner.config },
      });
      inner = { class_name: "Sequential", config: [again("a"), again("b"), again("c")] };
    }
    refused(() => convert(inner), /more than 20000 calls of layers/);
  });

  it("never throws anything else", () => {
    const name = fc.constantFrom("x", "d", "l", "z");
    const node = fc.oneof(
      fc.tuple(name, fc.nat(2), fc.nat(2), fc.constant({})),
      fc.anything(),
      fc.record({
        args: fc.array(
          fc.record({
            class_name: fc.constant("__keras_tensor__"),
            config: fc.record({ keras_history: fc.tuple(name, fc.nat(2), fc.nat(2)) }),
          }),
        ),
      }),
    );
    const classes = [
      "InputLayer",
      "Dense",
      "LSTM",
      "Bidirectional",
      "Reshape",
      "Concatenate",
      "Dot",
      "Permute",
      "Embedding",
    ];
    const options = fc.dictionary(
      fc.constantFrom(
        "units",
        "layer",
        "axis",
        "axes",
        "dims",
        "target_shape",
        "batch_shape",
        "stateful",
        "output_dim",
        "input_dim",
      ),
      fc.oneof(
        fc.integer({ min: -3, max: 4 }),
        fc.array(fc.integer({ min: -2, max: 3 }), { maxLength: 3 }),
        fc.anything(),
      ),
    );
    const layers = fc.array(
      fc.record({
        class_name: fc.constantFrom(...classes),
        config: options,
        name,
        inbound_nodes: fc.array(fc.oneof(node, fc.array(node))),
      }),
      { maxLength: 4 },
    );
    const place = fc.oneof(fc.tuple(name, fc.nat(1), fc.nat(1)), fc.anything());
    const model = fc.record({
      class_name: fc.constantFrom("Sequential", "Functional"),
      config: fc.oneof(layers, fc.record({ layers, input_layers: place, output_layers: place })),
    });
    fc.assert(
      fc.property(model, (config) => {
        try {
          convert(config, { d: [counted(3, 2)], l: [counted(3, 8), counted(2, 8), counted(8)] }, KERAS_2);
        } catch (error) {
          if (!(error instanceof UnrolledError)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });
});
