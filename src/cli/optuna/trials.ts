import type { Candidate, SearchSpace } from "../../search/space.ts";
import type { Trial } from "../../search/trial.ts";
import {
  areCompatible,
  distributionJson,
  fieldValue,
  internalOf,
  parseDistribution,
} from "./distributions.ts";
import { type Param, STATE, type StudyTrial } from "./studies.ts";

// How trials of a study are seen by a search with a space of its own.

/** User attribute of a trial: why it failed. */
export const REASON = "fail_reason";

/** Returns the value of a parameter as people write it. */
export const externalOf = ({ value, distribution: { choices } }: Param): unknown =>
  choices ? choices[value] : value;

/** Returns the candidate of a trial; undefined if it has other fields or values than the space. */
export function candidateOf(space: SearchSpace, { params }: StudyTrial): Candidate | undefined {
  const candidate: Record<string, Candidate[string]> = {};
  for (const [field, dimension] of Object.entries(space)) {
    const param = params.get(field);
    if (!param || !areCompatible(param.distribution, parseDistribution(distributionJson(dimension)))) return;
    const internal = internalOf(dimension, externalOf(param));
    if (internal === undefined) return;
    candidate[field] = fieldValue(dimension, internal);
  }
  return params.size === Object.keys(candidate).length ? candidate : undefined;
}

/** Returns a finished trial as a search knows it; undefined if its candidate is not of the space. */
export function searchTrial(space: SearchSpace, trial: StudyTrial): Trial | undefined {
  const candidate = candidateOf(space, trial);
  if (!candidate) return;
  const losses = [...trial.reports].filter(([, loss]) => Number.isFinite(loss)).sort(([a], [b]) => a - b);
  const least = losses.reduce((least, [, loss]) => Math.min(least, loss), Number.POSITIVE_INFINITY);
  const best = trial.state === STATE.COMPLETE ? trial.values![0]! : losses.length ? least : null;
  const done = trial.state === STATE.COMPLETE ? "done" : "stopped";
  const error = reasonOf(trial);
  return {
    number: trial.number,
    candidate,
    losses,
    best,
    seconds: Math.max(0, (Date.parse(trial.ended ?? "") - Date.parse(trial.started ?? "")) / 1000 || 0),
    status: trial.state === STATE.FAIL || best === null ? "failed" : done,
    ...(error !== undefined && { error }),
  };
}

/** Returns a failed trial without a candidate of the space. */
export const failedTrial = (number: number, error: string | undefined): Trial => ({
  ...{ number, candidate: {}, losses: [], best: null, seconds: 0, status: "failed" as const },
  ...(error !== undefined && { error }),
});

/** Returns why a trial failed; undefined if it did not, or if its worker did not tell, such as Optuna's. */
export const reasonOf = ({ state, user }: StudyTrial): string | undefined =>
  state === STATE.FAIL && user[REASON] !== undefined ? String(user[REASON]) : undefined;
