import { describe, expect, it } from "vitest";
import { add, multiply, sum } from "../../src/autograd/elementwise.ts";
import { GraphModule } from "../../src/finetune/index.ts";
import type { Attribute, Graph, GraphNode, Value } from "../../src/graph/graph.ts";
import { GraphModel } from "../../src/graph/index.ts";
import { gradcheck } from "../gradcheck.ts";
import { random } from "../random.ts";
import { describeRuntimes } from "../runtimes.ts";
import "../graph/operators.ts";

interface Case {
  op: string;
  /** Shapes of operands that are floats and trained, numbers for constants of whole numbers, or "" for none. */
  inputs: (number[] | { whole: number[]; shape?: number[]; dtype?: "int64" | "bool" } | "")[];
  attributes?: Record<string, Attribute>;
  outputs?: number;
  /** What operands are: 0.5 to 1.5 if the operator needs it. Default -1 to 1. */
  positive?: boolean;
  note?: string;
}

const whole = (...numbers: number[]) => ({ whole: numbers });
const mask = (...rows: number[][]) => ({
  whole: rows.flat(),
  shape: [rows.length, rows[0]!.length],
  dtype: "bool" as const,
});
const unary = [
  "Sigmoid",
  "Tanh",
  "Relu",
  "Exp",
  "Softsign",
  "Softplus",
  "LeakyRelu",
  "Elu",
  "Selu",
  "Celu",
  "Gelu",
];
const more = [
  "ThresholdedRelu",
  "HardSigmoid",
  "Swish",
  "HardSwish",
  "Mish",
  "Neg",
  "Abs",
  "Erf",
  "Sin",
  "Cos",
];

