import type { Graph } from "../graph.ts";
import { foldConstants } from "./fold.ts";
import { fuseLoop } from "./loops.ts";
import { fuseNorms } from "./norms.ts";
import { tidy, withBodies } from "./rewrite.ts";
import { Scope } from "./scope.ts";

function fuseIn(graph: Graph, outer?: Scope): Graph {
  const scope = new Scope(graph, outer);
  const nodes = graph.nodes.map((node) => {
    const fused = node.op === "Loop" || node.op === "Scan" ? fuseLoop(scope, node) : undefined;
    return fused ?? withBodies(node, (body) => fuseIn(body, scope));
  });
  return tidy(fuseNorms({ ...graph, nodes }, outer));
}

/** Returns a graph with fewer nodes and the same outputs. */
export const fuse = (graph: Graph): Graph => fuseIn(foldConstants(graph));
