import { hasCellState, type NetworkSpec } from "../../network/spec.ts";
import type { Ends, States } from "./exported.ts";
import type { GraphBuilder } from "./graph-builder.ts";

const shapeOf = ({ layers, hidden }: NetworkSpec) => [layers, "batch", hidden];

/** Adds the inputs of the states before the first step. */
export function addStateInputs(graph: GraphBuilder, spec: NetworkSpec): States {
  const input = (name: string) => graph.input(name, "float32", shapeOf(spec));
  return { h: input("h"), ...(hasCellState(spec) && { c: input("c") }) };
}

/** Adds outputs of states. @param suffix stands after the names `h` and `c` */
export function addStateOutputs(graph: GraphBuilder, spec: NetworkSpec, { h, c }: States, suffix = ""): void {
  graph.output(`h${suffix}`, h, shapeOf(spec));
  if (c) graph.output(`c${suffix}`, c, shapeOf(spec));
}

const joined = (graph: GraphBuilder, parts: readonly string[]) =>
  parts.length > 1 ? graph.add("Concat", parts, { axis: 0 }) : parts[0]!;

const memoriesOf = (ends: Ends) => ends.flatMap(({ c }) => c ?? []);

/** Joins the states of all layers, [layers, batch, hidden]. */
export function joinStates(graph: GraphBuilder, ends: Ends): States {
  const [h, c] = [ends.map(({ h }) => h), memoriesOf(ends)];
  return { h: joined(graph, h), c: c.length ? joined(graph, c) : undefined };
}

/** Turns states into one row for each sequence, [batch, states]: h of all layers and directions, then c. */
export function addRowsOfStates(graph: GraphBuilder, ends: Ends): string {
  const all = joined(graph, [...ends.map(({ h }) => h), ...memoriesOf(ends)]);
  const turned = graph.add("Transpose", [all], { perm: [1, 0, 2] });
  return graph.add("Reshape", [turned, graph.integers("shape", 0, -1)]);
}

/** Turns rows back into states, [layers, batch, hidden]. */
export function addStatesOfRows(graph: GraphBuilder, rows: string, spec: NetworkSpec): States {
  const { layers, hidden } = spec;
  const parts = graph.add("Reshape", [rows, graph.integers("shape", 0, -1, hidden)]);
  const all = graph.add("Transpose", [parts], { perm: [1, 0, 2] });
  if (!hasCellState(spec)) return { h: all };
  const halves = graph.integers("halves", layers, layers);
  const [h, c] = graph.node("Split", [all, halves], ["first_h", "first_c"], { axis: 0 });
  return { h: h!, c: c! };
}
