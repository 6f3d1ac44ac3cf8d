import { curve } from "../reference/curves.ts";
import { type Curve, Graph, type Scalar } from "../reference/graph.ts";
import { dequantize, LIMITS, quantize } from "../reference/int8.ts";
import { layoutOf, type Problem } from "./recurrent-problem.ts";

type Values = Float32Array | Float64Array;

/** All results of the kernels. */
export interface Expected {
  /** States, one slab more than there are steps: [T + 1, B, H]. */
  hs: Values;
  cs: Values | undefined;
  /** `gates` after the forward pass, [T, B, columns * H]; unspecified for an Elman cell. */
  activations: Values | undefined;
  /** `gates` after the backward pass. */
  dgates: Values;
  /** Gradients of the state before the first step [B, H]. */
  dh: Values;
  dc: Values | undefined;
  /** Gradients of peepholes, gains and biases, which start at 1. */
  dpeephole: Values | undefined;
  dgain: Values | undefined;
  dshift: Values | undefined;
}

/** Evaluates the formulas in float64, row by row of the batch, with gradients by automatic differentiation. */
export function expected(given: Problem): Expected {
  const { cell, T, B, H, direction, options } = given;
  const { columns, memory } = layoutOf(cell);
  const states = () => new Float64Array((T + 1) * B * H);
  const result = {
    hs: states(),
    cs: memory ? states() : undefined,
    activations: columns.length > 1 ? Float64Array.from(given.gates) : undefined,
    dgates: new Float64Array(given.gates.length),
    dh: new Float64Array(B * H),
    dc: memory ? new Float64Array(B * H) : undefined,
    dpeephole: options?.peepholes ? new Float64Array(given.peephole.length).fill(1) : undefined,
    dgain: options?.normalised ? new Float64Array(given.gain.length).fill(1) : undefined,
    dshift: options?.normalised ? new Float64Array(given.shift.length).fill(1) : undefined,
  };
  const steps = Array.from({ length: T }, (_, t) => (direction > 0 ? t : T - 1 - t));
  for (let b = 0; b < B; b++) expectedRow(given, steps, b, result);
  return result;
}

function expectedRow(given: Problem, steps: number[], b: number, result: Expected): void {
  const { cell, T, B, H, direction, batchSizes, options } = given;
  const { formula, blocks, columns, peepholes, own, resetBefore } = layoutOf(cell);
  const graph = new Graph();
  const inputs = (values: Values, row: number) =>
    [...values.subarray(row * H, (row + 1) * H)].map((v) => graph.input(v));
  const [h0, c0] = [inputs(given.h0, b), inputs(given.c0, b)];
  const curves = (options?.activations ?? own).map((named) => curve(named, options?.limit));
  const byName = (names: readonly string[], values: Values) =>
    Object.fromEntries(names.map((name, i) => [name, inputs(values, i)]));
  const peephole = byName(options?.peepholes ? peepholes : [], given.peephole);
  const [gain, shift] = [byName(columns, given.gain), byName(columns, given.shift)];
  const normal = (name: string, a: readonly Scalar[]) => graph.normalize(a, gain[name]!, shift[name]!);
  const whole = (row: ArrayLike<number>, limit: number) => dequantize(quantize(row, limit));
  const product = (name: string, v: readonly Scalar[]) => {
    const x = given.int8
      ? whole(Float32Array.from(values(v)), LIMITS.activations).map((q) => graph.input(q))
      : v;
    return v.map((_, j) => {
      const row = blocks.indexOf(name) * H + j;
      const w = given.weight.subarray(row * H, (row + 1) * H);
      return graph.dot(given.int8 ? whole(w, LIMITS.weights) : w, x);
    });
  };
  const keep = (t: number, h: readonly Scalar[], c: readonly Scalar[]) => {
    result.hs.set(values(h), (t * B + b) * H);
    result.cs?.set(values(c), (t * B + b) * H);
  };

  let [h, c]: (readonly Scalar[])[] = [h0, c0];
  keep(direction > 0 ? 0 : T, h0, c0);
  const visited = steps.map((t) => {
    const active = b < (batchSizes?.[t] ?? B);
    const place = (t * B + b) * columns.length;
    const share = Object.fromEntries(columns.map((name, i) => [name, inputs(given.gates, place + i)]));
    const step = active
      ? formula({
          graph,
          curves: curves as [Curve, Curve, Curve],
          share,
          product,
          peephole,
          previous: options?.peepholes === "previous",
          normal: options?.normalised ? normal : undefined,
          h: h!,
          c: c!,
        })
      : {};
    h = step.next ?? h!;
    c = step.memory ?? c!;
    keep(direction > 0 ? t + 1 : t, h, c);
    columns.forEach((name, i) => {
      if (step[name]) result.activations?.set(values(step[name]), (place + i) * H);
    });
    seed(step.next ?? [], given.dout, t * B + b, H);
    return { share, place, q: resetBefore ? step.q : undefined };
  });
  seed(h!, given.dh, b, H);
  seed(c!, given.dc, b, H);
  graph.backward();
  for (const { share, place, q } of visited) {
    columns.forEach((name, i) => {
      result.dgates.set(gradients(share[name]!), (place + i) * H);
    });
    if (q) result.dgates.set(values(q), (place + columns.length - 1) * H); // q = r h stays for the gradient of R_n
  }
  for (const [to, names, scalars] of [
    [result.dpeephole, peepholes, peephole],
    [result.dgain, columns, gain],
    [result.dshift, columns, shift],
  ] as const) {
    names.forEach((name, i) => {
      scalars[name]?.forEach(({ gradient }, j) => {
        if (to) to[i * H + j]! += gradient;
      });
    });
  }
  result.dh.set(gradients(h0), b * H);
  result.dc?.set(gradients(c0), b * H);
}

/** Adds row `row` of the gradients to those of the scalars. */
function seed(scalars: readonly Scalar[], gradients: Values, row: number, H: number): void {
  scalars.forEach((scalar, j) => {
    scalar.gradient += gradients[row * H + j]!;
  });
}

const values = (scalars: readonly Scalar[]) => scalars.map(({ value }) => value);
const gradients = (scalars: readonly Scalar[]) => scalars.map(({ gradient }) => gradient);
