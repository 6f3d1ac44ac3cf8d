import type { GraphBuilder } from "./graph-builder.ts";

/** Adds the length of an axis, int64 [1]. */
export const sizeOf = (graph: GraphBuilder, x: string, axis: number): string =>
  graph.add("Shape", [x], { start: axis, end: axis + 1 });

/** Adds zeros. @param sizes lengths of the axes: numbers, or values of int64 [1] */
export function addZeros(graph: GraphBuilder, sizes: readonly (string | number)[]): string {
  const parts = sizes.map((size) => (typeof size === "string" ? size : graph.integers("size", size)));
  return graph.add("ConstantOfShape", [graph.add("Concat", parts, { axis: 0 })]);
}

/**
 * Adds which steps are before the end of their sequence, bool [time, batch].
 *
 * @param x begins with the axis of time
 * @param lengths int64 [batch]
 * @returns the numbers of the steps, int64 [time, 1], and the flags
 */
export function addInside(graph: GraphBuilder, x: string, lengths: string) {
  const steps = graph.add("Gather", [graph.add("Shape", [x]), graph.integer("axis", 0)]);
  const range = graph.add("Range", [graph.integer("first", 0), steps, graph.integer("one", 1)]);
  const times = graph.add("Unsqueeze", [range, graph.integers("axes", 1)]);
  return { times, inside: graph.add("Less", [times, lengths]) };
}
