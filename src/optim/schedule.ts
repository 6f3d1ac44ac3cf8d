import { checkOptions, checkWhole } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { power } from "./power.ts";

/** Learning rate as a factor of the first one, by the number of epochs (or whatever unit) done. */
export type Schedule = (done: number) => number;

/** Multiplied by `gamma` after every `every` units. */
export function stepDecay(options: { every: number; gamma?: number }): Schedule {
  const { every, gamma = 0.1 } = checkOptions("optim.stepDecay", options, "every gamma");
  positive("every", every);
  positive("gamma", gamma);
  return (done) => power(gamma, Math.floor(done / every));
}

/**
 * Multiplied by `gamma` at the end of unit number `after` (counted from 1, the default) and of each unit that follows:
 * gamma^max(0, done - after + 1). char-rnn: gamma 0.97, after 10. 0 is taken as 1.
 */
export function exponentialDecay(options: { gamma: number; after?: number }): Schedule {
  const { gamma, after = 1 } = checkOptions("optim.exponentialDecay", options, "gamma after");
  positive("gamma", gamma);
  positive("after", after + 1);
  return (done) => power(gamma, Math.max(0, done - Math.max(1, after) + 1));
}

/** A straight line from 1 to `floor` (default 0) over `total` units. */
export function linear(options: { total: number; floor?: number }): Schedule {
  const { total, floor = 0 } = checkOptions("optim.linear", options, "total floor");
  positive("total", total);
  return (done) => floor + (1 - floor) * (1 - Math.min(1, done / total));
}

/** Half a cosine from 1 to `floor` (default 0) over `total` units: floor + (1 - floor) (1 + cos(pi done / total)) / 2. */
export function cosine(options: { total: number; floor?: number }): Schedule {
  const { total, floor = 0 } = checkOptions("optim.cosine", options, "total floor");
  positive("total", total);
  return (done) => floor + (1 - floor) * power(quarterCosine(Math.min(1, done / total)), 2);
}

/** cos(x pi / 2) for x from 0 to 1 by its Taylor series: Math.cos may differ in its last bit between engines. */
function quarterCosine(x: number): number {
  const angle = (x * Math.PI) / 2;
  let sum = 1;
  for (let n = 2, term = 1; n <= 22; n += 2) {
    term *= -(angle * angle) / (n * (n - 1));
    sum += term;
  }
  return sum;
}

/** Rises evenly over the first `units` units, then follows `then` (default: stays at 1). */
export function warmUp(options: { units: number; then?: Schedule }): Schedule {
  const { units, then = () => 1 } = checkOptions("optim.warmUp", options, "units then");
  positive("units", units);
  return (done) => (done < units ? (done + 1) / units : then(done - units));
}

/** What `onPlateau` has seen, as plain JSON that can be stored. */
export interface Plateau {
  /** Smallest loss so far. */
  readonly best: number | null;
  /** Losses since. */
  readonly waited: number;
  /** Of the learning rate. */
  readonly factor: number;
}

/**
 * Multiplies the factor by `gamma` whenever a loss has not fallen for more than `patience` observations, as
 * torch.optim.lr_scheduler.ReduceLROnPlateau with threshold 0. A function of a loss and what was seen before it (none at
 * first): `seen = next(loss, seen); optimizer.lr = lr * seen.factor`.
 */
export function onPlateau(
  options: { gamma?: number; patience?: number } = {},
): (loss: number, seen?: Plateau) => Plateau {
  const { gamma = 0.1, patience = 10 } = checkOptions("optim.onPlateau", options, "gamma patience");
  positive("gamma", gamma);
  if (patience !== Number.POSITIVE_INFINITY) checkWhole("onPlateau: patience", patience);
  return (loss, { best, waited, factor } = { best: null, waited: 0, factor: 1 }) => {
    if (loss < (best ?? Number.POSITIVE_INFINITY)) return { best: loss, waited: 0, factor };
    const again = waited + 1;
    return { best, waited: again, factor: again % (patience + 1) ? factor : factor * gamma };
  };
}

function positive(name: string, value: number): void {
  if (!(value > 0))
    throw new UnrolledError("ERR_VALUE", `schedule: ${name} is ${value}, expected more than 0`);
}
