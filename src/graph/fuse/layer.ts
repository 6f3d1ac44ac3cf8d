import type { Graph, GraphNode, Value } from "../graph.ts";
import type { Matrix } from "./affine.ts";
import type { Cell } from "./cell.ts";
import { named } from "./rewrite.ts";

/** Writes the transposed matrices of gates below each other, [1, gates * H, rows]. */
function stacked(parts: readonly (Matrix | undefined)[], rows: number, H: number): Value {
  const data = new Float32Array(parts.length * H * rows);
  for (const [g, part] of parts.entries()) {
    for (let j = 0; j < H; j++) {
      for (let i = 0; i < rows; i++) {
        data[(g * H + j) * rows + i] = part ? (part.data ? part.data[i * H + j]! : Number(i === j)) : 0;
      }
    }
  }
  return { dtype: "float32", shape: [1, parts.length * H, rows], data };
}

/** The weights of a recurrent node. */
export interface Weights {
  readonly W: Value;
  readonly R: Value;
  readonly B: Value;
}

/** Returns a GRU's own sum of the hidden state, if it has one. */
const ownSum = ({ reset }: Cell) => (typeof reset === "object" ? reset : undefined);

/** Returns the matrix of the hidden state of each gate. */
function recurrent(cell: Cell): (Matrix | undefined)[] {
  const { gates, reset, h } = cell;
  return gates.map(({ terms }, i) =>
    i + 1 < gates.length || reset === undefined
      ? terms.get(h)
      : typeof reset === "object"
        ? reset.terms.get(h)
        : terms.get(reset),
  );
}

export function weightsOf(cell: Cell): Weights {
  const { gates, x, I, H } = cell;
  const B = new Float32Array(2 * gates.length * H);
  for (const [i, { bias }] of gates.entries()) B.set(bias, i * H);
  const own = ownSum(cell);
  if (own) B.set(own.bias, B.length - H);
  return {
    W: stacked(
      gates.map(({ terms }) => terms.get(x)),
      I,
      H,
    ),
    R: stacked(recurrent(cell), H, H),
    B: { dtype: "float32", shape: [1, B.length], data: B },
  };
}

const numbersOf = (cell: Cell) => [
  ...cell.gates.flatMap(({ terms, bias }) => [terms.get(cell.x)?.data, bias]),
  ...recurrent(cell).map((matrix) => matrix?.data),
  ownSum(cell)?.bias,
];

/** Whether two steps compute the same. */
export function sameStep(a: Cell, b: Cell): boolean {
  if (a.op !== b.op || a.I !== b.I || a.H !== b.H || typeof a.reset !== typeof b.reset) return false;
  if (JSON.stringify(a.activations) !== JSON.stringify(b.activations)) return false;
  const others = numbersOf(b);
  return numbersOf(a).every((one, i) => {
    const other = others[i];
    return one === other || (one?.length === other?.length && one!.every((x, k) => x === other![k]));
  });
}

/** Makes a recurrent node, as a body of it alone: `unrolled:x`, `unrolled:h` and `unrolled:c` in, `unrolled:y`, `unrolled:hN` and `unrolled:cN` out. */
export function layerOf(
  { op, activations, reset, H, c }: Cell,
  weights: Weights,
  name: string,
  reverse: boolean,
): Graph {
  const inputs = [
    "unrolled:x",
    "unrolled:W",
    "unrolled:R",
    "unrolled:B",
    "",
    "unrolled:h",
    ...(c === undefined ? [] : ["unrolled:c"]),
  ];
  const outputs = ["unrolled:y", "unrolled:hN", ...(c === undefined ? [] : ["unrolled:cN"])];
  const node: GraphNode = {
    op,
    name,
    inputs,
    outputs,
    attributes: {
      hidden_size: H,
      direction: reverse ? "reverse" : "forward",
      activations: activations.map((activation) => activation.name),
      activation_alpha: activations.flatMap(({ alpha }) => alpha ?? []),
      activation_beta: activations.flatMap(({ beta }) => beta ?? []),
      ...(op === "GRU" && { linear_before_reset: Number(typeof reset === "object") }),
    },
  };
  return {
    inputs: named(inputs.filter(Boolean)),
    outputs: named(outputs),
    constants: new Map(Object.entries(weights).map(([key, value]) => [`unrolled:${key}`, value])),
    nodes: [node],
  };
}
