import { checkOptions, checkValue, checkWhole } from "../checks.ts";
import { rule } from "../schema.ts";
import { power } from "./power.ts";

/**
 * A function that returns the factor by which to multiply the initial learning rate.
 *
 * @param done number of units of training that are done. The caller chooses the unit, such as an epoch or a step.
 */
export type Schedule = (done: number) => number;

/**
 * The factor starts at 1. Each time `every` more units of training are done, the factor is multiplied by `gamma` (default 0.1).
 *
 * @throws ERR_VALUE if `every` or `gamma` is not above 0
 *
 * @example
 * ```js
 * const factor = optim.stepDecay({ every: 10, gamma: 0.5 });
 * console.log([0, 9, 10, 20].map(factor)); // [ 1, 1, 0.5, 0.25 ]
 * ```
 */
export function stepDecay(options: { every: number; gamma?: number }): Schedule {
  const { every, gamma = 0.1 } = checkOptions("optim.stepDecay", options, "every gamma");
  positive("every", every);
  positive("gamma", gamma);
  return (done) => power(gamma, Math.floor(done / every));
}

/**
 * Decay by `gamma` per unit of training, such as an epoch. `done` is the number of units that are done. While `done` is below
 * `after` (default 1), the factor is 1. From then on, the factor is gamma^(done - after + 1). Values of `after` below 1 count
 * as 1. char-rnn uses gamma = 0.97 and after = 10.
 *
 * @throws ERR_VALUE if `gamma` is not above 0, or `after` is not above -1
 *
 * @example
 * ```js
 * const factor = optim.exponentialDecay({ gamma: 0.5, after: 2 });
 * console.log([0, 1, 2, 3].map(factor)); // [ 1, 1, 0.5, 0.25 ]
 * ```
 */
export function exponentialDecay(options: { gamma: number; after?: number }): Schedule {
  const { gamma, after = 1 } = checkOptions("optim.exponentialDecay", options, "gamma after");
  positive("gamma", gamma);
  positive("after", after + 1);
  return (done) => power(gamma, Math.max(0, done - Math.max(1, after) + 1));
}

/**
 * The factor falls in a straight line from 1 to `floor` (default 0) over `total` units of training, such as epochs.
 *
 * @throws ERR_VALUE if `total` is not above 0
 *
 * @example
 * ```js
 * const factor = optim.linear({ total: 100 });
 * console.log([0, 25, 50, 100, 200].map(factor)); // [ 1, 0.75, 0.5, 0, 0 ]
 * ```
 */
export function linear(options: { total: number; floor?: number }): Schedule {
  const { total, floor = 0 } = checkOptions("optim.linear", options, "total floor");
  positive("total", total);
  return (done) => floor + (1 - floor) * (1 - Math.min(1, done / total));
}

/**
 * The factor falls along half a cosine wave from 1 to `floor` (default 0) over `total` units of training, such as epochs. Until
 * `total` units are done, the factor is floor + (1 - floor) (1 + cos(pi done / total)) / 2.
 *
 * @throws ERR_VALUE if `total` is not above 0
 *
 * @example
 * ```js
 * const factor = optim.cosine({ total: 100 });
 * console.log([0, 25, 50, 75, 100].map((done) => factor(done).toFixed(2)).join(" ")); // 1.00 0.85 0.50 0.15 0.00
 * ```
 */
export function cosine(options: { total: number; floor?: number }): Schedule {
  const { total, floor = 0 } = checkOptions("optim.cosine", options, "total floor");
  positive("total", total);
  return (done) => floor + (1 - floor) * power(quarterCosine(Math.min(1, done / total)), 2);
}

/** Computes cos(x pi / 2) for x in [0, 1] by its Taylor series. Math.cos may differ in the last bit between engines. */
function quarterCosine(x: number): number {
  const angle = (x * Math.PI) / 2;
  let sum = 1;
  for (let n = 2, term = 1; n <= 22; n += 2) {
    term *= -(angle * angle) / (n * (n - 1));
    sum += term;
  }
  return sum;
}

/**
 * The factor rises linearly from 1 / `units` to 1 over the first `units` units. After that, the schedule `then` starts from its
 * beginning. If `then` is omitted, the factor stays at 1.
 *
 * @throws ERR_VALUE if `units` is not above 0
 *
 * @example
 * ```js
 * const factor = optim.warmUp({ units: 4, then: optim.linear({ total: 4 }) });
 * console.log([0, 1, 2, 3, 4, 5, 6].map(factor).join(" ")); // 0.25 0.5 0.75 1 1 0.75 0.5
 * ```
 */
export function warmUp(options: { units: number; then?: Schedule }): Schedule {
  const { units, then = () => 1 } = checkOptions("optim.warmUp", options, "units then");
  positive("units", units);
  return (done) => (done < units ? (done + 1) / units : then(done - units));
}

/** The state of `onPlateau`, as plain JSON that can be stored. */
export interface Plateau {
  /** Smallest loss so far, or null if there is none. */
  readonly best: number | null;
  /** Number of losses seen since the smallest loss. */
  readonly waited: number;
  /** Factor by which to multiply the initial learning rate. */
  readonly factor: number;
}

/**
 * Lowers the learning rate when the loss stops falling, like torch.optim.lr_scheduler.ReduceLROnPlateau with threshold 0. The
 * factor of the learning rate starts at 1. After every `patience` + 1 losses in a row without a new minimum, it is multiplied by
 * `gamma`. Defaults: `gamma` 0.1, `patience` 10.
 *
 * Returns a function `next`. Call it with a loss and the previous state. It returns the new state. For the first loss, omit the
 * state. Example: `seen = next(loss, seen); optimizer.lr = lr * seen.factor`.
 *
 * @throws ERR_VALUE if `gamma` is not above 0, or `patience` is neither a whole number from 0 nor Infinity
 *
 * @example
 * ```js
 * const next = optim.onPlateau({ patience: 1 });
 * let seen;
 * for (const loss of [3, 2, 2, 2, 1]) {
 *   seen = next(loss, seen);
 *   console.log(`loss ${loss}, factor ${seen.factor}`);
 * }
 * // loss 3, factor 1
 * // loss 2, factor 1
 * // loss 2, factor 1
 * // loss 2, factor 0.1
 * // loss 1, factor 0.1
 * ```
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
  checkValue(
    `schedule: ${name}`,
    value,
    rule("more than 0", (x) => (x as number) > 0),
  );
}
