import type { Candidate } from "./space.ts";

/** A candidate and its outcome, as plain JSON. */
export interface Trial {
  /** Counted from 1. */
  readonly number: number;
  readonly candidate: Candidate;
  /** The reported losses, each with its iteration. */
  readonly losses: readonly (readonly [iteration: number, loss: number])[];
  /** The smallest loss; null if there is none. */
  readonly best: number | null;
  readonly seconds: number;
  /** `done`: ran to its end; `stopped`: by the median rule; `failed`: could not be trained. */
  readonly status: "done" | "stopped" | "failed";
  /** The reason for a failure. */
  readonly error?: string;
}

/** Returns the best candidate that ran to its end. */
export function bestTrial(trials: readonly Trial[]): Trial | undefined {
  return trials
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
 * Applies the median rule (Golovin et al. 2017, Google Vizier; compared as in Optuna's MedianPruner): a candidate is poor if
 * its smallest loss so far is above the median of the smallest losses of earlier candidates up to the same report. So at
 * least one of those is better, and the smallest loss of all belongs to a candidate that ran to its end. Failed candidates do
 * not count.
 *
 * @param least number of earlier candidates that must have come this far before one is judged; 0 turns the rule off
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
