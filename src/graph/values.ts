import { sizeOf } from "../runtime/shapes.ts";
import type { Workspace } from "../runtime/workspace.ts";
import { type ElementType, isFloat, type Value } from "./graph.ts";
import type { Slot } from "./slot.ts";

/** Makes the numbers of a value, all 0. */
export function emptyValue(dtype: ElementType, shape: readonly number[]): Value {
  const size = sizeOf(shape);
  return { dtype, shape, data: isFloat(dtype) ? new Float32Array(size) : new Int32Array(size) };
}

/** Copies the numbers of a value to an address. */
export function copyTo(rt: Workspace, at: number, { data }: Value): void {
  if (data instanceof Float32Array) rt.floats(at, data.length).set(data);
  else rt.ints(at, data.length).set(data);
}

/** Returns the numbers of a slot in memory. The array is detached when the memory grows. */
export function arrayAt(rt: Workspace, slot: Slot): Value["data"] {
  return isFloat(slot.dtype) ? rt.floats(slot.start, slot.size) : rt.ints(slot.start, slot.size);
}
