import { describe, expect, it } from "vitest";
import { layersToGraph } from "../../../src/formats/layers/index.ts";
import type { Value } from "../../../src/graph/graph.ts";
import { type Array64, evaluator } from "../evaluate.ts";
import { counted, KERAS_2, KERAS_3, layer, sequential, TFJS, value, weightsOf } from "./models.ts";

const tensor = (shape: number[], data: number[]): Array64 => ({ shape, data });
const ramp = (...shape: number[]): Array64 => {
  const { data } = counted(...shape);
  return tensor(shape, [...data]);
};

type Model = { class_name: string; config: unknown };
type Weights = Record<string, Value[]>;
type Version = typeof KERAS_2 | typeof KERAS_3 | typeof TFJS;

function run(model: Model, weights: Weights, inputs: Array64[], version: Version = KERAS_2): Array64[] {
  const graph = layersToGraph(model, weightsOf(weights), version);
  const outputs = evaluator(graph)(Object.fromEntries(graph.inputs.map(({ name }, i) => [name, inputs[i]!])));
  return Object.values(outputs);
}

const near = (given: readonly number[], expected: readonly number[]) => {
  expect(given.length).toBe(expected.length);
  for (const [i, number] of expected.entries()) expect(given[i]).toBeCloseTo(number, 6);
};

describe("what depends on the version", () => {
  const hard = sequential([3], layer("Activation", { activation: "hard_sigmoid" }));
  const x = tensor([1, 3], [-2.6, 0.5, 2.6]);
  it.each([
    [KERAS_2, [0, 0.6, 1]],
    [TFJS, [0, 0.6, 1]],
    [KERAS_3, [0.4 / 6, 3.5 / 6, 5.6 / 6]],
  ])("hard_sigmoid in %o", (version, expected) => {
    near(run(hard, {}, [x], version)[0]!.data, expected);
  });

  it("the gates of an old LSTM that does not name its activation are hard", () => {
    const units = 2;
    const weights = { lstm: [counted(3, 8), counted(2, 8), counted(8)] };
    const model = (more: object) => sequential([4, 3], layer("LSTM", { units, ...more }));
    const [old] = run(model({}), weights, [ramp(2, 4, 3)]);
    const [named] = run(model({ recurrent_activation: "hard_sigmoid" }), weights, [ramp(2, 4, 3)]);
    near(old!.data, named!.data);
    const [modern] = run(model({}), weights, [ramp(2, 4, 3)], KERAS_3);
    const [soft] = run(model({ recurrent_activation: "sigmoid" }), weights, [ramp(2, 4, 3)], KERAS_3);
    near(modern!.data, soft!.data);
    expect(old!.data).not.toEqual(modern!.data);
  });

  it("a GRU without reset_after is the old one, but in Keras 3", () => {
    const model = sequential([4, 3], layer("GRU", { units: 2, recurrent_activation: "sigmoid" }));
    const bias = counted(6);
    const weights = { gru: [counted(3, 6), counted(2, 6), bias] };
    const graph = layersToGraph(model, weightsOf(weights), KERAS_2);
    expect(graph.nodes.find(({ op }) => op === "GRU")!.attributes.linear_before_reset).toBeUndefined();
    const two = { gru: [counted(3, 6), counted(2, 6), counted(2, 6)] };
    const modern = layersToGraph(model, weightsOf(two), KERAS_3);
    expect(modern.nodes.find(({ op }) => op === "GRU")!.attributes.linear_before_reset).toBe(1);
    expect(() => layersToGraph(model, weightsOf(weights), KERAS_3)).toThrow(
      /weight 3 is \[6\], expected \[2,6\]/,
    );
  });

  it("Keras 2 wants all masks of a merge, Keras 3 one", () => {
    const masked = (name: string) => [
      layer("InputLayer", { name, batch_input_shape: [null, 3, 1] }, { name, inbound_nodes: [] }),
      layer("Masking", { name: `m${name}` }, { name: `m${name}`, inbound_nodes: [[[name, 0, 0, {}]]] }),
    ];
    const model = {
      class_name: "Model",
      config: {
        layers: [
          ...masked("a"),
          ...masked("b"),
          layer(
            "Add",
            { name: "sum" },
            {
              name: "sum",
              inbound_nodes: [
                [
                  ["ma", 0, 0, {}],
                  ["mb", 0, 0, {}],
                ],
              ],
            },
          ),
          layer(
            "SimpleRNN",
            { name: "rnn", units: 1, activation: "linear", use_bias: false },
            { name: "rnn", inbound_nodes: [[["sum", 0, 0, {}]]] },
          ),
        ],
        input_layers: [
          ["a", 0, 0],
          ["b", 0, 0],
        ],
        output_layers: [["rnn", 0, 0]],
      },
    };
    const weights = { rnn: [value([1, 1], [1]), value([1, 1], [1])] };
    const inputs = [tensor([1, 3, 1], [1, 0, 3]), tensor([1, 3, 1], [4, 5, 6])];
    near(run(model, weights, inputs)[0]!.data, [5 + 9]);
    near(run(model, weights, inputs, KERAS_3)[0]!.data, [5 + 5 + 9]);
  });

  it("Bidirectional hides masked steps in tf.keras, and repeats them in Keras 2 and TF.js", () => {
    const inner = (more: object) => ({
      ...{ units: 1, activation: "linear", use_bias: false, return_sequences: true },
      ...more,
    });
    const model = (more: object) =>
      sequential(
        [3, 1],
        layer("Masking"),
        layer("Bidirectional", { name: "bi", layer: layer("SimpleRNN", inner(more)), merge_mode: "sum" }),
      );
    const one = [value([1, 1], [1]), value([1, 1], [1])];
    const weights = { "bi/forward_simplernn": one, "bi/backward_simplernn": one };
    const x = tensor([1, 3, 1], [1, 0, 2]);
    near(run(model({ time_major: false }), weights, [x])[0]!.data, [1 + 3, 0, 3 + 2]);
    near(run(model({}), weights, [x])[0]!.data, [1 + 3, 1 + 2, 3 + 2]);
    near(run(model({ time_major: false }), weights, [x], TFJS)[0]!.data, [1 + 3, 1 + 2, 3 + 2]);
  });
});

