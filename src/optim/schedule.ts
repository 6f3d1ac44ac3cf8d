import { UnrolledError } from "../errors.ts";
import { power } from "./power.ts";

/** Learning rate as a factor of the first one, by the number of epochs (or whatever unit) done. */
export type Schedule = (done: number) => number;

/** Multiplied by `gamma` after every `every` units. */
export function stepDecay({ every, gamma = 0.1 }: { every: number; gamma?: number }): Schedule {
  positive("every", every);
  return (done) => power(gamma, Math.floor(done / every));
}

/**
 * Multiplied by `gamma` at the end of unit number `after` (counted from 1, the default) and of each unit that follows:
 * gamma^max(0, done - after + 1). char-rnn: gamma 0.97, after 10. 0 is taken as 1.
 */
export function exponentialDecay({ gamma, after = 1 }: { gamma: number; after?: number }): Schedule {
  return (done) => power(gamma, Math.max(0, done - Math.max(1, after) + 1));
}

/** Half a cosine from 1 to `floor` (default 0) over `total` units. */
export function cosine({ total, floor = 0 }: { total: number; floor?: number }): Schedule {
  positive("total", total);
  return (done) => floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done / total)));
}

/** Rises evenly over the first `units` units, then follows `then` (default: stays at 1). */
export function warmUp({ units, then = () => 1 }: { units: number; then?: Schedule }): Schedule {
  positive("units", units);
  return (done) => (done < units ? (done + 1) / units : then(done - units));
}

/**
 * Multiplies by `gamma` whenever a loss has not fallen for `patience` observations. Call with each loss; returns the factor.
 */
export function onPlateau({
  gamma = 0.1,
  patience = 10,
}: {
  gamma?: number;
  patience?: number;
} = {}): (loss: number) => number {
  let best = Number.POSITIVE_INFINITY;
  let waited = 0;
  let factor = 1;
  return (loss) => {
    if (loss < best) {
      best = loss;
      waited = 0;
    } else if (++waited > patience) {
      factor *= gamma;
      waited = 0;
    }
    return factor;
  };
}

function positive(name: string, value: number): void {
  if (!(value > 0))
    throw new UnrolledError("ERR_VALUE", `schedule: ${name} is ${value}, expected more than 0`);
}
