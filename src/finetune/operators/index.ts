import type { GraphNode } from "../../graph/graph.ts";
import { isFloat, TYPE_CODES } from "../../graph/graph.ts";
import { CONVOLUTION } from "./convolution.ts";
import type { Derivation } from "./derivation.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { MOVES } from "./moves.ts";
import { NORMS } from "./norms.ts";
import { PRODUCTS } from "./products.ts";
import { RECURRENT } from "./recurrent.ts";
import { REDUCTIONS } from "./reductions.ts";

/** All operators that have gradients, by name. */
const DERIVATIONS: ReadonlyMap<string, Derivation> = new Map(
  [MOVES, ELEMENTWISE, PRODUCTS, REDUCTIONS, NORMS, CONVOLUTION, RECURRENT].flatMap((group) =>
    Object.entries(group),
  ),
);

/** Returns how a node is computed with gradients; undefined if there is no way. */
export const derivationOf = ({ op }: GraphNode): Derivation | undefined => DERIVATIONS.get(op);

/** Operators whose results do not change, or by steps, when their inputs change a little. */
const CONSTANT = new Set([
  ...[
    "Shape",
    "Size",
    "ConstantOfShape",
    "Range",
    "EyeLike",
    "ArgMax",
    "ArgMin",
    "NonZero",
    "OneHot",
    "Hardmax",
  ],
  ...[
    "Equal",
    "Greater",
    "GreaterOrEqual",
    "Less",
    "LessOrEqual",
    "And",
    "Or",
    "Not",
    "Xor",
    "IsNaN",
    "IsInf",
  ],
  ...["Sign", "Floor", "Ceil", "Round"],
]);

/** Whether the gradient of a node is 0. */
export function isConstant({ op, attributes }: GraphNode): boolean {
  if (op !== "Cast") return CONSTANT.has(op);
  const { to } = attributes;
  const type = typeof to === "number" ? TYPE_CODES[to] : to;
  return !isFloat(type as "float32");
}

/** For operators with weights: which inputs they are. Those of recurrent layers are W, R, B and P. */
const WEIGHTS: Readonly<Record<string, readonly number[]>> = {
  ...{ MatMul: [0, 1], Gemm: [0, 1, 2], Einsum: [0, 1], Conv: [1, 2], Gather: [0] },
  ...{ LSTM: [1, 2, 3, 7], GRU: [1, 2, 3], RNN: [1, 2, 3] },
  ...{ LayerNormalization: [1, 2], BatchNormalization: [1, 2], PRelu: [1] },
};

/** Operators whose input can be a weight if it is longer than one number, or if a product is added to it. */
const AFFINE = new Set(["Add", "Sub", "Mul", "Div"]);

/** Whether input i of a node can be a weight. @param size how many numbers it has @param afterProduct whether another input is a product */
export function isWeight({ op }: GraphNode, i: number, size: number, afterProduct: boolean): boolean {
  if (AFFINE.has(op)) return size > 1 || (op === "Add" && afterProduct);
  return WEIGHTS[op]?.includes(i) ?? false;
}

/** Operators through which a constant reaches its place as a weight. */
export const PASSES = new Set([
  ...[
    "Identity",
    "Reshape",
    "Flatten",
    "Squeeze",
    "Unsqueeze",
    "Transpose",
    "Slice",
    "Concat",
    "Split",
    "Expand",
  ],
  ...["Cast", "Tile"],
]);
