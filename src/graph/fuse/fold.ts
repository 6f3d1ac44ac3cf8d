import { sizeOf } from "../../runtime/shapes.ts";
import { Call } from "../call.ts";
import type { Graph, GraphNode, Value } from "../graph.ts";
import { operatorOf } from "../known-operators.ts";
import { Slot } from "../slot.ts";
import { emptyValue } from "../values.ts";
import { withBodies } from "./rewrite.ts";

/** Operators between weights as files have them and the nodes that read them. None makes more numbers than it reads. */
const FOLDED = new Set(
  "Identity Cast Transpose Unsqueeze Squeeze Reshape Flatten Concat Slice Split Gather Add Sub Mul Div Neg Sqrt Reciprocal".split(
    " ",
  ),
);
/** How many numbers folding may make for each number of a constant, and for none. */
const PER_NUMBER = 4;
const BASE_NUMBERS = 4096;

function compute(
  node: GraphNode,
  values: readonly (Value | undefined)[],
  limit: number,
): Value[] | undefined {
  const call = new Call(
    node,
    values.map((value) => value && new Slot(value.dtype, value.shape, value)),
  );
  try {
    const operator = operatorOf(node);
    const types = operator.infer!(call);
    if (types.some(({ shape }) => !(sizeOf(shape) <= limit))) return undefined;
    const places = operator.view?.(call, types);
    if (places) {
      const { data } = values[0]!;
      return types.map((type, i) => ({
        ...type,
        data: data.subarray(places[i], places[i]! + sizeOf(type.shape)),
      }));
    }
    if (!operator.evaluate) return undefined;
    const results = types.map(({ dtype, shape }) => emptyValue(dtype, shape));
    operator.evaluate(call, values, results);
    return results;
  } catch {
    return undefined; // the planner refuses the node if it is reached
  }
}

/**
 * Computes nodes of constants, so that patterns find their results as constants.
 *
 * @param outer constants of the graphs around it
 * @param budget how many numbers the results may have
 */
export function foldConstants(
  graph: Graph,
  outer: ReadonlyMap<string, Value> = new Map(),
  budget = { left: BASE_NUMBERS },
): Graph {
  const constants = new Map(graph.constants);
  const seen = new Map([...outer, ...constants]);
  for (const { name } of graph.inputs) seen.delete(name);
  for (const { data } of constants.values()) budget.left += PER_NUMBER * data.length;
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes) {
    const values = node.inputs.map((name) => seen.get(name));
    const known =
      FOLDED.has(node.op) && values.length > 0 && node.inputs.every((name, i) => !name || values[i]);
    const results = known ? compute(node, values, budget.left) : undefined;
    if (!results) nodes.push(withBodies(node, (body) => foldConstants(body, seen, budget)));
    for (const [i, value] of results?.entries() ?? []) {
      const name = node.outputs[i];
      if (!name) continue;
      budget.left -= value.data.length;
      constants.set(name, value);
      seen.set(name, value);
    }
  }
  return { ...graph, constants, nodes };
}
