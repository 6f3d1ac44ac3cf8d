import type { Lowering } from "./lowering.ts";
import { collapse, eachPlace, type Shape, stridesOf } from "./shapes.ts";
import type { Slot } from "./slot.ts";

/** The elements of a value that a copy reads or writes. */
export interface Part {
  readonly slot: Slot;
  /** Place of the first one. */
  readonly start?: number;
  /** Distance of neighbours along each axis of the copy. */
  readonly strides: readonly number[];
}

/** Adds the copy of `shape` elements of one value to those of another. */
export function addCopy(planner: Lowering, shape: Shape, to: Part, from: Part): void {
  const walk = collapse(shape, [to.strides, from.strides]);
  if (walk.shape.includes(0)) return;
  const axes = planner.storeInts([walk.shape.length, ...walk.shape, ...walk.strides.flat()]);
  const target = planner.at(to.slot) + (to.start ?? 0) * 4;
  const source = planner.at(from.slot) + (from.start ?? 0) * 4;
  planner.step(() => planner.session.graphKernels.copy_strided(target, source, axes));
}

/**
 * Returns the strides with which places lie regularly; undefined if they do not.
 *
 * @param places for each element of `shape`, in C order
 */
export function regularStrides(shape: Shape, places: ArrayLike<number>): number[] | undefined {
  const own = stridesOf(shape);
  const first = places[0] ?? 0;
  const strides = shape.map((n, axis) => (n > 1 ? places[own[axis]!]! - first : 0));
  let at = 0;
  let regular = true;
  eachPlace(shape, [strides], ([place]) => {
    regular &&= places[at++] === first + place!;
  });
  return regular ? strides : undefined;
}