const CASES: Case[] = [
  ...[...unary, ...more, "Identity", "Dropout"].map((op) => ({ op, inputs: [[2, 3]] })),
  ...["Sqrt", "Reciprocal", "Log"].map((op) => ({ op, inputs: [[2, 3]], positive: true })),
  { op: "Gelu", inputs: [[5]], attributes: { approximate: "tanh" } },
  ...["Add", "Sub", "Mul", "Div", "Pow", "Max", "Min"].map((op) => ({
    ...{ op, inputs: [[2, 3], [3]], positive: true, note: "broadcast" },
  })),
  ...["Add", "Mul", "Max", "Min", "PRelu"].map((op) => ({
    op,
    inputs: [
      [2, 1, 3],
      [2, 1],
    ],
  })),
  ...["Sum", "Mean", "Max"].map((op) => ({ op, inputs: [[2, 3], [3], [2, 1]] })),
  {
    op: "MatMul",
    inputs: [
      [2, 3, 4],
      [4, 2],
    ],
  },
  {
    op: "MatMul",
    inputs: [
      [2, 3, 4],
      [1, 4, 2],
    ],
  },
  { op: "MatMul", inputs: [[4], [4, 2]] },
  { op: "MatMul", inputs: [[3, 2, 4], [4]] },
  {
    op: "MatMul",
    inputs: [
      [2, 1, 3, 4],
      [3, 4, 2],
    ],
  },
  { op: "Gemm", inputs: [[4, 2], [3, 4], [3]], attributes: { transA: 1, transB: 1, alpha: 0.5, beta: 2 } },
  {
    op: "Gemm",
    inputs: [
      [2, 4],
      [4, 3],
    ],
  },
  {
    op: "Einsum",
    inputs: [
      [2, 3, 4],
      [2, 5, 4],
    ],
    attributes: { equation: "bqd,bkd->bqk" },
  },
  {
    op: "Einsum",
    inputs: [
      [2, 3, 2, 4],
      [2, 3, 5, 4],
    ],
    attributes: { equation: "bhqd, bhkd -> bqhk" },
  },
  { op: "Transpose", inputs: [[2, 3, 4]], attributes: { perm: [1, 2, 0] } },
  { op: "Slice", inputs: [[4, 3], whole(3, 0), whole(-10, 2), whole(0, 1), whole(-2, 1)] },
  {
    op: "Concat",
    inputs: [
      [2, 3],
      [2, 1],
    ],
    attributes: { axis: 1 },
  },
  { op: "Split", inputs: [[4, 3], whole(1, 3)], attributes: { axis: 0 }, outputs: 2 },
  { op: "Expand", inputs: [[2, 1], whole(3, 2, 2)] },
  { op: "Tile", inputs: [[2, 2], whole(1, 3)] },
  { op: "Pad", inputs: [[2, 3], whole(1, 0, 0, 2)] },
  { op: "Pad", inputs: [[2, 3], whole(0, 1, 0, 2)], attributes: { mode: "reflect" } },
  { op: "Where", inputs: [mask([1, 0, 1]), [2, 3], [2, 1]] },
  { op: "Reshape", inputs: [[2, 6], whole(3, -1)] },
  { op: "Flatten", inputs: [[2, 3, 2]], attributes: { axis: 1 } },
  { op: "Squeeze", inputs: [[2, 1, 3], whole(1)] },
  { op: "Unsqueeze", inputs: [[2, 3], whole(1)] },
  { op: "Gather", inputs: [[5, 3], { whole: [1, -1, 1, 0], shape: [2, 2] }] },
  { op: "Gather", inputs: [[2, 5, 3], whole(4, 1, 1)], attributes: { axis: 1 } },
  { op: "GatherElements", inputs: [[3, 2], { whole: [0, 2, 1, 1], shape: [2, 2] }], attributes: { axis: 0 } },
  { op: "DepthToSpace", inputs: [[1, 4, 2, 2]], attributes: { blocksize: 2 } },
  { op: "Trilu", inputs: [[3, 3]], attributes: { upper: 0 } },
  ...["ReduceSum", "ReduceMean", "ReduceMax", "ReduceSumSquare", "ReduceL2"].flatMap((op) => [
    { op, inputs: [[2, 3, 4], whole(1)], attributes: { keepdims: 0 } },
    { op, inputs: [[2, 3, 2], whole(0, 2)] },
    { op, inputs: [[2, 3]] },
  ]),
  ...["Softmax", "LogSoftmax"].flatMap((op) => [
    { op, inputs: [[2, 3]] },
    { op, inputs: [[2, 3, 2]], attributes: { axis: 1 } },
  ]),
  { op: "LayerNormalization", inputs: [[2, 3, 4], [4], [4]] },
  { op: "LayerNormalization", inputs: [[2, 3, 4], [3, 4], [4]], attributes: { axis: 1, epsilon: 0.1 } },
  { op: "Conv", inputs: [[2, 3, 5], [4, 3, 2], [4]], attributes: { pads: [1, 0], strides: [2] } },
  {
    op: "Conv",
    inputs: [
      [2, 4, 6],
      [4, 2, 2],
    ],
    attributes: { group: 2, dilations: [2] },
  },
  {
    op: "Conv",
    inputs: [[1, 2, 4, 5], [3, 2, 2, 3], [3]],
    attributes: { pads: [1, 0, 1, 2], strides: [1, 2] },
  },
  {
    op: "Conv",
    inputs: [
      [2, 3, 4, 4],
      [3, 1, 3, 3],
    ],
    attributes: { group: 3, auto_pad: "SAME_UPPER" },
  },
  ...["MaxPool", "AveragePool"].flatMap((op) => [
    { op, inputs: [[2, 2, 5]], attributes: { kernel_shape: [2], pads: [1, 0] } },
    { op, inputs: [[1, 2, 4, 5]], attributes: { kernel_shape: [2, 3], strides: [2, 1], ceil_mode: 1 } },
  ]),
  {
    op: "AveragePool",
    inputs: [[2, 2, 5]],
    attributes: { kernel_shape: [3], pads: [1, 1], count_include_pad: 1 },
  },
  { op: "GlobalAveragePool", inputs: [[2, 3, 4]] },
  { op: "GlobalMaxPool", inputs: [[2, 3, 2, 2]] },
  ...(["LSTM", "GRU", "RNN"] as const).flatMap((op) => {
    const blocks = { LSTM: 4, GRU: 3, RNN: 1 }[op] * 2;
    const states = (D: number): number[][] => [[D, 2, 2], ...(op === "LSTM" ? [[D, 2, 2]] : [])];
    const weights = (D: number): number[][] => [
      [3, 2, 3],
      [D, blocks, 3],
      [D, blocks, 2],
      [D, 2 * blocks],
    ];
    const masked = mask([1, 0], [0, 1], [1, 1]);
    const outputs = op === "LSTM" ? 3 : 2;
    const bare: Case["inputs"] = [...weights(2), "", "", ...(op === "LSTM" ? (["", ""] as const) : [])];
    return [
      { op, inputs: weights(1).slice(0, 3), outputs, note: "no bias" },
      {
        op,
        inputs: [...weights(1), whole(2, 3)],
        attributes: { direction: "reverse" },
        outputs,
        note: "lengths",
      },
      { op, inputs: [...weights(2), "", ...states(2)], attributes: { direction: "bidirectional" }, outputs },
      { op, inputs: [...bare, masked], attributes: { direction: "bidirectional" }, outputs, note: "mask" },
      {
        ...{ op, inputs: [...bare, masked], outputs, note: "mask that repeats" },
        attributes: { direction: "bidirectional", masked: "repeat" },
      },
    ] as Case[];
  }),
  {
    op: "GRU",
    inputs: [
      [3, 2, 3],
      [1, 6, 3],
      [1, 6, 2],
      [1, 12],
    ],
    attributes: { linear_before_reset: 1 },
    outputs: 2,
  },
  {
    op: "LSTM",
    inputs: [[3, 2, 3], [1, 8, 3], [1, 8, 2], [1, 16], "", "", "", [1, 6]],
    outputs: 3,
    note: "peepholes",
  },
  {
    ...{
      op: "LSTM",
      inputs: [
        [3, 2, 3],
        [1, 8, 3],
        [1, 8, 2],
        [1, 16],
      ],
      outputs: 3,
      note: "other activations",
    },
    attributes: { activations: ["HardSigmoid", "Softsign", "Relu"], clip: 0.9 },
  },
];

