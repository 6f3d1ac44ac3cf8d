import {
  Classifier,
  type Forecaster,
  holdOut,
  holdOutEnd,
  type Labelled,
  labelCell,
  labelSet,
  normalized,
  SequenceEmbedder,
  type Step,
  seriesOf,
  Tagger,
  type TaskModel,
  type Trainer,
} from "unrolled";
import {
  completeRecipe,
  forecasterTask,
  type InputFile,
  type Reading,
  readCandidates,
  readText,
  textSource,
} from "unrolled/tasks";
import { taskOf } from "./basic.ts";
import { textFile } from "./text-file.ts";

/** The data of a run, as its training read them, or another file that is read in the same way. */
export interface RunFile {
  /** Tells the file from all others. */
  readonly key: string;
  readonly file: File;
  /** The options of `start` that say how the file is read. */
  readonly options: object;
  /** The recipe, whose seed chose the part that was kept aside. */
  readonly recipe: object;
  /** Whether it is not the run's file, so that all of it is new to the network. */
  readonly isOther?: boolean;
}

/** Number of files of which is kept what was read: the data of the run that is shown, and a file of one's own. */
const FILES = 2;

/** What was read of each file, by its key; the file that was asked for last is at the end. */
const kept = new Map<string, Map<string, Promise<unknown>>>();

/** Reads something of a file once: pictures and panels of a run ask for the same again and again. */
function once<T>({ key }: RunFile, what: string, read: () => Promise<T>): Promise<T> {
  const own = kept.get(key) ?? new Map<string, Promise<unknown>>();
  kept.delete(key);
  kept.set(key, own);
  if (kept.size > FILES) kept.delete(kept.keys().next().value!);
  const found = (own.get(what) as Promise<T> | undefined) ?? read();
  own.set(what, found);
  found.catch(() => own.delete(what));
  return found;
}

const sourceOf = async ({ file }: RunFile) => textSource(await textFile(file));

/** Which part of the data: what the network learnt from, or what was kept aside to test it. */
export type Part = "learnt" | "kept";

/** Returns the options that say how a file is read. Those that made the model are in its spec. */
export function readingOptions({ options }: Pick<RunFile, "options">): Reading {
  const { level, tokens, minCount, multiLabel, column, target, ...reading } = options as Record<
    string,
    unknown
  >;
  return reading as Reading;
}

/** Returns the recipe with the defaults of the task. */
function recipeOf(model: TaskModel, { recipe }: RunFile) {
  return completeRecipe(
    taskOf(model).defaultRecipe((model.spec as { level?: "char" | "word" }).level),
    recipe,
  );
}

/** Makes a trainer of the run's data for as long as `use` runs. The model stays as it is. */
export async function withTrainer<T>(
  model: TaskModel,
  data: RunFile,
  use: (trainer: Trainer) => T,
): Promise<T> {
  const earlier = { spec: model.spec, reading: model.reading };
  const recipe = recipeOf(model, data);
  const run = await once(data, "batches", async () => {
    const read = await taskOf(model).read({ data: await sourceOf(data) }, readingOptions(data), earlier);
    return read.resume(model.spec, recipe.seed);
  });
  const trainer = run.trainer(model, recipe);
  try {
    return use(trainer);
  } finally {
    trainer.dispose();
  }
}

const inputFileOf = (model: TaskModel, data: RunFile): Promise<InputFile> =>
  once(data, "inputs", async () =>
    taskOf(model).inputFile!(model, await sourceOf(data), readingOptions(data)),
  );

/** Returns the beginning of a language model's text. */
export const startOfText = (data: RunFile, length: number): Promise<string> =>
  once(data, "start", async () => (await readText(await sourceOf(data))).slice(0, length));

/** An example of a classifier, or a sentence of a tagger. */
export interface Example {
  /** A text, or its tokens or vectors. */
  readonly input: string | readonly Step[];
  /** The label; for a tagger, the tag of each token. If the model gives several labels, each is a text that `labelSet` reads. */
  readonly labels: readonly string[];
}

/**
 * Reads the labelled examples of a run, and divides them as its training did.
 *
 * @throws Error if the labels are not where the model's notes say
 */
export const labelledParts = (
  model: Classifier | Tagger,
  data: RunFile,
): Promise<Readonly<Record<Part, readonly Example[]>>> =>
  once(data, "labels", () => readLabelled(model, data));

async function readLabelled(model: Classifier | Tagger, data: RunFile) {
  const { inputs, rows, names, perToken } = await inputFileOf(model, data);
  const column = targetColumn(model, data, names) ?? (model.targetPer === "step" ? 1 : -1);
  const { multiLabel } = model.spec;
  const text = (value: unknown) =>
    normalized(Array.isArray(value) ? labelCell(value.map(String)) : String(value ?? ""), model.spec);
  const examples = inputs.flatMap((input, i): Example[] => {
    const own = rows[i]!;
    const labels =
      model.targetPer === "sequence"
        ? [text(own[0]?.at(column))]
        : perToken?.[i]
          ? own.filter((cells) => cells.length).map((cells) => text(cells.at(column)))
          : ((own[0]?.at(column) ?? []) as readonly unknown[]).map(text);
    return (input as string).length && (multiLabel || labels.some(Boolean))
      ? [{ input: input as Example["input"], labels }]
      : [];
  });
  const labelsOf = ({ labels }: Example) => (multiLabel ? labels.flatMap(labelSet) : labels);
  const named = examples.map(labelsOf).filter(({ length }) => length);
  const known = named.filter((labels) => labels.some((label) => model.labels.has(label)));
  if (known.length * 2 <= named.length)
    throw new Error("The labels of this file cannot be told from its texts.");
  const { train, validation } = holdOut(examples, recipeOf(model, data).seed, 1, labelsOf);
  return { learnt: train, kept: validation };
}

