import { UnrolledError } from "../../errors.ts";
import { show } from "../../schema.ts";
import type { Graph, GraphNode } from "../graph.ts";
import { bodiesOf } from "../names.ts";
import type { Operator } from "../operator.ts";
import { CONTROL } from "./control.ts";
import { CONVOLUTION } from "./convolution.ts";
import { EINSUM } from "./einsum.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { FUNCTIONS } from "./functions.ts";
import { FUSED } from "./fused.ts";
import { LAYOUT } from "./layout.ts";
import { NORMS } from "./norms.ts";
import { PRODUCTS } from "./products.ts";
import { QUANTIZE } from "./quantize.ts";
import { QUANTIZED_LSTM } from "./quantized-lstm.ts";
import { REARRANGEMENTS } from "./rearrangements.ts";
import { RECURRENT } from "./recurrent.ts";
import { REDUCTIONS } from "./reductions.ts";
import { RESIZE } from "./resize.ts";
import { REWRITES } from "./rewrites.ts";
import { SCATTER } from "./scatter.ts";
import { SELECTION } from "./selection.ts";
import { SHAPES } from "./shapes.ts";
import { SOFTMAX } from "./softmax.ts";

/** All operators by name. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  [
    ...[
      CONTROL,
      CONVOLUTION,
      EINSUM,
      ELEMENTWISE,
      FUNCTIONS,
      LAYOUT,
      NORMS,
      PRODUCTS,
      QUANTIZE,
      QUANTIZED_LSTM,
      REARRANGEMENTS,
    ],
    ...[FUSED, RECURRENT, REDUCTIONS, RESIZE, REWRITES, SCATTER, SELECTION, SHAPES, SOFTMAX],
  ].flatMap((group) => Object.entries(group)),
);

/** Returns the operator of a node. @throws ERR_FORMAT if there is none */
export function operatorOf(node: GraphNode): Operator {
  const found = OPERATORS.get(node.op);
  if (found) return found;
  throw new UnrolledError("ERR_FORMAT", `operator ${node.op} of ${show(node.name)} is not known here`);
}

/** Returns the operators of a graph and of its bodies that are not known here, each with the names of its nodes. */
export function missingOperators(graph: Graph): Map<string, string[]> {
  const missing = new Map<string, string[]>();
  const visit = ({ nodes }: Graph): void => {
    for (const node of nodes) {
      if (!OPERATORS.has(node.op)) missing.set(node.op, [...(missing.get(node.op) ?? []), node.name]);
      bodiesOf(node).forEach(visit);
    }
  };
  visit(graph);
  return missing;
}

/** Checks that all operators of a graph and of its bodies are known. @throws ERR_FORMAT with all that are missing, and their nodes */
export function checkOperators(graph: Graph): void {
  const missing = missingOperators(graph);
  if (!missing.size) return;
  const list = [...missing].map(
    ([op, names]) => `${op} (${names.slice(0, 3).map(show).join(", ")}${names.length > 3 ? ", ..." : ""})`,
  );
  throw new UnrolledError("ERR_FORMAT", `operators that are not known here: ${list.join("; ")}`);
}