describe("CuDNN layers", () => {
  /** The weights of a plain layer as CuDNN has them: gates of the input reshaped, gates of the state transposed. */
  const toCudnn = ({ shape, data }: Value, blocks: number, isRecurrent: boolean): Value => {
    const [rows, columns] = shape as [number, number];
    const units = columns / blocks;
    const to = new Float32Array(data.length);
    for (let block = 0; block < blocks; block++) {
      for (let i = 0; i < rows; i++) {
        for (let u = 0; u < units; u++) {
          const flat = u * rows + i; // kernel.T in C order, read as [rows, units]
          const place = isRecurrent ? [u, i] : [Math.floor(flat / units), flat % units];
          to[place[0]! * columns + block * units + place[1]!] = data[i * columns + block * units + u]!;
        }
      }
    }
    return value(shape as number[], to);
  };

  it.each([
    ["LSTM", 4],
    ["GRU", 3],
  ] as const)("CuDNN%s is the plain one with other weights", (name, blocks) => {
    const [units, width] = [2, 3];
    const size = blocks * units;
    const [kernel, recurrent, bias] = [counted(width, size), counted(units, size), counted(2, size)];
    const options = { units, recurrent_activation: "sigmoid", reset_after: true, name: "cell" };
    const sum = value(
      [size],
      Array.from({ length: size }, (_, i) => bias.data[i]! + bias.data[size + i]!),
    );
    const plain = { cell: [kernel, recurrent, name === "LSTM" ? sum : bias] };
    const expected = run(sequential([4, width], layer(name, options)), plain, [ramp(2, 4, width)]);
    const weights = {
      cell: [toCudnn(kernel, blocks, false), toCudnn(recurrent, blocks, true), value([2 * size], bias.data)],
    };
    for (const className of [`CuDNN${name}`, name]) {
      const model = sequential(
        [4, width],
        layer(className, { units, recurrent_activation: "sigmoid", name: "cell" }),
      );
      near(run(model, weights, [ramp(2, 4, width)])[0]!.data, expected[0]!.data);
    }
  });
});

