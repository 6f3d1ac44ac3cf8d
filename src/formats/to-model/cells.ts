import type { Activation } from "../../autograd/activation.ts";
import type { GraphNode } from "../../graph/graph.ts";
import { COUNT, FUNCTIONS, ORDER } from "../../graph/operators/recurrent.ts";
import type { NetworkSpec } from "../../network/spec.ts";
import { refuseNode, type Walk } from "./walk.ts";

/** The fields of a spec that a node says. */
export type CellFields = Pick<NetworkSpec, "cell" | "hidden"> & Partial<NetworkSpec>;

/** The weights of one direction, with the kinds that parameters' names have. */
export type DirectionWeights = Readonly<Record<string, Float32Array>>;

/** A recurrent layer of one or both directions. */
export interface FoundLayer {
  readonly fields: CellFields;
  /** Number of input features. */
  readonly inputs: number;
  readonly directions: readonly DirectionWeights[];
}

type Kind = keyof typeof COUNT;

export const isRecurrent = ({ op }: GraphNode): boolean => Object.hasOwn(COUNT, op);

/** Places of the inputs of LSTM, GRU and RNN. */
export const PLACE = { x: 0, w: 1, r: 2, b: 3, lengths: 4, h: 5, c: 6, p: 7 } as const;

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Returns the activations of all directions as fields of a spec have them. */
function activationsOf(node: GraphNode, directions: number): Activation[] {
  const kind = node.op as Kind;
  const usual = { LSTM: ["Sigmoid", "Tanh", "Tanh"], GRU: ["Sigmoid", "Tanh"], RNN: ["Tanh"] }[kind];
  const { activations, activation_alpha, activation_beta } = node.attributes;
  const names = activations ? list(activations) : Array.from({ length: directions }, () => usual).flat();
  const [alphas, betas] = [[...list(activation_alpha)], [...list(activation_beta)]] as number[][];
  return names.map((name) => {
    const found = Object.entries(FUNCTIONS).find(([key]) => key.toLowerCase() === String(name).toLowerCase());
    const [own, count] = found?.[1] ?? refuseNode(node, `activation ${String(name)} is unknown`);
    const [alpha, beta] = [count > 0 ? alphas!.shift() : undefined, count > 1 ? betas!.shift() : undefined];
    if (alpha === undefined && beta === undefined) return own;
    return { name: own, ...(alpha !== undefined && { alpha }), ...(beta !== undefined && { beta }) };
  });
}

const STANDARD: Readonly<Record<Kind, string>> = {
  LSTM: "sigmoid tanh tanh",
  GRU: "sigmoid tanh",
  RNN: "tanh",
};

/** Returns the fields of the activations. @param own those of each direction */
function activationFields(kind: Kind, own: readonly (readonly Activation[])[]): Partial<NetworkSpec> {
  const isSame = own.every((list) => JSON.stringify(list) === JSON.stringify(own[0]));
  const [first = []] = own;
  if (isSame && first.join(" ") === STANDARD[kind]) return {};
  if (isSame && kind === "RNN" && first[0] === "relu") return { nonlinearity: "relu" };
  return { activations: isSame ? first : own.flat() };
}

/** Returns a weight of a node in C order. */
function weightOf(walk: Walk, node: GraphNode, place: number, what: string): Float32Array | undefined {
  const name = node.inputs[place];
  if (!name) return undefined;
  const value = walk.constant(name) ?? refuseNode(node, `its weight ${what} is not constant`);
  return value.data instanceof Float32Array ? value.data : refuseNode(node, `its weight ${what} is no float`);
}

/** Reads one node: a direction, or both. */
function readNode(walk: Walk, node: GraphNode) {
  const kind = node.op as Kind;
  const { attributes } = node;
  const number = (name: string) => Number(attributes[name] ?? 0);
  const directions = attributes.direction === "bidirectional" ? 2 : 1;
  if (number("layout")) refuseNode(node, "layout is 1, expected 0");
  const isCoupled = kind === "LSTM" && number("input_forget") > 0;
  const order = isCoupled ? ORDER.COUPLED : ORDER[kind];
  const blocks = { LSTM: 4, GRU: 3, RNN: 1 }[kind];
  const [w, r] = [weightOf(walk, node, PLACE.w, "W"), weightOf(walk, node, PLACE.r, "R")];
  if (!w || !r) return refuseNode(node, "it has no weights");
  const H = Math.round(Math.sqrt(r.length / directions / blocks));
  const I = w.length / directions / blocks / H;
  if (H * H * blocks * directions !== r.length || !Number.isInteger(I))
    refuseNode(node, "its weights do not fit together");
  const b = weightOf(walk, node, PLACE.b, "B") ?? new Float32Array(directions * 2 * blocks * H);
  const p = kind === "LSTM" ? weightOf(walk, node, PLACE.p, "P") : undefined;
  const hasPeepholes = p?.some((value) => value !== 0) ?? false;
  const ordered = (numbers: Float32Array, from: number, width: number, places: readonly number[] = order) => {
    const result = new Float32Array(places.length * H * width);
    for (const [i, block] of places.entries()) {
      const at = from + block * H * width;
      result.set(numbers.subarray(at, at + H * width), i * H * width);
    }
    return result;
  };
  const weights = Array.from({ length: directions }, (_, d) => ({
    weight_ih: ordered(w, d * blocks * H * I, I),
    weight_hh: ordered(r, d * blocks * H * H, H),
    bias_ih: ordered(b, 2 * d * blocks * H, 1),
    bias_hh: ordered(b, (2 * d + 1) * blocks * H, 1),
    // ours: i, f, o; ONNX's: i, o, f
    ...(hasPeepholes && { weight_peephole: ordered(p!, d * 3 * H, 1, isCoupled ? [0, 1] : [0, 2, 1]) }),
  }));
  const fields: CellFields = {
    cell: kind.toLowerCase() as NetworkSpec["cell"],
    hidden: H,
    ...(kind === "GRU" && { resetAfter: number("linear_before_reset") > 0 }),
    ...(isCoupled && { forgetGate: "coupled" as const }),
    ...(hasPeepholes && { peepholes: true }),
    ...(number("clip") > 0 && { gateClip: number("clip") }),
  };
  const all = activationsOf(node, directions);
  const activations = Array.from({ length: directions }, (_, d) =>
    all.slice(d * COUNT[kind], (d + 1) * COUNT[kind]),
  );
  return { kind, fields, inputs: I, weights, activations };
}

/** Reads a recurrent layer. @param nodes one node, or those of the forward and of the backward direction */
export function readLayer(walk: Walk, nodes: readonly GraphNode[]): FoundLayer {
  const parts = nodes.map((node) => readNode(walk, node));
  const [first] = parts;
  for (const [i, part] of parts.entries()) {
    if (JSON.stringify([part.fields, part.inputs]) !== JSON.stringify([first!.fields, first!.inputs]))
      refuseNode(nodes[i]!, "its cell differs from that of the other direction");
  }
  const directions = parts.flatMap(({ weights }) => weights);
  const activations = activationFields(
    first!.kind,
    parts.flatMap((part) => part.activations),
  );
  return {
    fields: { ...first!.fields, bidirectional: directions.length === 2, ...activations },
    inputs: first!.inputs,
    directions,
  };
}
