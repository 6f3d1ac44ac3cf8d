import type { Graph, GraphNode, ValueInfo } from "../../src/graph/graph.ts";

/** A graph that returns state + scale * x: [batch, 2]. */
export function accumulator(op = "Add"): Graph {
  const node = (op: string, name: string, inputs: string[], output: string): GraphNode => ({
    ...{ op, name, inputs, outputs: [output], attributes: {} },
  });
  const info = (name: string): ValueInfo => ({ name, dtype: "float32", shape: ["batch", 2] });
  return {
    inputs: [info("x"), info("state"), { name: "scale", dtype: "float32", shape: [] }],
    outputs: [info("y")],
    constants: new Map(),
    nodes: [node("Mul", "scaling", ["x", "scale"], "scaled"), node(op, "sum", ["state", "scaled"], "y")],
  };
}
