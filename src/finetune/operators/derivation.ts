import { rearrange } from "../../autograd/rearrange.ts";
import type { Call } from "../../graph/call.ts";
import { broadcastStrides, eachPlace, type Shape, stridesOf } from "../../graph/shapes.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Tensor } from "../../runtime/tensor.ts";

/** What the operations of a graph share. */
export interface Context {
  readonly runtime: Runtime;
  /** Returns places for `rearrange`, which are kept. @param key tells what they depend on */
  cached(key: string, make: () => Int32Array): Int32Array;
  /** Runs a node that only moves numbers on the places of its inputs. Returns the places of each output. */
  moved(call: Call): { readonly places: Int32Array; readonly shape: Shape }[];
}

/**
 * Computes a node with operations that have gradients.
 *
 * @param inputs the inputs that are floats; others are undefined, and their numbers are in `call`
 * @returns the outputs, in the node's order; undefined for outputs that are not computed
 */
export type Derivation = (
  call: Call,
  inputs: readonly (Tensor | undefined)[],
  context: Context,
) => readonly (Tensor | undefined)[];

/** Returns x repeated along axes of length 1, by the rules of NumPy. */
export function expand(context: Context, x: Tensor, shape: Shape): Tensor {
  if (String(x.shape) === String(shape)) return x;
  const places = context.cached(`expand ${x.shape} to ${shape}`, () =>
    walk(shape, broadcastStrides(x.shape, shape)),
  );
  return rearrange([x], places, shape);
}

/** Returns x with its axes in another order. */
export function permute(context: Context, x: Tensor, axes: readonly number[]): Tensor {
  if (axes.every((axis, i) => axis === i)) return x;
  const strides = stridesOf(x.shape);
  const shape = axes.map((axis) => x.shape[axis]!);
  const places = context.cached(`permute ${x.shape} by ${axes}`, () =>
    walk(
      shape,
      axes.map((axis) => strides[axis]!),
    ),
  );
  return rearrange([x], places, shape);
}

/** Returns x with the given axes last, in their order. */
export function axesLast(context: Context, x: Tensor, axes: readonly number[]): Tensor {
  const others = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  return permute(context, x, [...others, ...axes]);
}

/** Returns x with an axis that is last moved to `axis`. */
export function axisBack(context: Context, x: Tensor, axis: number): Tensor {
  const order = x.shape.map((_, i) => i);
  order.splice(axis, 0, order.pop()!);
  return permute(context, x, order);
}

function walk(shape: Shape, strides: readonly number[]): Int32Array {
  const places = new Int32Array(shape.reduce((product, n) => product * n, 1));
  let at = 0;
  eachPlace(shape, [strides], ([place]) => {
    places[at++] = place! + 1;
  });
  return places;
}

/** Returns the places of rows: row i of the result is row `rows[i] - 1`, or 0 if that is 0. */
export function rowPlaces(rows: ArrayLike<number>, width: number): Int32Array {
  const places = new Int32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (row) for (let k = 0; k < width; k++) places[i * width + k] = (row - 1) * width + k + 1;
  }
  return places;
}
