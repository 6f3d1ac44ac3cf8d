import { randomNumbers } from "../data/shuffle.ts";
import { type Candidate, crossover, drawCandidate, mutate, type SearchSpace } from "./space.ts";
import type { Trial } from "./trial.ts";

/** How candidates are found. */
export interface SearchMethod {
  /**
   * `random`: each drawn by itself. `genetic`: regularised evolution (Real et al. 2019): the first `population` are random;
   * then two of the youngest `population`, each the best of `tournament` that are drawn (with replacement), are the
   * parents of the next, which has each field from either and one field changed.
   */
  readonly method: "random" | "genetic";
  readonly population: number;
  readonly tournament: number;
  readonly seed: number;
}

/** Attempts to find one that was not tried before. */
const ATTEMPTS = 1000;

/** The candidate that comes after these: a function of its arguments alone, and another than all before if one is found. */
export function propose(space: SearchSpace, how: SearchMethod, before: readonly Trial[]): Candidate {
  const { method, population, tournament, seed } = how;
  const random = randomNumbers(seed, before.length);
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
  const tried = new Set(before.map(({ candidate }) => JSON.stringify(candidate)));
  let candidate = next();
  for (let i = 0; i < ATTEMPTS && tried.has(JSON.stringify(candidate)); i++) candidate = next(candidate);
  return candidate;
}