/** Usual names of the column with the labels or targets. The notes of a model name it if it is another one. */
const TARGETS: Readonly<Record<string, readonly string[]>> = {
  classifier: ["label", "labels"],
  tagger: ["tags", "labels"],
  "encoder-decoder": [
    "target",
    "tgt",
    "output",
    "text",
    "transcript",
    "translation",
    "answer",
    "summary",
    "label",
  ],
  transcriber: ["text", "transcript", "transcription"],
};

/** Returns the column of the labels or targets, counted from 0, or from the end if it is below 0; undefined if it is not known. */
function targetColumn(
  model: TaskModel,
  data: RunFile,
  names: readonly string[] | undefined,
): number | undefined {
  const { task } = model.spec;
  const reading: Reading = { ...model.reading, ...readingOptions(data) };
  const chosen = task === "tagger" ? reading.tagColumn : reading.labelColumn;
  const place = (name: string) => names?.findIndex((one) => one.toLowerCase() === name.toLowerCase()) ?? -1;
  if (chosen !== undefined) {
    const found = typeof chosen === "string" ? place(chosen) : -1;
    return found >= 0 ? found : Number(chosen) > 0 ? Number(chosen) - 1 : undefined;
  }
  const found = (TARGETS[task] ?? []).map(place).find((column) => column >= 0);
  return found ?? (reading.labelFirst ? 0 : undefined);
}

/** A sequence with its target, and other cells of its row. */
export interface Sequence {
  readonly input: string | readonly Step[];
  readonly target: string | undefined;
  readonly others: readonly string[];
}

/** Reads the inputs of a run's data, with what else is in their rows. */
export const sequencesOf = (model: TaskModel, data: RunFile): Promise<readonly Sequence[]> =>
  once(data, "sequences", async () => {
    const { inputs, rows, names } = await inputFileOf(model, data);
    const column = targetColumn(model, data, names);
    return inputs.flatMap((input, i): Sequence[] => {
      if (!(input as string).length) return [];
      const cells = rows[i]![0] ?? [];
      const target = column === undefined ? undefined : cells.at(column);
      const others = cells.filter((cell) => typeof cell === "string" && cell !== input);
      return [
        {
          input: input as Sequence["input"],
          target: typeof target === "string" ? target : undefined,
          others: others as readonly string[],
        },
      ];
    });
  });

/** Returns the sequences that the run kept aside; all of another file, or of one that is too short to be divided. */
export async function samplesOf(
  model: TaskModel,
  data: RunFile,
): Promise<readonly (Pick<Sequence, "input"> & { readonly truth?: string | undefined })[]> {
  if (model instanceof Classifier || model instanceof Tagger) {
    const parts = await labelledParts(model, data).catch(() => undefined); // the file may have no labels
    const some = parts && (data.isOther ? [...parts.kept, ...parts.learnt] : parts.kept);
    if (some) return some.map(({ input, labels }) => ({ input, truth: truthOf(model, labels) }));
  }
  const all = (await sequencesOf(model, data)).map(({ input, target }) => ({ input, truth: target }));
  if (data.isOther || all.length < 4) return all;
  return holdOut(all, recipeOf(model, data).seed, model instanceof SequenceEmbedder ? 2 : 1).validation;
}

/** Returns the label of a classifier's example, or its labels in the order in which the model gives them. */
function truthOf(model: Classifier | Tagger, labels: Example["labels"]): string | undefined {
  if (!(model instanceof Classifier)) return undefined;
  if (!model.spec.multiLabel) return labels[0];
  const own = new Set(labels.flatMap(labelSet));
  return [...new Set([...model.labels.symbols.filter((label) => own.has(label)), ...own])].join(", ");
}

/** Reads the sequences among which an embedder searches, each once. */
export const candidatesOf = (model: SequenceEmbedder, data: RunFile): Promise<readonly Sequence["input"][]> =>
  once(data, "candidates", async () => {
    const pairs = await readCandidates(model, await sourceOf(data), readingOptions(data));
    return [...new Set(pairs.flatMap((pair) => [...pair] as Sequence["input"][]))];
  });

/** Reads the rows of a forecaster's data. */
export const rowsOf = (model: Forecaster, data: RunFile): Promise<readonly Float64Array[]> =>
  once(data, "rows", async () => forecasterTask.inputs(model, await sourceOf(data), readingOptions(data)));

/** Returns the index of the first row that the run kept aside. */
export const heldOutFrom = (model: Forecaster, rows: readonly Float64Array[]): number =>
  holdOutEnd(seriesOf({ row: rows.map((_, row) => row) }), model.spec.horizon).train.rows;

/** Returns an example as the library's functions take it. */
export const labelled = (model: Classifier | Tagger, { input, labels }: Example): Labelled<Step> => ({
  tokens: typeof input === "string" ? model.tokens(input) : input,
  labels,
});
