import type { Graph, GraphInput, GraphOutput, ValueInfo } from "../formats/index.ts";

/** Lengths for axes that a file leaves open, and the kind of numbers: ids need whole numbers that are small enough. */
interface Attempt {
  readonly batch: number;
  readonly others: number;
  /** All numbers are whole and below this; undefined if floats are real numbers. */
  readonly below?: number;
}

const LENGTHS = [
  { batch: 2, others: 6 },
  { batch: 1, others: 16 },
  { batch: 1, others: 512 },
  { batch: 1, others: 1 },
] as const;

/** Attempts, the likeliest first. */
export const ATTEMPTS: readonly Attempt[] = [undefined, 1000, 100, 10, 2].flatMap((below) =>
  LENGTHS.map((lengths) => ({ ...lengths, ...(below !== undefined && { below }) })),
);

/** Attempts with one sequence, of one step if that is possible. */
export const SINGLE: readonly Attempt[] = [1, 16, 512].flatMap((others) =>
  [undefined, 2].map((below) => ({ batch: 1, others, ...(below !== undefined && { below }) })),
);

/** Returns the shape of an input whose open axes have the lengths of an attempt. The first without a name is that of the batch. */
function shapeFor({ shape = [] }: ValueInfo, { batch, others }: Attempt): number[] {
  const first = shape.indexOf(null);
  return shape.map((size, axis) => {
    if (typeof size === "number") return size;
    return (size === null ? axis === first : /batch|^[bn]$/i.test(size)) ? batch : others;
  });
}

/** Returns a generator of numbers from 0 to below 1, the same ones for each seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), bits | 61)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes random inputs of a graph: real numbers from -1 to 1, and whole numbers. */
export function sampleInputs(
  { inputs }: Pick<Graph, "inputs">,
  attempt: Attempt,
): Record<string, GraphInput> {
  const random = randomNumbers(1);
  const { below } = attempt;
  const samples = inputs.map((info) => {
    const shape = shapeFor(info, attempt);
    const real = /float/.test(info.dtype) && below === undefined;
    const limit = info.dtype === "bool" ? 2 : (below ?? 100);
    const size = shape.reduce((product, n) => product * n, 1);
    const data = Array.from({ length: size }, () => (real ? 2 * random() - 1 : Math.floor(random() * limit)));
    return [info.name, { data, shape }] as const;
  });
  return Object.fromEntries(samples);
}

/** Returns makers of random inputs of a model, the same ones each time. */
export function modelInputs() {
  const random = randomNumbers(1);
  return {
    random,
    ids: (count: number, below: number) =>
      Int32Array.from({ length: count }, () => Math.floor(random() * below)),
    /** Makes vectors as a file reads them, and as the model does, which scales them. */
    vectors(count: number, { mean, deviation }: { mean: readonly number[]; deviation: readonly number[] }) {
      const width = mean.length;
      const scaled = Float32Array.from({ length: count * width }, () => 2 * random() - 1);
      const data = scaled.map((value, i) => value * deviation[i % width]! + mean[i % width]!);
      return { data, scaled };
    },
  };
}

/** Returns a vector with a single 1 for each id. */
export function oneHot(ids: Float32Array | Int32Array, width: number): Float32Array {
  const vectors = new Float32Array(ids.length * width);
  for (const [i, id] of ids.entries()) vectors[i * width + id] = 1;
  return vectors;
}

/** Returns the largest difference of two lists of numbers; infinite if their lengths differ, or one alone is not a number. */
export function largestError(a: ArrayLike<number | bigint>, b: ArrayLike<number | bigint>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const [one, other] = [Number(a[i]), Number(b[i])];
    if (Object.is(one, other)) continue;
    const error = Math.abs(one - other);
    largest = Math.max(largest, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
  }
  return largest;
}

type Run = (inputs: Record<string, GraphInput>) => readonly GraphOutput["data"][];

/**
 * Runs two models on random inputs, the first that the first model accepts.
 *
 * @returns the largest difference of their outputs; undefined if the first model accepts none
 */
export function compareRuns(graph: Pick<Graph, "inputs">, one: Run, other: Run): number | undefined {
  for (const attempt of ATTEMPTS) {
    const inputs = sampleInputs(graph, attempt);
    let expected: ReturnType<Run>;
    try {
      expected = one(inputs);
    } catch {
      continue; // ids that are too large, or too few steps for a convolution
    }
    const found = other(inputs);
    return Math.max(...expected.map((data, i) => largestError(data, found[i]!)));
  }
  return undefined;
}
