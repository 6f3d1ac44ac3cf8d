import { checkChoice, checkOptions } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";
import { concat } from "./shape.ts";

export const POOLINGS = ["last", "mean", "max", "mean+max"] as const;
/** A way to turn the steps of a sequence into one vector. */
export type Pooling = (typeof POOLINGS)[number];

/** Options of {@link pool}. */
export interface PoolOptions {
  /** Number of steps of each sequence, 1 to T. Padding after these steps is ignored. Default: T for all. */
  lengths?: readonly number[];
  /**
   * Number of features of one direction (forward or backward). It is needed only for `last` on the output of a bidirectional
   * layer. This output has blocks of `directionSize` features. The first block is forward, the second is backward, the third is
   * forward, and so on. The backward direction ends at the first step. So `last` takes backward features from the first step.
   * Default: all features are forward.
   */
  directionSize?: number;
}

/**
 * Computes one vector for each sequence from its steps. If several steps share the maximum, only the first gets the gradient.
 *
 * @param x [T, B, D]
 * @param how `last` takes the last step. `mean` takes each feature's mean over the steps. `max` takes each feature's maximum over
 *   the steps. `mean+max` concatenates the means and the maxima.
 * @returns [B, D], or [B, 2 * D] for `mean+max`
 * @throws ERR_SHAPE if x is not [T, B, D] or there are not B lengths, ERR_VALUE if a length is not 1 to T
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const x = rt.tensor([1, 5, 3], [3, 1, 1]);
 * console.log(pool(x, "mean").item(), pool(x, "max").item()); // 3 5
 * console.log(pool(x, "last").item(), pool(x, "last", { lengths: [2] }).item()); // 3 5
 * ```
 */
export function pool(x: Tensor, how: Pooling, options: PoolOptions = {}): Tensor {
  const { lengths, directionSize } = checkOptions("pool", options, "lengths directionSize");
  const rt = runtimeOfFloats("pool", [x]);
  checkChoice("pool: how", how, POOLINGS);
  const [T = 0, B = 0, D = 0] = x.shape;
  if (x.shape.length !== 3 || (lengths && lengths.length !== B)) {
    const andLengths = lengths ? ` and ${lengths.length} lengths` : "";
    throw new UnrolledError(
      "ERR_SHAPE",
      `pool: x is [${x.shape}]${andLengths}, expected [T, B, D] and one length for each of B sequences`,
    );
  }
  const stepsOf = (b: number) => lengths?.[b] ?? T;
  for (let b = 0; b < B; b++) {
    const steps = stepsOf(b);
    if (Number.isInteger(steps) && steps >= 1 && steps <= T) continue;
    throw new UnrolledError(
      "ERR_VALUE",
      `pool: a length is ${steps}, expected a whole number from 1 to ${T}`,
    );
  }
  if (how === "mean+max") {
    const options = lengths ? { lengths } : {};
    return concat([pool(x, "mean", options), pool(x, "max", options)]);
  }
  const size = B * D;
  const y = rt.output([B, D], [x]);
  const from = rt.floats(x.ptr, x.size);
  const to = rt.floats(y.ptr, size);
  if (how === "mean") {
    for (let i = 0; i < size; i++) {
      const steps = stepsOf(Math.floor(i / D));
      let sum = 0;
      for (let t = 0; t < steps; t++) sum += from[t * size + i]!;
      to[i] = sum / steps;
    }
  }
  /** `places[i]` is the index in x of the value that is copied to y[i]. For `mean`, the array is empty. */
  const places = new Int32Array(how === "mean" ? 0 : size);
  for (let i = 0; i < places.length; i++) {
    const steps = stepsOf(Math.floor(i / D));
    let place = i;
    if (how === "max") {
      for (let t = 1; t < steps; t++) if (from[t * size + i]! > from[place]!) place = t * size + i;
    } else if (!directionSize || Math.floor((i % D) / directionSize) % 2 === 0) {
      place += (steps - 1) * size;
    }
    places[i] = place;
    to[i] = from[place]!;
  }
  if (y.requiresGrad) {
    rt.record({
      name: "pool",
      inputs: [x],
      outputs: [y],
      backward: () => {
        const [dxPtr, dyPtr] = [x.gradPtr(), y.gradPtr()];
        const [dx, dy] = [rt.floats(dxPtr, x.size), rt.floats(dyPtr, size)];
        places.forEach((place, i) => {
          dx[place]! += dy[i]!;
        });
        if (how !== "mean") return;
        for (let i = 0; i < size; i++) {
          const steps = stepsOf(Math.floor(i / D));
          for (let t = 0; t < steps; t++) dx[t * size + i]! += dy[i]! / steps;
        }
      },
    });
  }
  return y;
}
