import {
  type Autoencoder,
  type ConditionalGenerator,
  Forecaster,
  labelSet,
  nearest,
  type SequenceEmbedder,
  type Tagger,
  type TaskModel,
} from "unrolled";
import { forecast } from "../look/forecast.ts";
import { candidatesOf, type RunFile, rowsOf, samplesOf } from "./run-data.ts";

/** A text, or a list of vectors. */
export type Sequence = string | readonly ArrayLike<number>[];

/** A sequence that the network did not learn from. */
export interface Sample {
  readonly input: Sequence;
  /** The label or text that belongs to it. */
  readonly truth?: string | undefined;
}

/** Number of rows of a forecaster that are an example. */
const ROWS = 60;

/** Reads examples of data, from the part that the run keeps aside. Those of a forecaster are pieces of its series, the last one first. */
export async function samples(model: TaskModel, data: RunFile, count: number): Promise<readonly Sample[]> {
  if (model instanceof Forecaster) {
    const rows = await rowsOf(model, data);
    return Array.from({ length: Math.min(count, Math.ceil(rows.length / ROWS)) }, (_, i) => {
      const end = rows.length - i * ROWS;
      return { input: rows.slice(Math.max(0, end - ROWS), end).map((row) => [...row]) };
    });
  }
  return (await samplesOf(model, data)).slice(0, count) as readonly Sample[];
}

/**
 * Tags a sequence.
 *
 * @returns its tokens, or none for vectors, the tag of each, and all tags that the model knows. If a token can have several tags, they
 * have commas between them, and no tag is an empty text
 */
export function tag(
  model: TaskModel,
  input: Sequence,
): {
  readonly tokens: readonly string[] | undefined;
  readonly tags: readonly string[];
  readonly labels: readonly string[];
} {
  const tagger = model as Tagger;
  const tokens = typeof input === "string" ? tagger.tokens(input) : undefined;
  const tags = tagger.predict([tokens ?? input])[0]!;
  return {
    tokens,
    tags: tagger.spec.multiLabel ? tags.map((cell) => labelSet(cell).join(", ")) : tags,
    labels: tagger.labels.symbols,
  };
}

/**
 * Writes the text of a point between two texts.
 *
 * @param share how far the point is from the first text to the second one, 0 to 1
 */
export function blend(model: TaskModel, texts: readonly [string, string], share: number): string {
  const autoencoder = model as Autoencoder;
  const [a, b] = autoencoder.encode(texts);
  return autoencoder.decode([a!.map((x, i) => (1 - share) * x + share * b![i]!)])[0]!.text;
}

/** Returns the names of the conditions of a generator, the most frequent first; none if its conditions are sequences or vectors. */
export function conditions(model: TaskModel): readonly string[] {
  const { condition, tables } = model as ConditionalGenerator;
  return condition ? [] : (tables.conditions?.symbols ?? []);
}

/** A candidate, and how similar it is to a query. */
export interface Near {
  readonly candidate: Sequence;
  /** Cosine similarity, -1 to 1. */
  readonly similarity: number;
}

interface Candidates {
  readonly of: string;
  readonly sequences: readonly Sequence[];
  readonly vectors: readonly Float32Array[];
}

/** Vectors of candidates, since it takes long to compute them. */
const vectorsOf = new WeakMap<TaskModel, Candidates>();

/** Maximum number of candidates that are compared. */
const MOST_CANDIDATES = 2000;

/**
 * Finds the candidates that are most similar to a query: sequences of data.
 *
 * @param more candidates besides those of the data
 */
export async function neighbours(
  model: TaskModel,
  query: Sequence,
  data: RunFile,
  { count, more = [] }: { readonly count: number; readonly more?: readonly Sequence[] },
): Promise<readonly Near[]> {
  const embedder = model as SequenceEmbedder;
  const of = [data.key, ...more].join("\n");
  let found = vectorsOf.get(model);
  if (found?.of !== of) {
    const all = [...more, ...((await candidatesOf(embedder, data)) as readonly Sequence[])];
    const sequences = [...new Set(all)].slice(0, MOST_CANDIDATES);
    found = { of, sequences, vectors: embedder.encode(sequences as string[]) };
    vectorsOf.set(model, found);
  }
  const { sequences, vectors } = found;
  const [vector] = embedder.encode([query as string]);
  return nearest(vector!, vectors, count + 1)
    .map(({ index, similarity }) => ({ candidate: sequences[index]!, similarity }))
    .filter(({ candidate }) => candidate !== query)
    .slice(0, count);
}

/** A forecast with what came before it and what really followed. */
export interface Forecast {
  readonly targets: readonly string[];
  /** Number of rows of the data, and of rows that the forecast was made from. */
  readonly rows: number;
  readonly from: number;
  /** The last rows before the forecast, the oldest first: a number for each target. */
  readonly past: readonly (readonly number[])[];
  /** The forecast of each step; with the strategy `direct` that of the last step alone. */
  readonly steps: readonly (readonly number[])[];
  /** How many rows ahead each step is. */
  readonly ahead: readonly number[];
  /** The rows that really followed, as far as the data have them. */
  readonly truth: readonly (readonly number[])[];
}

/**
 * Forecasts what follows the data, or a row before their end.
 *
 * @param back number of rows at the end that the model does not see
 * @param shown number of rows of the past that are returned
 */
export async function outlook(
  model: TaskModel,
  data: RunFile,
  { back, steps, shown }: { readonly back: number; readonly steps: number; readonly shown: number },
): Promise<Forecast> {
  const forecaster = model as Forecaster;
  const { targets, columns, strategy, horizon } = forecaster.spec;
  const rows = await rowsOf(forecaster, data);
  const from = Math.max(1, rows.length - back);
  const far = strategy === "direct" ? horizon : steps;
  const view = forecast(forecaster, rows, {
    steps: far,
    hidden: rows.length - from,
    heldOutFrom: rows.length, // measures no errors
  });
  const pick = (row: Float64Array) => targets.map((name) => row[columns.indexOf(name)]!);
  return {
    targets,
    rows: rows.length,
    from,
    past: rows.slice(Math.max(0, from - shown), from).map(pick),
    steps: view.leads.map((_, i) => [
      ...view.forecast.subarray(i * targets.length, (i + 1) * targets.length),
    ]),
    ahead: view.leads,
    truth: rows.slice(from, from + far).map(pick),
  };
}
