import type { Graph, GraphNode } from "./graph.ts";

const counted = new WeakMap<readonly GraphNode[], Map<string, number>>();

/** Returns how many inputs of nodes have each name. Names that bodies of the nodes read count as read for ever. */
export function uses(nodes: readonly GraphNode[]): ReadonlyMap<string, number> {
  let found = counted.get(nodes);
  if (!found) {
    found = new Map();
    for (const node of nodes) {
      for (const name of node.inputs) found.set(name, (found.get(name) ?? 0) + 1);
      for (const name of capturedNames(node)) found.set(name, Number.POSITIVE_INFINITY);
    }
    counted.set(nodes, found);
  }
  return found;
}

/** Returns the bodies of a node. */
export function bodiesOf(node: GraphNode): Graph[] {
  return Object.values(node.attributes).filter(
    (value): value is Graph => typeof value === "object" && "nodes" in value,
  );
}

/** Returns the names that the bodies of a node read from the graphs around them. */
export function capturedNames(node: GraphNode): string[] {
  return [...new Set(bodiesOf(node).flatMap(freeNames))];
}

function freeNames(graph: Graph): string[] {
  const own = new Set([...graph.inputs.map(({ name }) => name), ...graph.constants.keys()]);
  const free: string[] = [];
  const read = (name: string) => name && !own.has(name) && free.push(name);
  for (const node of graph.nodes) {
    node.inputs.forEach(read);
    capturedNames(node).forEach(read);
    for (const name of node.outputs) own.add(name);
  }
  for (const { name } of graph.outputs) read(name);
  return free;
}