describe("TF.js", () => {
  it("gives the initial state in masked steps before the first that counts", () => {
    const node = (...names: string[]) => ({ inbound_nodes: [names.map((name) => [name, 0, 0, {}])] });
    const model = {
      class_name: "Model",
      config: {
        layers: [
          layer(
            "InputLayer",
            { name: "x", batch_input_shape: [null, 3, 1] },
            { name: "x", inbound_nodes: [] },
          ),
          layer("InputLayer", { name: "h", batch_input_shape: [null, 1] }, { name: "h", inbound_nodes: [] }),
          layer("Masking", { name: "m" }, { name: "m", ...node("x") }),
          layer(
            "SimpleRNN",
            { name: "rnn", units: 1, activation: "linear", use_bias: false, return_sequences: true },
            { name: "rnn", ...node("m", "h") },
          ),
        ],
        input_layers: [
          ["x", 0, 0],
          ["h", 0, 0],
        ],
        output_layers: ["rnn", 0, 0],
      },
    };
    const weights = { rnn: [value([1, 1], [1]), value([1, 1], [1])] };
    const inputs = [tensor([1, 3, 1], [0, 1, 0]), tensor([1, 1], [7])];
    near(run(model, weights, inputs, TFJS)[0]!.data, [7, 8, 8]);
    near(run(model, weights, inputs)[0]!.data, [0, 8, 8]);
  });
});

describe("models in models, as Keras 2 counts their calls", () => {
  const dense = (name: string) => layer("Dense", { name, units: 1, use_bias: false });
  const inner = {
    class_name: "Model",
    name: "inner",
    config: {
      name: "inner",
      layers: [
        layer("InputLayer", { name: "i", batch_input_shape: [null, 1] }, { name: "i", inbound_nodes: [] }),
        { ...dense("double"), name: "double", inbound_nodes: [[["i", 0, 0, {}]]] },
      ],
      input_layers: [["i", 0, 0]],
      output_layers: [["double", 0, 0]],
    },
  };
  it.each([
    ["from 1", 1],
    ["from 0", 0],
  ])("%s", (_, first) => {
    const model = {
      class_name: "Model",
      config: {
        layers: [
          layer("InputLayer", { name: "x", batch_input_shape: [null, 1] }, { name: "x", inbound_nodes: [] }),
          { ...inner, inbound_nodes: [[["x", 0, 0, {}]], [["inner", first, 0, {}]]] },
        ],
        input_layers: [["x", 0, 0]],
        output_layers: [
          ["inner", first, 0],
          ["inner", first + 1, 0],
        ],
      },
    };
    const weights = { "inner/double": [value([1, 1], [2])] };
    const outputs = run(model, weights, [tensor([1, 1], [3])]);
    expect(outputs.map(({ data }) => [...data])).toEqual([[6], [12]]);
    const graph = layersToGraph(model, weightsOf(weights), KERAS_2);
    expect(graph.outputs.map(({ name }) => name)).toEqual(["inner", "inner_1"]);
  });
});

describe("Keras 3 in .h5", () => {
  it("has operators without their module", () => {
    const x = { class_name: "__keras_tensor__", config: { shape: [null, 2], keras_history: ["x", 0, 0] } };
    const other = (name: string) => ({ ...x, config: { ...x.config, keras_history: [name, 0, 0] } });
    const node = (className: string, name: string, args: unknown[], config = {}) => ({
      ...layer(className, { name, ...config }),
      name,
      inbound_nodes: [{ args, kwargs: {} }],
    });
    const model = {
      class_name: "Functional",
      config: {
        layers: [
          layer("InputLayer", { name: "x", batch_shape: [null, 2] }, { name: "x", inbound_nodes: [] }),
          node("Add", "op", [x, 10]),
          node("Add", "layer", [[other("op"), x]]),
          node("Negative", "minus", [other("layer")]),
          node("Reshape", "wide", [other("minus")], { newshape: [-1, 1, 2] }),
        ],
        input_layers: ["x", 0, 0],
        output_layers: ["wide", 0, 0],
      },
    };
    const [y] = run(model, {}, [tensor([1, 2], [1, 2])], KERAS_3);
    expect(y).toEqual({ shape: [1, 1, 2], data: [-12, -14] });
  });
});
