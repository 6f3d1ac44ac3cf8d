import type { Pooling } from "../../autograd/pool.ts";

/** Collects outputs of steps, which come in pieces, in one vector. */
export interface Gathering {
  /** Adds the outputs of a piece, [steps, outputSize]. */
  add(outputs: Float32Array): void;
  /** Returns the vector. */
  result(): Float32Array;
}

/**
 * Collects the outputs of all steps of a sequence in one vector, as `pool` does.
 *
 * @param width numbers of a step's output
 * @param directionSize as in `pool`
 */
export function gathering(
  pooling: Pooling,
  steps: number,
  width: number,
  directionSize: number | undefined,
): Gathering {
  const sums = new Float64Array(width);
  const largest = new Float32Array(width).fill(-Infinity);
  let first: Float32Array | undefined;
  let last = largest;
  return {
    add(outputs) {
      for (let at = 0; at < outputs.length; at += width) {
        for (let i = 0; i < width; i++) {
          const value = outputs[at + i]!;
          sums[i]! += value;
          if (value > largest[i]!) largest[i] = value;
        }
      }
      first ??= outputs.slice(0, width);
      last = outputs.slice(-width);
    },
    result() {
      const means = Float32Array.from(sums, (sum) => sum / steps);
      if (pooling === "mean") return means;
      if (pooling === "max") return largest;
      if (pooling === "mean+max") {
        const both = new Float32Array(2 * width);
        both.set(means);
        both.set(largest, width);
        return both;
      }
      const backward = (i: number) => directionSize !== undefined && Math.floor(i / directionSize) % 2 === 1;
      return last.map((value, i) => (backward(i) ? first![i]! : value));
    },
  };
}
