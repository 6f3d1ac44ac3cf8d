import { checkEntries, checkFunction, checkObject } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { Module } from "../nn/module.ts";
import type { LayerPlace } from "../nn/recurrent.ts";
import { recurrentParts } from "../nn/recurrent-parts.ts";
import { synchronous } from "../runtime/results.ts";

/** The gradients of a loss with respect to the hidden states of one layer in one direction. Plain JSON. */
export interface LayerFlow extends LayerPlace {
  /** Name of the recurrent part, such as `encoder.rnn`, if the module has several; undefined if it has one. */
  readonly part?: string;
  /**
   * Norms of dL/dh, the gradient of the loss with respect to the hidden state, by distance d in time. In direction 0, norms[d]
   * belongs to the step that is d steps before the last step. In direction 1 (reverse), norms[d] belongs to the step that is d
   * steps after the first step.
   *
   * norms[d] is the root mean square of the Euclidean norm of dL/dh at this step. The mean is over all sequences longer than d. A
   * norm that overflowed is Infinity or NaN (null in JSON).
   *
   * If only the last step has a loss, the gradient has passed through d steps. If every step has a loss, the gradient is a sum
   * over the losses of this step and of all later steps.
   */
  readonly norms: readonly number[];
}

/** The gradient flow of a network, sorted by part, by layer and then by direction. */
export type GradientFlow = readonly LayerFlow[];

/**
 * Records dL/dh of every layer and step while `run` computes a loss and backpropagates it. If `run` backpropagates several
 * times, the results are averaged. Changes that `run` makes to gradients and weights remain. Recording slows the network down
 * only during `run`.
 *
 * @param module an RNN, GRU or LSTM, or any module or model that has one
 * @param run calls the module's `forward` and `backward` synchronously, directly or by `trainer.step()`
 * @throws ERR_VALUE if the module has no recurrent part; ERR_STATE if `run` backpropagates nothing through any
 */
export function recordGradientFlow(module: Module, run: () => unknown): GradientFlow {
  const parts = [...recurrentParts("recordGradientFlow", module)];
  checkFunction("recordGradientFlow: run", run);
  const outer = parts.map(([, part]) => part.onStateGradient);
  const layers: DistanceSums[] = [];
  let first = 0;
  parts.forEach(([name, part], i) => {
    const start = first;
    const named = parts.length > 1 && { part: name };
    part.onStateGradient = (place, step, gradient, rows) => {
      outer[i]?.(place, step, gradient, rows);
      const index = start + place.layer * 2 + place.direction;
      layers[index] ??= new DistanceSums({ ...named, ...place });
      layers[index].add(step, gradient, rows);
    };
    first += part.numLayers * 2;
  });
  try {
    synchronous("recordGradientFlow", run());
  } finally {
    parts.forEach(([, part], i) => {
      part.onStateGradient = outer[i];
    });
  }
  if (layers.length === 0) {
    throw new UnrolledError(
      "ERR_STATE",
      "recordGradientFlow: no gradient reached the module; call its forward and then backward",
    );
  }
  return layers.flatMap((layer) => layer.flow()); // flatMap skips the empty slots of the sparse array
}

/** Sums of squared gradient norms in one layer and direction: one sum for each distance in time. */
class DistanceSums {
  readonly #place: Omit<LayerFlow, "norms">;
  readonly #squares: number[] = [];
  readonly #counts: number[] = [];
  /** For each sequence, the step that the layer read last. Backpropagation begins at this step. */
  readonly #ends: number[] = [];

  constructor(place: Omit<LayerFlow, "norms">) {
    this.#place = place;
  }

  /**
   * Adds the gradient of one time step. Steps arrive in backpropagation order: last step first, or first step first in a layer
   * that reads the sequence in reverse.
   *
   * @param gradient dL/dh of the step, [rows, width]
   * @param rows number of sequences
   */
  add(step: number, gradient: Float32Array, rows: number): void {
    const width = gradient.length / rows;
    for (let row = 0; row < rows; row++) {
      let square = 0;
      for (let i = row * width; i < (row + 1) * width; i++) square += gradient[i]! ** 2;
      const end = this.#ends[row] ?? step;
      const d = Math.abs(step - end);
      this.#ends[row] = end;
      this.#squares[d] = (this.#squares[d] ?? 0) + square;
      this.#counts[d] = (this.#counts[d] ?? 0) + 1;
    }
    if (step === 0 && this.#place.direction === 0) this.#ends.length = 0;
  }

  flow(): LayerFlow {
    return { ...this.#place, norms: this.#squares.map((square, d) => Math.sqrt(square / this.#counts[d]!)) };
  }
}

/** The diagnosis of a layer's norms. Plain JSON. */
export interface FlowDiagnosis {
  /**
   * - `explodes`: the norm grows faster than a thousandfold in 100 steps (`factor` above 1.072), or a norm overflows
   * - `vanishes`: the norm falls faster than a thousandfold in 100 steps (`factor` below 0.933), or the last norm is 0
   * - `flows`: neither
   *
   * If both `explodes` and `vanishes` apply, the verdict is `explodes`.
   */
  readonly verdict: "vanishes" | "explodes" | "flows";
  /**
   * Factor by which the norm changes with each step back in time. It is the exponential of the slope of a least-squares line. The
   * line is fitted to the logarithm of the norm, over all distances at which the norm is finite and not 0. If there are fewer
   * than two such distances, the factor is 0 if the last norm is 0, and otherwise 1.
   */
  readonly factor: number;
  /**
   * First distance at which the norm has fallen below a thousandth of the largest norm. Only distances after the largest norm
   * count. It is null if the norm never falls that far.
   */
  readonly thousandth: number | null;
}

/**
 * A gradient vanishes or explodes if the logarithm of its norm changes by more than this limit per step. At the limit, the norm
 * changes a thousandfold in 100 steps.
 */
const LIMIT = Math.log(1000) / 100;

/**
 * Tells from a layer's norms whether its gradient vanishes, explodes or flows on the way back in time.
 *
 * @param flow the layer, of which only `norms` is read
 */
export function diagnoseFlow(flow: Pick<LayerFlow, "norms">): FlowDiagnosis {
  const { norms } = checkObject("diagnoseFlow", flow, "flow is");
  checkEntries("diagnoseFlow: norms", norms, (norm) => typeof norm === "number", "a number");
  const points = norms.flatMap((norm, d) =>
    norm > 0 && norm < Infinity ? [[d, Math.log(norm)] as const] : [],
  );
  const last = norms.at(-1);
  const slope = points.length < 2 && last === 0 ? -Infinity : slopeOf(points);
  const overflows = norms.some((norm) => !Number.isFinite(norm));
  const grows = overflows || slope > LIMIT;
  const peak = norms.indexOf(norms.reduce((a, b) => Math.max(a, b), 0));
  const thousandth = norms.findIndex((norm, d) => d > peak && norm < norms[peak]! / 1000);
  return {
    verdict: grows ? "explodes" : slope < -LIMIT || last === 0 ? "vanishes" : "flows",
    factor: Math.exp(slope),
    thousandth: thousandth < 0 ? null : thousandth,
  };
}

/** Returns the slope of the least-squares line through the points; 0 if there are fewer than two points. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const along = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  return along && points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / along;
}
