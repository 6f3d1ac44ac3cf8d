import type { Candidate } from "./space.ts";

/** A candidate and how it went, as plain JSON. */
export interface Trial {
  /** From 1 on. */
  readonly number: number;
  readonly candidate: Candidate;
  /** The losses that it reported, each with its iteration. */
  readonly losses: readonly (readonly [iteration: number, loss: number])[];
  /** The smallest of them; null where there is none. */
  readonly best: number | null;
  readonly seconds: number;
  /** It ran to its end; the median rule stopped it; it could not be trained. */
  readonly status: "done" | "stopped" | "failed";
  /** Why it failed. */
  readonly error?: string;
}

/** The best of the candidates that ran to their end. */
export function bestTrial(trials: readonly Trial[]): Trial | undefined {
  return trials
    .filter(({ status }) => status === "done")
    .reduce<Trial | undefined>(
      (best, trial) => (best && best.best! <= trial.best! ? best : trial),
      undefined,
    );
}

/** The smallest of the first `count` losses. */
const bestOf = (losses: Trial["losses"], count: number) =>
  losses.slice(0, count).reduce((least, [, loss]) => Math.min(least, loss), Number.POSITIVE_INFINITY);

/**
 * The median rule (Golovin et al. 2017, Google Vizier; compared as Optuna's MedianPruner does): a candidate is poor where its
 * smallest loss so far is above the median of what the candidates before it had reached by the same report. So one of
 * those is better than it, and the smallest loss of all belongs to a candidate that ran to its end. Those that failed do not
 * count.
 *
 * @param least how many have to have come so far before one is judged; 0: none is
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
