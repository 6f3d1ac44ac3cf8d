import type { NetworkSpec } from "../../network/spec.ts";
import type { Linear } from "../../nn/linear.ts";
import type { Norm } from "../../nn/norm.ts";
import type { Recurrent } from "../../nn/recurrent.ts";
import { onnxCell, onnxWeights } from "./export-cells.ts";
import { addLinear } from "./export-head.ts";
import { addScan } from "./export-scan.ts";
import type { AddLayer, Ends, States } from "./exported.ts";
import type { GraphBuilder } from "./graph-builder.ts";

function addNorm(
  graph: GraphBuilder,
  name: string,
  x: string,
  norm: Norm | undefined,
  { norm: kind }: NetworkSpec,
) {
  if (!norm) return x;
  if (kind === "layer") {
    const parts = [graph.weight(`${name}.weight`, norm.weight!), graph.weight(`${name}.bias`, norm.bias!)];
    return graph.add("LayerNormalization", [x, ...parts], { epsilon: norm.eps });
  }
  const both = (norm as Norm & { scaleAndShift(): Float64Array }).scaleAndShift();
  const N = both.length / 2;
  const scaled = graph.add("Mul", [x, graph.numbers(`${name}.scale`, both.subarray(0, N))]);
  return graph.add("Add", [scaled, graph.numbers(`${name}.shift`, both.subarray(N))]);
}

/** Adds t y + (1 - t) x with t = sigmoid(W x + b). */
function addHighway(graph: GraphBuilder, name: string, x: string, y: string, gate: Linear): string {
  const t = graph.add("Sigmoid", [addLinear(graph, name, x, gate)]);
  const rest = graph.add("Mul", [t, graph.add("Sub", [y, x])]);
  return graph.add("Add", [x, rest]);
}

/** Adds a recurrent layer as one of ONNX's operators, or as a Scan if none is its cell. */
export const addLayer: AddLayer = (graph, name, x, rnn, layer, spec, start, lengths) => {
  const D = rnn.directions;
  const H = spec.hidden;
  const cell = onnxCell(spec);
  if (!cell) return addScan(graph, name, x, rnn, layer, spec, start, lengths);
  const { h, c = "" } = start;
  const own = rnn.layers.slice(layer * D, (layer + 1) * D);
  const weights = own.map((weights) => onnxWeights(cell, H, weights, rnn.cells[0]!));
  const rows = cell.blocks.length * H;
  const joined = (kind: string, parts: readonly Float32Array[], ...shape: number[]) =>
    graph.numbers(`${name}.${kind}_l${layer}`, concatenated(parts), [D, ...shape]);
  const W = weights.map(({ W }) => W);
  const R = weights.map(({ R }) => R);
  const B = weights.flatMap(({ B }) => B);
  const P = weights.flatMap(({ P = [] }) => P);
  const inputs = [
    x,
    joined("W", W, rows, own[0]!.weightIh.shape[1]!),
    joined("R", R, rows, H),
    joined("B", B, 2 * rows),
  ];
  const peepholes = cell.peepholes ? [joined("P", P, cell.peepholes.length * H)] : [];
  const memory = cell.op === "LSTM";
  const outputs = [`${name}_l${layer}`, `${name}_h_l${layer}`, ...(memory ? [`${name}_c_l${layer}`] : [])];
  const given = [...inputs, lengths, h, ...(memory ? [c] : []), ...peepholes];
  const [output, hEnd, cEnd] = graph.node(cell.op, given, outputs, cell.attributes);
  return { output: output!, states: { h: hEnd!, c: cEnd } };
};

/**
 * Adds the recurrent layers.
 *
 * @param name stands before the names of their weights
 * @param x [time, batch, features]
 * @param states the initial states of all layers; undefined for zeros
 * @param lengths as in `addLayer`
 * @returns the output of every step [time, batch, width], and the states after the last
 */
export function addLayers(
  graph: GraphBuilder,
  name: string,
  x: string,
  rnn: Recurrent,
  spec: NetworkSpec,
  states: States | undefined,
  lengths: string,
): { output: string; ends: Ends } {
  const { layers, connections } = spec;
  const perLayer = (name: string, state = ""): readonly string[] => {
    if (!state || layers === 1) return Array(layers).fill(state);
    const parts = Array.from({ length: layers }, (_, l) => `${name}_l${l}`);
    return graph.node("Split", [state, graph.integers("ones", ...parts.map(() => 1))], parts, { axis: 0 });
  };
  const [h, c] = [perLayer("h", states?.h), perLayer("c", states?.c)];
  const ends: States[] = [];
  for (let l = 0; l < layers; l++) {
    const start = { h: h[l]!, c: c[l] };
    const { output, states: end } = addLayer(graph, name, x, rnn, l, spec, start, lengths);
    ends.push(end);
    const y = addNorm(
      graph,
      `${name}.norm_l${l}`,
      stepsOf(graph, output, rnn.directions),
      rnn.norms[l],
      spec,
    );
    const gate = rnn.highways[l];
    if (l === 0 || connections === "plain") x = y;
    else if (gate) x = addHighway(graph, `${name}.highway_l${l}`, x, y, gate);
    else if (connections === "residual") x = graph.add("Add", [x, y]);
    else x = graph.add("Concat", [x, y], { axis: -1 });
  }
  return { output: x, ends };
}

/** Turns [time, directions, batch, hidden] into [time, batch, directions * hidden]. */
function stepsOf(graph: GraphBuilder, y: string, directions: number): string {
  if (directions === 1) return graph.add("Squeeze", [y, graph.integers("axes", 1)]);
  const turned = graph.add("Transpose", [y], { perm: [0, 2, 1, 3] });
  return graph.add("Reshape", [turned, graph.integers("shape", 0, 0, -1)]);
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const [first, ...others] = parts;
  if (others.length === 0) return first!;
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
