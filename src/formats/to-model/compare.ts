import { listed } from "../../errors.ts";
import type { GraphInput, GraphOutput } from "../../graph/index.ts";
import { show } from "../../schema.ts";
import { PLACE } from "./cells.ts";
import type { Parts } from "./parts.ts";
import { refuseGraph, refuseNode, type Walk } from "./walk.ts";

/** Lengths of free axes in the comparison. */
const [SEQUENCES, STEPS] = [3, 5];

/** Largest difference of outputs, times the larger of 1 and the largest output. */
export const TOLERANCE = 1e-4;

/** Which axis comes first. */
export type Order = "batch" | "time";

/** What the input of a graph has: ids, vectors of 0 and a single 1 in their place, or other vectors. */
export type Reads = "ids" | "one-hot" | "vectors";

/** Sequences of equal lengths, and the graph's outputs for them. */
export interface Sample {
  readonly T: number;
  readonly B: number;
  readonly order: Order;
  /** Ids [T, B], or vectors [T, B, size]. */
  readonly data: Int32Array | Float32Array;
  readonly output: GraphOutput;
}

/** Returns numbers from 0 to below 1 that are the same in every run. */
function noise(i: number): number {
  const value = Math.sin(i * 78.233 + 1) * 43_758.5453;
  return value - Math.floor(value);
}

/** Returns the numbers of steps and sequences, and the lengths of the axes of the input before its features. */
function lengthsOf(walk: Walk, { input: { name, isIds } }: Parts, order: Order) {
  const { shape } = walk.graph.inputs.find((input) => input.name === name)!;
  const rank = shape ? shape.length - Number(!isIds) : 2;
  if (rank !== 1 && rank !== 2) {
    return refuseGraph(
      `the input ${show(name)} has ${shape!.length} axes, expected batch, time${isIds ? "" : " and features"}`,
    );
  }
  const at = (axis: number, free: number) => {
    const length = shape?.[axis];
    return typeof length === "number" ? length : free;
  };
  if (rank === 1) {
    const T = at(0, STEPS);
    return { T, B: 1, lengths: [T], names: shape };
  }
  const free = order === "batch" ? [SEQUENCES, STEPS] : [STEPS, SEQUENCES];
  const lengths = free.map((length, axis) => at(axis, length));
  const [T = 1, B = 1] = order === "batch" ? [...lengths].reverse() : lengths;
  return { T, B, lengths, names: shape };
}

/**
 * Runs the graph on sequences.
 *
 * @param size numbers in a vector, or number of ids
 */
export function sampleOf(
  walk: Walk,
  parts: Parts,
  output: string,
  reads: Reads,
  size: number,
  order: Order,
): Sample {
  const { name } = parts.input;
  const { T, B, lengths, names } = lengthsOf(walk, parts, order);
  const isVectors = reads === "vectors";
  const width = reads === "ids" ? 1 : size;
  const data = isVectors ? new Float32Array(T * B * size) : new Int32Array(T * B);
  const given = new Float32Array(T * B * width);
  for (let t = 0; t < T; t++) {
    for (let b = 0; b < B; b++) {
      const [own, at] = [t * B + b, order === "batch" ? b * T + t : t * B + b];
      if (isVectors) {
        for (let k = 0; k < size; k++)
          given[at * size + k] = data[own * size + k] = 2 * noise(own * size + k) - 1;
        continue;
      }
      // Id 0 is padding in graphs that mask it.
      const id = size > 1 ? 1 + Math.floor(noise(own) * (size - 1)) : 0;
      data[own] = id;
      if (reads === "ids") given[at] = id;
      else given[at * size + id] = 1;
    }
  }
  const shape = reads === "ids" ? lengths : [...lengths, size];
  const feeds: Record<string, GraphInput> = { [name]: { data: given, shape } };
  const known = new Map(names?.map((axis, i) => [axis, shape[i]!]));
  for (const other of walk.graph.inputs) {
    if (other.name === name) continue;
    // States are 0, and the numbers of steps are those of all sequences.
    const axes = (other.shape ?? [B]).map((axis) =>
      typeof axis === "number" ? axis : (known.get(axis) ?? B),
    );
    const isCount = other.dtype.includes("int") && axes.length === 1;
    const count = axes.reduce((product, length) => product * length, 1);
    feeds[other.name] = { data: new Array<number>(count).fill(isCount ? T : 0), shape: axes };
  }
  checkStates(walk, parts, feeds);
  return { T, B, order, data, output: walk.run([output], feeds)[output]! };
}

/** Checks that states begin with zeros, and that no step is masked. */
function checkStates(walk: Walk, { nodes }: Parts, feeds: Readonly<Record<string, GraphInput>>): void {
  const has = (name: string, test: (value: number) => boolean) =>
    Array.from(walk.run([name], feeds)[name]!.data as ArrayLike<number>, Number).some(test);
  for (const node of nodes.flat()) {
    const isLstm = node.op === "LSTM";
    for (const place of isLstm ? [PLACE.h, PLACE.c] : [PLACE.h]) {
      const name = node.inputs[place];
      if (!name || walk.isInput(name)) continue;
      if (has(name, (value) => value !== 0)) refuseNode(node, `its initial state ${show(name)} is not 0`);
    }
    const mask = maskOf(node);
    if (mask && has(mask, (value) => value === 0))
      refuseNode(node, `its mask ${show(mask)} leaves out other steps than those of id 0`);
  }
}

/** Returns the name of the mask that a recurrent node reads. */
export const maskOf = ({ op, inputs }: Parts["nodes"][number][number]): string | undefined =>
  inputs[op === "LSTM" ? 8 : 6] || undefined;

/**
 * Compares outputs with those of the graph.
 *
 * @param own [T, B, width] if each step has outputs, else [B, width]
 * @returns the largest difference, in tolerances; Infinity if there are not as many numbers
 */
export function differenceOf(
  { T, B, output }: Sample,
  own: Float32Array,
  steps: boolean,
  order: Order,
): number {
  const data = output.data as Float32Array;
  if (data.length !== own.length) return Number.POSITIVE_INFINITY;
  const width = own.length / (steps ? T * B : B);
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  let worst = 0;
  for (let i = 0; i < data.length; i++) {
    const row = Math.floor(i / width);
    const place = steps && order === "batch" ? (row % T) * B + Math.floor(row / T) : row;
    const difference = Math.abs(data[i]! - own[place * width + (i % width)]!);
    if (!(difference <= worst)) worst = difference;
  }
  return worst / largest / TOLERANCE;
}

/** Refuses a graph that computes something else. */
export function refuseDifferent({ moves }: Parts, difference: number): never {
  const names = listed([...new Set(moves.map(({ name, op }) => `${show(name)} (${op})`))], 8);
  const how = Number.isFinite(difference)
    ? `differ by ${(difference * TOLERANCE).toPrecision(2)}`
    : "are not as many";
  return refuseGraph(
    `its outputs and those of a model with the same weights ${how}: nodes that move numbers do it in a way that our models do not, such as other steps or another order; they are ${names || "none"}`,
  );
}
