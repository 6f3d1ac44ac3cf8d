import {
  type Autoencoder,
  type ConditionalGenerator,
  type Forecaster,
  holdOut,
  nearest,
  type SequenceEmbedder,
  type Tagger,
  type TaskModel,
} from "unrolled";
import { readCandidates, textSource } from "unrolled/tasks";
import { taskOf } from "./basic.ts";

/** A text, or a list of vectors. */
export type Sequence = string | readonly ArrayLike<number>[];

/** A sequence of a run's data. */
export interface Sample {
  readonly input: Sequence;
  /** The label, text or target that belongs to it. */
  readonly truth?: string | undefined;
}

/** Where the right answers are, by task: usual names of fields, the first that exists counts. */
const TRUTHS: Readonly<Record<string, readonly string[]>> = {
  classifier: ["label", "labels", "class", "category"],
  transcriber: ["text", "transcript", "transcription"],
};
const OTHER_TRUTHS = ["target", "output", "text", "label"];

/**
 * Reads examples of the data of a run, from the part that the run keeps aside if it can be told.
 *
 * @param seed the seed of the run's recipe
 */
export async function samples(
  model: TaskModel,
  data: File,
  { count, seed }: { readonly count: number; readonly seed: number },
): Promise<readonly Sample[]> {
  const { inputs, rows, names = [] } = await taskOf(model).inputFile!(model, textSource(data));
  const wanted = [
    (model.reading as { labelColumn?: string } | undefined)?.labelColumn,
    ...(TRUTHS[model.spec.task] ?? OTHER_TRUTHS),
  ];
  const column = names.indexOf(wanted.find((name) => name !== undefined && names.includes(name)) ?? "");
  const all = inputs.flatMap((input, i) => {
    if (!(input as Sequence).length) return [];
    const truth = rows[i]?.[0]?.[column];
    return [{ input: input as Sequence, truth: typeof truth === "string" ? truth : undefined }];
  });
  const classifies = model.spec.task === "classifier" && all.every(({ truth }) => truth !== undefined);
  if (all.length < 4) return all;
  return holdOut(all, seed, 1, classifies ? ({ truth }) => [truth!] : undefined).validation.slice(0, count);
}

/** Tags a sequence. @returns its tokens, or none for vectors, the tag of each, and all tags that the model knows */
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
  return { tokens, tags: tagger.predict([tokens ?? input])[0]!, labels: tagger.labels.symbols };
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
const candidatesOf = new WeakMap<TaskModel, Candidates>();

/** Maximum number of candidates that are compared. */
const MOST_CANDIDATES = 2000;

/**
 * Finds the candidates that are most similar to a query: sequences of a run's data.
 *
 * @param more candidates besides those of the data
 */
export async function neighbours(
  model: TaskModel,
  query: Sequence,
  data: File,
  { count, more = [] }: { readonly count: number; readonly more?: readonly Sequence[] },
): Promise<readonly Near[]> {
  const embedder = model as SequenceEmbedder;
  const of = [data.name, data.size, data.lastModified, ...more].join("\n");
  let found = candidatesOf.get(model);
  if (found?.of !== of) {
    const pairs = await readCandidates(embedder, textSource(data));
    const sequences = [...new Set([...more, ...pairs.flatMap((pair) => [...pair] as Sequence[])])].slice(
      0,
      MOST_CANDIDATES,
    );
    found = { of, sequences, vectors: embedder.encode(sequences as string[]) };
    candidatesOf.set(model, found);
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
export async function forecast(
  model: TaskModel,
  data: File,
  { back, steps, shown }: { readonly back: number; readonly steps: number; readonly shown: number },
): Promise<Forecast> {
  const forecaster = model as Forecaster;
  const { columns, targets, strategy, horizon } = forecaster.spec;
  const all = (await taskOf(model).inputs!(model, textSource(data))) as readonly Float64Array[];
  const places = targets.map((name) => columns.indexOf(name));
  const pick = (row: Float64Array) => places.map((place) => row[place]!);
  const from = Math.max(1, all.length - back);
  const direct = strategy === "direct";
  return {
    targets,
    rows: all.length,
    from,
    past: all.slice(Math.max(0, from - shown), from).map(pick),
    steps: forecaster.forecast(all.slice(0, from), direct ? horizon : steps),
    ahead: direct ? [horizon] : Array.from({ length: steps }, (_, i) => i + 1),
    truth: all.slice(from, from + (direct ? horizon : steps)).map(pick),
  };
}
