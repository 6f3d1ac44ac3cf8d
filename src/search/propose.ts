import { randomNumbers } from "../data/shuffle.ts";
import { type Candidate, crossover, drawCandidate, mutate, type SearchSpace } from "./space.ts";
import type { Trial } from "./trial.ts";

/** Options that decide how candidates are found. */
export interface SearchMethod {
  /**
   * How candidates are chosen.
   *
   * - `random` draws each candidate independently.
   * - `genetic` is regularised evolution (Real et al. 2019). The first `population` candidates are random. Every later candidate
   *   is a child of two parents from the latest `population` candidates. Each parent is the best of `tournament` candidates that
   *   are drawn with replacement. The child takes each field from a random parent. Then one field is changed.
   */
  readonly method: "random" | "genetic";
  /** `genetic`: number of candidates that parents are chosen from, at least 1. */
  readonly population: number;
  /** `genetic`: number of candidates that compete to be a parent, at least 1. More means stronger selection. */
  readonly tournament: number;
  /** Seed of all random choices, a whole number. */
  readonly seed: number;
}

/** Maximum number of attempts to find a candidate that was not tried before. */
const ATTEMPTS = 1000;

/**
 * Chooses the next candidate after the trials `before`. If possible, the candidate differs from all earlier candidates. The
 * choice depends only on the arguments.
 *
 * @param number place of the candidate among all, from 0. It decides which random numbers are drawn.
 * @param running candidates that are being tried, which the new one should also differ from
 */
export function propose(
  space: SearchSpace,
  how: SearchMethod,
  before: readonly Trial[],
  number = before.length,
  running: readonly Candidate[] = [],
): Candidate {
  const { method, population, tournament, seed } = how;
  const random = randomNumbers(seed, number);
  const young = before.slice(-population);
  const loss = ({ status, best }: Trial) => (status === "failed" ? Number.POSITIVE_INFINITY : best!);
  const parent = () => {
    const drawn = Array.from({ length: tournament }, () => young[Math.floor(random() * young.length)]!);
    return drawn.reduce((a, b) => (loss(b) < loss(a) ? b : a)).candidate;
  };
  const bred = method === "genetic" && before.length >= population;
  const next = (last?: Candidate) => {
    if (!bred) return drawCandidate(space, random);
    return mutate(space, last ?? crossover(parent(), parent(), random), random);
  };
  const all = [...before.map(({ candidate }) => candidate), ...running];
  const tried = new Set(all.map((candidate) => JSON.stringify(candidate)));
  let candidate = next();
  for (let i = 0; i < ATTEMPTS && tried.has(JSON.stringify(candidate)); i++) candidate = next(candidate);
  return candidate;
}