/** Makes a graph in which each operand is a weight times 1. */
function graphOf({ op, inputs, attributes = {}, outputs = 1, positive }: Case): Graph {
  const draw = random(1 + op.length);
  const constants = new Map<string, Value>();
  const nodes: GraphNode[] = [];
  const names = inputs.map((input, i) => {
    if (input === "") return "";
    if (!Array.isArray(input)) {
      const { whole, shape = [whole.length], dtype = "int64" } = input;
      constants.set(`whole${i}`, { dtype, shape, data: Int32Array.from(whole) });
      return `whole${i}`;
    }
    const size = input.reduce((a, b) => a * b, 1);
    const data = Float32Array.from(draw.array(size), (x) => (positive ? 0.5 + Math.abs(x) : x));
    constants.set(`w${i}`, { dtype: "float32", shape: input, data });
    nodes.push({ op: "Mul", name: `mul${i}`, inputs: [`w${i}`, "one"], outputs: [`x${i}`], attributes: {} });
    return `x${i}`;
  });
  const made = Array.from({ length: outputs }, (_, i) => `y${i}`);
  nodes.push({ op, name: "node", inputs: names, outputs: made, attributes });
  const info = (name: string) => ({ name, dtype: "float32" as const, shape: undefined });
  return { inputs: [{ ...info("one"), shape: [] }], outputs: made.map(info), constants, nodes };
}

describe("operators with gradients", () => {
  describeRuntimes("each", (rt) => {
    it.each(
      CASES.map(
        (given, i) =>
          [`${i} ${given.op} ${given.note ?? ""} ${JSON.stringify(given.inputs)}`, given] as const,
      ),
    )("%s", (_, given) => {
      const graph = graphOf(given);
      const module = new GraphModule(rt(), graph);
      const parameters = module.parameters();
      const floats = given.inputs.filter(Array.isArray).length;
      expect(Object.keys(parameters)).toHaveLength(floats);
      const model = new GraphModel(rt(), graph);
      const one = { data: [1], shape: [] };
      const expected = model.run({ one });
      const run = () => module.forward({ one });
      rt().scope(() => {
        for (const [name, y] of Object.entries(run())) {
          expect(y.shape, name).toEqual(expected[name]!.shape);
          y.toArray().forEach((x, i) => {
            expect(x, name).toBeCloseTo(Number(expected[name]!.data[i]), 5);
          });
        }
      });
      const factors = new Map<string, Float32Array>();
      const loss = () => {
        const terms = Object.entries(run()).map(([name, y], i) => {
          const row = factors.get(name) ?? Float32Array.from(random(40 + i).array(y.size));
          factors.set(name, row);
          return sum(multiply(y, rt().tensor(row, y.shape)));
        });
        return terms.reduce(add);
      };
      rt().scope(() => loss().backward());
      for (const [name, parameter] of Object.entries(parameters)) {
        gradcheck(
          () => rt().scope(() => rt().noGrad(() => loss().item())),
          parameter.data as Float32Array,
          parameter.grad!.toArray(),
          { eps: 1 / 256, tolerance: 6e-3, label: name },
        );
      }
      module.dispose();
      model.dispose();
    });
  });
});
