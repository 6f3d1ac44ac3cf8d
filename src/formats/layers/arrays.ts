import type { Value } from "../../graph/graph.ts";

/** Makes a constant of floats. */
export const floats = (shape: readonly number[], data: Float32Array): Value => ({
  dtype: "float32",
  shape,
  data,
});

/** Makes a constant of floats from numbers that are computed one by one. */
export function computed(shape: readonly number[], entry: (i: number) => number): Value {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < data.length; i++) data[i] = entry(i);
  return floats(shape, data);
}

/** Returns the same numbers in another shape. */
export const reshaped = ({ data }: Value, shape: readonly number[]): Value =>
  floats(shape, Float32Array.from(data));

/** Returns a copy with its axes in another order. */
export function transposed({ shape, data }: Value, axes: readonly number[]): Value {
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  const lengths = axes.map((axis) => shape[axis]!);
  const index = lengths.map(() => 0);
  return computed(lengths, () => {
    let at = 0;
    for (let i = 0; i < index.length; i++) at += index[i]! * strides[axes[i]!]!;
    for (let i = index.length - 1; i >= 0 && ++index[i]! === lengths[i]; i--) index[i] = 0;
    return data[at]!;
  });
}
