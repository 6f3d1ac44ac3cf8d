import { checkFunction, checkWhole } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { checkListPairs, checkLists, checkNumbers } from "./pairs.ts";

type Vector = ArrayLike<number>;

/**
 * Returns the cosine of the angle between two vectors, from -1 to 1. It is 0 if a vector has norm 0, like scikit-learn's
 * cosine_similarity.
 *
 * @throws ERR_SHAPE if the vectors differ in length
 */
export function cosineSimilarity(a: Vector, b: Vector): number {
  return cosine(checkNumbers("a", a), checkNumbers("b", b));
}

function cosine(a: Vector, b: Vector): number {
  if (a.length !== b.length) {
    throw new UnrolledError(
      "ERR_SHAPE",
      `vectors of ${a.length} and ${b.length} numbers, expected the same number`,
    );
  }
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return dot === 0 ? 0 : Math.max(-1, Math.min(1, dot / (Math.sqrt(aa) * Math.sqrt(bb))));
}

/** A vector that {@link nearest} found. */
export interface Neighbour {
  /** Index into the vectors. */
  readonly index: number;
  /** Cosine similarity. */
  readonly similarity: number;
}

/**
 * Finds the `k` vectors (or all, if fewer) most similar to `query`, best first. Equally similar vectors are ordered by index.
 *
 * @example
 * ```js
 * const vectors = [[1, 0], [0, 1], [3, 3]];
 * const [best, second] = nearest([0, 5], vectors, 2);
 * console.log(best); // { index: 1, similarity: 1 }
 * console.log(second.index, second.similarity.toFixed(2)); // 2 0.71
 * ```
 */
export function nearest(query: Vector, vectors: readonly Vector[], k = 10): Neighbour[] {
  checkWhole("nearest: k", k);
  checkNumbers("query", query);
  return checkLists("vectors", vectors)
    .map((vector, index) => ({ index, similarity: cosine(query, checkNumbers("vector", vector)) }))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, k);
}

/** Scores that tell how well queries find their right candidates. */
export interface RetrievalScores {
  /** Mean over queries of 1 / (rank of the right candidate), called MRR. */
  readonly meanReciprocalRank: number;
  /** Share of queries whose right candidate has rank 1. */
  readonly accuracyAt1: number;
}

/**
 * Ranks all candidates for each query by cosine similarity. The right candidate for query i is candidate i. In a tie, the right
 * candidate ranks last. Otherwise, an embedder that gives every text the same vector would get perfect scores.
 *
 * @param alike tells whether candidate j is also right for query i. Such a candidate is left out of the ranking. Default: never
 * @throws ERR_SHAPE if `queries` and `candidates` differ in length or are empty, or if vectors differ in length
 */
export function retrievalScores(
  queries: readonly Vector[],
  candidates: readonly Vector[],
  alike: (i: number, j: number) => boolean = () => false,
): RetrievalScores {
  checkListPairs(queries, candidates, "queries", "candidates");
  checkFunction("retrievalScores: alike", alike);
  for (const vector of [...queries, ...candidates]) checkNumbers("vector", vector);
  let [reciprocal, first] = [0, 0];
  queries.forEach((query, i) => {
    const similarities = candidates.map((candidate) => cosine(query, candidate));
    const rank =
      1 +
      similarities.filter((similarity, j) => j !== i && similarity >= similarities[i]! && !alike(i, j))
        .length;
    reciprocal += 1 / rank;
    if (rank === 1) first++;
  });
  return { meanReciprocalRank: reciprocal / queries.length, accuracyAt1: first / queries.length };
}
