import { type nn, optim, type Tensor } from "unrolled";
import type { Lab } from "./lab.ts";

/** A training run of a few modules. */
export interface Training {
  readonly modules: readonly nn.Module[];
  readonly iterations: number;
  /** Learning rate of Adam. It falls to 0 in a straight line, so that the last figures do not jump. */
  readonly lr: number;
  /** Draws a mini-batch and computes its loss. */
  readonly loss: () => Tensor;
}

/**
 * Trains with Adam and the norm of the gradient limited to 1.
 *
 * @param onIteration receives the number of iterations done, from 1 on, and the loss before the update
 */
export async function train<Event>(
  lab: Lab<Event>,
  { modules, iterations, lr, loss }: Training,
  onIteration: (iteration: number, loss: number) => void,
): Promise<void> {
  const parameters = modules.map((module) => module.parameters());
  const adam = new optim.Adam(parameters, { lr });
  const factor = optim.linear({ total: iterations });
  for (let i = 0; i < iterations; i++) {
    const value = lab.rt.scope(() => {
      const mean = loss();
      adam.zeroGrad();
      mean.backward();
      optim.clipGradNorm(parameters, 1);
      adam.lr = lr * factor(i);
      adam.step();
      return mean.item();
    });
    onIteration(i + 1, value);
    await lab.pause();
  }
  adam.dispose();
}

/** A point of a curve of training. */
export interface CurvePoint {
  /** Number of iterations done. */
  readonly iteration: number;
  readonly loss: number;
}

/** Returns the classes of the largest logits, one for each row of `classes` numbers. */
export function largest(logits: ArrayLike<number>, classes: number): number[] {
  return Array.from({ length: logits.length / classes }, (_, row) => {
    let best = row * classes;
    for (let i = best; i < (row + 1) * classes; i++) if (logits[i]! > logits[best]!) best = i;
    return best - row * classes;
  });
}
