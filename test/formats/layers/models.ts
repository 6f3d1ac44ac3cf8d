import type { LayerWeights } from "../../../src/formats/layers/index.ts";
import type { Value } from "../../../src/graph/graph.ts";

export const value = (shape: number[], data: Iterable<number>): Value => ({
  dtype: "float32",
  shape,
  data: Float32Array.from(data),
});

/** Makes a weight of numbers that differ. */
export function counted(...shape: number[]): Value {
  const size = shape.reduce((a, b) => a * b, 1);
  return value(
    shape,
    Array.from({ length: size }, (_, i) => (((i * 7) % 11) - 5) / 8),
  );
}

/** Weights by the path of their layer, as [shape, numbers] or as values. */
export const weightsOf = (
  weights: Record<string, readonly (Value | [shape: number[], data: number[]])[]>,
): LayerWeights => ({
  of: (path) => (weights[path.join("/")] ?? []).map((one) => ("data" in one ? one : value(one[0], one[1]))),
});

type Options = Record<string, unknown>;

export const layer = (className: string, config: Options = {}, more: Options = {}) => ({
  class_name: className,
  config: { name: className.toLowerCase(), ...config },
  ...more,
});

/** Makes a Sequential model, whose first layer has the shape of the input. */
export const sequential = (shape: (number | null)[], ...layers: ReturnType<typeof layer>[]) => ({
  class_name: "Sequential",
  config: [layer("InputLayer", { name: "x", batch_input_shape: [null, ...shape] }), ...layers] as unknown,
});

export const KERAS_2 = { framework: "keras", major: 2 } as const;
export const KERAS_3 = { framework: "keras", major: 3 } as const;
export const TFJS = { framework: "tfjs", major: 4 } as const;
