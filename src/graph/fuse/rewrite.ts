import type { Attribute, Graph, GraphNode, Value, ValueInfo } from "../graph.ts";
import { bodiesOf, capturedNames } from "../names.ts";
import type { Scope } from "./scope.ts";

/** Returns a node with other bodies. */
export function withBodies(node: GraphNode, change: (body: Graph) => Graph): GraphNode {
  if (!bodiesOf(node).length) return node;
  const changed = ([name, value]: [string, Attribute]) => [
    name,
    typeof value === "object" && "nodes" in value ? change(value) : value,
  ];
  return { ...node, attributes: Object.fromEntries(Object.entries(node.attributes).map(changed)) };
}

/** Names the inputs or outputs of a body that other nodes make. */
export const named = (names: Iterable<string>): ValueInfo[] =>
  Array.from(names, (name) => ({ name, dtype: "float32", shape: undefined }));

/** Makes a body of some nodes of a graph. Its inputs are the values that they read, except constants. */
export function enclose(scope: Scope, parts: Iterable<GraphNode>, outputs: readonly string[]): Graph {
  const nodes = [...parts].sort((a, b) => scope.places.get(a)! - scope.places.get(b)!);
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const constants = new Map<string, Value>();
  const inputs = new Set<string>();
  for (const name of nodes.flatMap((node) => [...node.inputs, ...capturedNames(node)])) {
    const value = scope.constant(name);
    if (value) constants.set(name, value);
    else if (name && !made.has(name)) inputs.add(name);
  }
  return { inputs: named(inputs), outputs: named(outputs), constants, nodes };
}

/** Puts nodes that others read before them, and leaves out nodes and constants that nobody reads. */
export function tidy(graph: Graph): Graph {
  const makers = new Map<string, GraphNode>();
  for (const node of graph.nodes) for (const name of node.outputs) if (name) makers.set(name, node);
  const results = [
    ...graph.outputs.map(({ name }) => name),
    ...(graph.states ?? []).map(({ output }) => output),
  ];
  const read = new Set<string>();
  const open = [...results];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (read.has(name)) continue;
    read.add(name);
    const maker = makers.get(name);
    if (maker) open.push(...maker.inputs, ...capturedNames(maker));
  }
  const nodes = new Set<GraphNode>();
  const add = (node: GraphNode): void => {
    if (nodes.has(node)) return;
    for (const name of [...node.inputs, ...capturedNames(node)]) {
      const maker = makers.get(name);
      if (maker && maker !== node && !nodes.has(maker)) add(maker);
    }
    nodes.add(node);
  };
  for (const node of graph.nodes) if (node.outputs.some((name) => read.has(name))) add(node);
  const constants = new Map([...graph.constants].filter(([name]) => read.has(name)));
  return { ...graph, nodes: [...nodes], constants };
}
