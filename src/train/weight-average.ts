import { copyState, type StateDict } from "../runtime/state.ts";
import type { Tensor } from "../runtime/tensor.ts";

/**
 * A moving average a of the parameters w: a <- a + (1 - d) (w - a). After n updates, d = min(decay, (1 + n) / (10 + n)). In the
 * first updates, d is small. The average therefore soon forgets the initial weights, as in tf.train.ExponentialMovingAverage.
 */
export class WeightAverage {
  readonly decay: number;
  /** The average of each parameter, by its name. */
  readonly weights: StateDict;

  /** @param weights the average so far; default: the current parameters */
  constructor(
    decay: number,
    parameters: Readonly<Record<string, Tensor>>,
    weights: StateDict = copyState(parameters),
  ) {
    this.decay = decay;
    this.weights = weights;
  }

  /** Moves the averages towards the current parameters. @param updates number of updates before this one */
  update(parameters: Readonly<Record<string, Tensor>>, updates: number): void {
    const share = 1 - Math.min(this.decay, (1 + updates) / (10 + updates));
    for (const [name, tensor] of Object.entries(parameters)) {
      const from = tensor.data;
      const to = this.weights[name]!.data;
      for (let i = 0; i < to.length; i++) to[i]! += share * (from[i]! - to[i]!);
    }
  }
}
