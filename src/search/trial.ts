import { checkObjects } from "../checks.ts";
import type { Candidate } from "./space.ts";

/** A candidate and its outcome, as plain JSON. */
export interface Trial {
  /** Number of the trial in its search, counted from 1. */
  readonly number: number;
  /** The values that were tried. */
  readonly candidate: Candidate;
  /** The reported losses, each with its iteration. */
  readonly losses: readonly (readonly [iteration: number, loss: number])[];
  /** The smallest loss; null if no loss was reported. */
  readonly best: number | null;
  /** Time of the trial in seconds. */
  readonly seconds: number;
  /** `done`: the trial ran to its end. `stopped`: the median rule ended it. `failed`: the candidate could not be trained. */
  readonly status: "done" | "stopped" | "failed";
  /** The error message, if `status` is `failed`. */
  readonly error?: string;
}

/** Returns the trial with the smallest loss among the trials with status `done`; undefined if there are none. */
export function bestTrial(trials: readonly Trial[]): Trial | undefined {
  return checkObjects("trials", trials)
    .filter(({ status }) => status === "done")
    .reduce<Trial | undefined>(
      (best, trial) => (best && best.best! <= trial.best! ? best : trial),
      undefined,
    );
}

/** Returns the smallest of the first `count` losses. */
const bestOf = (losses: Trial["losses"], count: number) =>
  losses.slice(0, count).reduce((least, [, loss]) => Math.min(least, loss), Number.POSITIVE_INFINITY);

/**
 * Tells whether a candidate is poor by the median rule (Golovin et al. 2017, Google Vizier), as in Optuna's MedianPruner. If the
 * candidate has n reports, the rule takes the smallest of the first n losses of each earlier candidate. The candidate is poor if
 * its own smallest loss is above the median of these losses. Two kinds of earlier candidates do not count: all failed candidates,
 * and stopped candidates with fewer than n reports. A candidate that the rule stops never has the smallest loss of all, because
 * an earlier candidate has a smaller loss.
 *
 * @param losses reported losses of the candidate to judge
 * @param before earlier trials
 * @param least minimum number of earlier candidates that count; with fewer, no candidate is poor. 0 turns the rule off
 */
export function isPoor(losses: Trial["losses"], before: readonly Trial[], least: number): boolean {
  const reports = losses.length;
  const others = before
    .filter(({ status, losses }) => status === "done" || (status === "stopped" && losses.length >= reports))
    .map((trial) => bestOf(trial.losses, reports))
    .sort((a, b) => a - b);
  if (!least || others.length < least) return false;
  const [low, high] = [(others.length - 1) >> 1, others.length >> 1];
  return bestOf(losses, reports) > (others[low]! + others[high]!) / 2;
}
