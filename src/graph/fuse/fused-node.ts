import type { GraphNode } from "../graph.ts";
import type { Fused } from "../operators/onnx/fused.ts";

/** Makes a fused node. */
export const fusedNode = (name: string, fused: Fused, outputs: readonly string[]): GraphNode => ({
  op: "unrolled.Recurrent",
  name,
  inputs: fused.slow.inputs.map((input) => input.name),
  outputs,
  attributes: fused as unknown as GraphNode["attributes"],
});
