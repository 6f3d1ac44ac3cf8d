import { listed, shown } from "../../errors.ts";
import type { Graph, GraphNode } from "../../graph/graph.ts";
import { fail } from "./fail.ts";

/** Names that bodies read from outside. They are found once, because bodies lie in bodies. */
const outer = new WeakMap<Graph, readonly string[]>();

/** Returns the names of values that a body reads from the graphs around it. */
function outerNames(graph: Graph): readonly string[] {
  const known = outer.get(graph);
  if (known) return known;
  const own = new Set([...graph.inputs.map(({ name }) => name), ...graph.constants.keys()]);
  const names = new Set<string>();
  for (const node of graph.nodes) {
    for (const name of readNames(node)) if (!own.has(name)) names.add(name);
    for (const name of node.outputs) own.add(name);
  }
  const list = [...names];
  outer.set(graph, list);
  return list;
}

/** Returns the names of values that a node reads, also in its bodies. */
export function readNames({ inputs, attributes }: GraphNode): string[] {
  const names = inputs.filter((name) => name !== "");
  for (const value of Object.values(attributes)) {
    if (Object.hasOwn(Object(value), "nodes"))
      for (const name of outerNames(value as Graph)) names.push(name);
  }
  return names;
}

/**
 * Sorts nodes so that each value is made before it is read (Kahn 1962). Nodes that are in order stay so.
 *
 * @throws ERR_FORMAT if they form a circle
 */
export function sorted<T extends { readonly node: GraphNode }>(entries: readonly T[]): T[] {
  const makers = new Map<string, T>();
  for (const entry of entries) for (const name of entry.node.outputs) makers.set(name, entry);
  makers.delete("");
  const waiting = new Map<T, number>();
  const readers = new Map<T, T[]>();
  const done = new Set<T>();
  const sorted: T[] = [];
  const finish = (first: T) => {
    const ready = [first];
    for (let entry = ready.pop(); entry; entry = ready.pop()) {
      done.add(entry);
      sorted.push(entry);
      for (const reader of readers.get(entry) ?? []) {
        const left = waiting.get(reader)! - 1;
        waiting.set(reader, left);
        if (left === 0) ready.push(reader);
      }
    }
  };
  for (const entry of entries) {
    const before = readNames(entry.node).flatMap((name) => makers.get(name) ?? []);
    const open = before.filter((maker) => !done.has(maker));
    waiting.set(entry, open.length);
    for (const maker of open) {
      const list = readers.get(maker);
      if (list) list.push(entry);
      else readers.set(maker, [entry]);
    }
    if (open.length === 0) finish(entry);
  }
  if (sorted.length === entries.length) return sorted;
  const stuck = entries.filter((entry) => !done.has(entry)).map(({ node }) => shown(node.name));
  return fail(`these nodes read each other's outputs in a circle: ${listed(stuck, 5)}`);
}
