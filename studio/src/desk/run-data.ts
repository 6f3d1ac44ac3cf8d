import {
  type Classifier,
  type Forecaster,
  holdOut,
  holdOutEnd,
  type Labelled,
  normalized,
  type Step,
  seriesOf,
  type Tagger,
  type TaskModel,
  type Trainer,
} from "unrolled";
import { completeRecipe, forecasterTask, type InputFile, type Reading, textSource } from "unrolled/tasks";
import { taskOf } from "./basic.ts";

/** The data of a run, as its training read them. */
export interface RunFile {
  readonly file: File;
  /** The options of `start` that say how the file is read. */
  readonly options: object;
  /** The recipe, whose seed chose the part that was kept aside. */
  readonly recipe: object;
}

/** Which part of the data: what the network learnt from, or what was kept aside to test it. */
export type Part = "learnt" | "kept";

/** Returns the options that say how a file is read. Those that made the model are in its spec. */
function readingOptions({ options }: RunFile): Reading {
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
  const read = await taskOf(model).read({ data: textSource(data.file) }, readingOptions(data), earlier);
  const recipe = recipeOf(model, data);
  const run = await read.resume(model.spec, recipe.seed);
  const trainer = run.trainer(model, recipe);
  try {
    return use(trainer);
  } finally {
    trainer.dispose();
  }
}

const inputFileOf = (model: TaskModel, data: RunFile): Promise<InputFile> =>
  taskOf(model).inputFile!(model, textSource(data.file), readingOptions(data));

/** An example of a classifier, or a sentence of a tagger. */
export interface Example {
  /** A text, or its tokens or vectors. */
  readonly input: string | readonly Step[];
  /** The label; for a tagger, the tag of each token. */
  readonly labels: readonly string[];
}

/**
 * Reads the labelled examples of a run, and divides them as its training did.
 *
 * @throws Error if the labels are not where the model's notes say
 */
export async function labelledParts(
  model: Classifier | Tagger,
  data: RunFile,
): Promise<Readonly<Record<Part, readonly Example[]>>> {
  const { inputs, rows, names, perToken } = await inputFileOf(model, data);
  const column = labelColumn(model, { ...(model as TaskModel).reading, ...readingOptions(data) }, names);
  const text = (value: unknown) => normalized(String(value ?? ""), model.spec);
  const examples = inputs.flatMap((input, i): Example[] => {
    const own = rows[i]!;
    const labels =
      model.targetPer === "sequence"
        ? [text(own[0]?.at(column))]
        : perToken?.[i]
          ? own.filter((cells) => cells.length).map((cells) => text(cells.at(column)))
          : ((own[0]?.at(column) ?? []) as readonly unknown[]).map(text);
    return (input as string).length && labels.some(Boolean)
      ? [{ input: input as Example["input"], labels }]
      : [];
  });
  const known = examples.filter(({ labels }) => labels.some((label) => model.labels.has(label)));
  if (known.length * 2 <= examples.length)
    throw new Error("The labels of this file cannot be told from its texts.");
  const { train, validation } = holdOut(examples, recipeOf(model, data).seed, 1, ({ labels }) => labels);
  return { learnt: train, kept: validation };
}

/** Returns the column of the labels, counted from 0, or from the end if it is below 0. */
function labelColumn(
  model: Classifier | Tagger,
  reading: Reading,
  names: readonly string[] | undefined,
): number {
  const isTagger = model.targetPer === "step";
  const chosen = isTagger ? reading.tagColumn : reading.labelColumn;
  if (typeof chosen === "number") return chosen - 1;
  const usual = isTagger ? ["tags", "labels"] : ["label", "labels"];
  const named = [chosen, ...(chosen ? [] : usual)].map((name) => names?.indexOf(name as string) ?? -1);
  const found = named.find((place) => place >= 0);
  if (found !== undefined) return found;
  return isTagger ? 1 : reading.labelFirst ? 0 : -1;
}

/** A sequence without its target, and other cells of its row. */
export interface Sequence {
  readonly input: string | readonly Step[];
  readonly others: readonly string[];
}

/** Reads the inputs of a run's data, with what else is in their rows. */
export async function sequencesOf(model: TaskModel, data: RunFile): Promise<readonly Sequence[]> {
  const { inputs, rows } = await inputFileOf(model, data);
  return inputs.flatMap((input, i): Sequence[] => {
    if (!(input as string).length) return [];
    const cells = (rows[i]![0] ?? []).filter((cell) => typeof cell === "string" && cell !== input);
    return [{ input: input as Sequence["input"], others: cells as readonly string[] }];
  });
}

/** Reads the rows of a forecaster's data. */
export async function seriesRows(
  model: Forecaster,
  data: RunFile,
): Promise<{ readonly rows: readonly Float64Array[]; readonly heldOutFrom: number }> {
  const rows = await forecasterTask.inputs(model, textSource(data.file), readingOptions(data));
  const series = seriesOf({ row: rows.map((_, row) => row) });
  return { rows, heldOutFrom: holdOutEnd(series, model.spec.horizon).train.rows };
}

/** Returns an example as the library's functions take it. */
export const labelled = (model: Classifier | Tagger, { input, labels }: Example): Labelled<Step> => ({
  tokens: typeof input === "string" ? model.tokens(input) : input,
  labels,
});
