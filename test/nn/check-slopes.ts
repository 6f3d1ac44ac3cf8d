import type { Runtime } from "../../src/runtime/runtime.ts";
import type { Tensor } from "../../src/runtime/tensor.ts";
import { random } from "../random.ts";
import { gradientOf } from "../runtimes.ts";
import { type Drawn, network } from "./drawn-cells.ts";

/** Elements of each tensor whose gradient is checked. */
const ELEMENTS = 3;
/** Steps to either side, tried in turn. */
const STEPS = [2 ** -8, 2 ** -10, 2 ** -12, 2 ** -13];
/**
 * Allowed relative to max(1, |slope|). The loss adds at most 100 outputs that float32 rounds; together they err by about
 * 1e-6, which the smallest step turns into 8e-3.
 */
const TOLERANCE = 1e-2;

/** Makes the network and returns its loss, a random combination of all its outputs, and the tensors that it depends on. */
function setUp(rt: Runtime, given: Drawn) {
  const { T, B, inputSize: I, hiddenSize: H, batchFirst, tokens, seed } = given;
  const module = network(rt, given);
  const { array, integers } = random(seed);
  const lead = batchFirst ? [B, T] : [T, B];
  const leaf = (...shape: number[]) =>
    rt.tensor(array(shape.reduce((a, b) => a * b, 1)), shape, { requiresGrad: true });
  const x = tokens ? rt.tensor(integers(T * B, I), lead) : leaf(...lead, I);
  const rows = module.numLayers * module.directions;
  const lengths = given.lengths ? [...integers(B, T + 1)] : undefined;
  const h0 = given.states ? leaf(rows, B, H) : undefined;
  const c0 = given.states && module.cells[0]!.memory ? leaf(rows, B, H) : undefined;
  const forward = () => {
    const input = { ...(h0 && { h0 }), ...(c0 && { c0 }), ...(lengths && { lengths }) };
    const { output, state } = module.forward(x, input);
    return [output, state.h, ...(state.c ? [state.c] : [])];
  };
  const weights = forward().map(({ size }) => array(size));
  const loss = () =>
    rt.noGrad(() =>
      rt.scope(() => {
        let total = 0;
        forward().forEach(({ data }, i) => {
          data.forEach((value, j) => {
            total += value * weights[i]![j]!;
          });
        });
        return total;
      }),
    );
  const leaves: Record<string, Tensor> = {
    ...module.parameters(),
    ...(!tokens && { x }),
    ...(h0 && { h0 }),
    ...(c0 && { c0 }),
  };
  return { module, forward, weights, loss, leaves };
}

/**
 * Tells whether a slope agrees with the differences to both sides. It lies between them if the loss is smooth, and also if
 * one of the two steps crosses a bend; a smaller step decides the rest.
 */
function agrees(slope: number, loss: () => number, values: Float32Array, i: number): boolean {
  const middle = values[i]!;
  const here = loss();
  return STEPS.some((eps) => {
    const sides = [eps, -eps].map((step) => {
      values[i] = middle + step;
      return (loss() - here) / (values[i]! - middle);
    });
    values[i] = middle;
    const allowed = TOLERANCE * Math.max(1, ...sides.map(Math.abs));
    return slope >= Math.min(...sides) - allowed && slope <= Math.max(...sides) + allowed;
  });
}

/**
 * Compares gradients of the network with differences, in a few elements of each tensor.
 *
 * @returns false if they were not compared, because outputs above 10 are too steep for differences in float32
 */
export function checkSlopes(rt: Runtime, given: Drawn): boolean {
  const { module, forward, weights, loss, leaves } = setUp(rt, given);
  const results = forward();
  const largest = Math.max(...results.map(({ data }) => Math.max(...data.map(Math.abs))));
  if (largest > 10) return false;
  for (const leaf of Object.values(leaves)) {
    leaf.gradPtr();
    leaf.grad!.data.fill(1); // reveals a gradient that is overwritten instead of added to
  }
  rt.backward(
    results,
    results.map(({ shape }, i) => rt.tensor(weights[i]!, shape)),
  );
  for (const [name, leaf] of Object.entries(leaves)) {
    const gradient = gradientOf(leaf);
    for (const i of new Set(random(given.seed + 1).integers(ELEMENTS, leaf.size))) {
      if (agrees(gradient[i]! - 1, loss, leaf.data as Float32Array, i)) continue;
      throw new Error(
        `the gradient of ${name}[${i}], ${gradient[i]! - 1}, is not that of central differences`,
      );
    }
  }
  module.dispose();
  return true;
}
