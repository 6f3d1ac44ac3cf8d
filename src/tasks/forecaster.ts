import { checkOptions } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { scalingOf } from "../models/forecaster/coding.ts";
import type { TrainedSeries } from "../models/forecaster/columns.ts";
import { evaluateForecasts, type ForecastEvaluation } from "../models/forecaster/evaluation.ts";
import { Forecaster } from "../models/forecaster/model.ts";
import { holdOutEnd, readSeries, type SeriesFile, type SeriesOptions } from "../models/forecaster/series.ts";
import {
  checkForecasterSpec,
  defaultForecasterSpec,
  type ForecasterSpec,
} from "../models/forecaster/spec.ts";
import { ForecastTrainer, forecasterRecipe } from "../models/forecaster/trainer.ts";
import { formatOf } from "../tables/format.ts";
import { defineTask } from "./define-task.ts";
import { hashOf } from "./hash.ts";
import { optionsFor } from "./notes.ts";
import { withOwnFormat } from "./own-format.ts";
import { readingOf, withReading } from "./reading.ts";
import { readParts, type TextSource, withContext, withLines } from "./source.ts";
import type { FormatOptions, Reading, RunData, Sources, Task } from "./task.ts";

/** Learns to forecast columns of numbers. The model is a {@link Forecaster}. */
export const forecasterTask = /* @__PURE__ */ defineTask({
  Model: Forecaster,
  options: {
    format: ["format", "header", "decimal", "fill", "missing"],
    data: ["column", "target"],
    evaluate: ["from", "steps"],
  },
  defaultLength: () => ({ iterations: forecasterRecipe().lrDecayOver }),
  defaultRecipe: forecasterRecipe,
  async read(sources, { column: columnNames, target: targetNames, note, ...given }, resumed) {
    const trained = resumed?.reading;
    const [column, target] = [columnNames, targetNames].map((names) =>
      names?.map((name) => name.normalize()),
    );
    const chosen = column && [...new Set([...column, ...(target ?? [])])];
    const tables = await readTables(sources, resumed?.spec.columns ?? chosen, {
      options: given,
      trained,
      targets: target,
    });
    const { columns, notes } = tables.train;
    const tell = (source: TextSource, texts: readonly string[]) => {
      for (const text of texts) optionsFor({ note }, source, sources).note?.(text);
    };
    tell(sources.data, notes);
    if (sources.validation) tell(sources.validation, tables.validation!.notes.slice(1));
    return {
      hash: await hashOf(sources, ...columns, ...seriesHashParts(withReading(trained, given), tables.train)),
      reading: readingFrom(tables.train, { options: given, trained }),
      prepare: async (complete) => {
        const defaults = { ...defaultForecasterSpec(columns), targets: target ?? columns };
        return seriesData(sources, checkForecasterSpec(complete(defaults)), tables);
      },
      resume: (spec) => seriesData(sources, spec, tables),
    };
  },
  async evaluate(model, data, { from, steps, ...format } = {}) {
    const series = await readRows(model, data, format);
    return withContext(data.name, () =>
      evaluateForecasts(model, series, {
        ...(from !== undefined && { from }),
        ...(steps !== undefined && { steps }),
      }),
    );
  },
  /** Reads the rows. Each row has only the columns that the model reads. */
  async inputs(model: Forecaster, data: TextSource, format: FormatOptions = {}): Promise<Float64Array[]> {
    const { columns, values, rows } = await readRows(model, data, format);
    const width = columns.length;
    return Array.from({ length: rows }, (_, row) => values.subarray(row * width, (row + 1) * width));
  },
  /** Forecasts the steps that follow the rows in `past`. The oldest row comes first. */
  predict: (
    model: Forecaster,
    past: readonly number[] | readonly ArrayLike<number>[],
    options: { readonly steps?: number | undefined } = {},
  ) => model.forecast(past, checkOptions("predict", options, "steps").steps),
} satisfies Task<Forecaster, ForecastEvaluation>);

/** A series, and the format of its first file. */
type ReadFile = SeriesFile & { readonly format: SeriesOptions["format"] };

interface Tables {
  readonly train: ReadFile;
  readonly validation: SeriesFile | undefined;
}

/** How files are read as series. */
interface Context {
  readonly options: FormatOptions;
  /** How the training data of a model were read. */
  readonly trained: Reading | undefined;
  readonly targets?: readonly string[] | undefined;
  /** The scale of each column of a model. */
  readonly scales?: TrainedSeries["scales"];
}

async function readTables(
  { data, validation }: Sources,
  columns: readonly string[] | undefined,
  context: Context,
): Promise<Tables> {
  const train = await readFiles(data, columns, context);
  const trained = readingFrom(train, context);
  const held =
    validation && (await readFiles(validation, train.columns, { options: context.options, trained }));
  return { train, validation: held };
}

/** Reads the parts of a source as one series. All parts have the columns of the first one. */
async function readFiles(
  source: TextSource,
  columns: readonly string[] | undefined,
  { options, trained, targets, scales }: Context,
): Promise<ReadFile> {
  const { header, fill } = withReading(trained, options);
  const { decimal, missing } = options;
  const known = { decimal: trained?.decimal, missing: trained?.missing, scales };
  let first: ReadFile | undefined;
  const files = await readParts(source, async (part) => {
    const [{ chunks, name }, own] = await withOwnFormat(part, options, trained);
    const format = formatOf(name, own.format, trained?.format);
    if (format === "conllu")
      throw new UnrolledError(
        "ERR_VALUE",
        "format is conllu, expected text, csv, json or jsonl: a forecaster reads numbers",
      );
    const how = { format, header, decimal, fill, missing, trained: known, targets };
    const read = () => readSeries(chunks, name, first?.columns ?? columns, how);
    const series = { ...(await withLines(name, read)), format };
    first ??= series;
    return series;
  });
  if (!source.parts) return first!;
  const names = source.parts.map(({ name }) => name);
  checkOrder(files, names);
  const notes = files.flatMap(({ notes }, i) => notes.slice(1).map((text) => `${names[i]}: ${text}`));
  const order = `${files.length} files are one series, in this order: ${shownNames(names)}`;
  return { ...first!, ...joined(files), notes: [first!.notes[0]!, order, ...notes] };
}

/** @throws ERR_DATA naming two files if the second one begins before the first one ends */
function checkOrder(files: readonly SeriesFile[], names: readonly string[]): void {
  for (const [i, { span }] of files.entries()) {
    const before = files[i - 1]?.span;
    if (!span || !before || span[0] >= before[1]) continue;
    throw new UnrolledError(
      "ERR_DATA",
      `time runs backwards: ${names[i]} begins before ${names[i - 1]} ends; give the files from old to new, and each row once`,
    );
  }
}

function joined(files: readonly SeriesFile[]): Pick<SeriesFile, "rows" | "values" | "decimal" | "missing"> {
  const size = files.reduce((sum, { values }) => sum + values.length, 0);
  const values = new Float64Array(size);
  let at = 0;
  for (const file of files) {
    values.set(file.values, at);
    at += file.values.length;
  }
  const decimal = files.every((file) => file.decimal === files[0]!.decimal) ? files[0]!.decimal : undefined;
  const missing = [...new Set(files.flatMap((file) => file.missing))];
  return { rows: files.reduce((sum, { rows }) => sum + rows, 0), values, decimal, missing };
}

function shownNames(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 5).join(", ")}, ..., ${names.at(-1)}` : names.join(", ");
}

/** Reads the rows of the columns that a model reads. */
async function readRows(
  model: Forecaster,
  source: TextSource,
  { note, ...options }: FormatOptions,
): Promise<SeriesFile> {
  const { columns } = model.spec;
  const scales = Object.fromEntries(
    columns.map((name, i) => [name.normalize(), model.tables.scaling.columns[i]!]),
  );
  const series = await readFiles(source, columns, { options, trained: readingOf(model), scales });
  for (const text of series.notes.slice(1)) note?.(text);
  return series;
}

/**
 * Returns how a series was read, with what was found out: a decimal comma, the marks for missing numbers, and whether it is JSON.
 */
function readingFrom(series: ReadFile, { options, trained }: Context): Reading {
  const reading = withReading(trained, options);
  const isJson = series.format === "json" || series.format === "jsonl";
  return {
    ...reading,
    ...(isJson && { format: series.format }),
    ...(series.decimal === "," && { decimal: reading.decimal ?? "," }),
    ...(series.missing.length && { missing: series.missing }),
  };
}

/**
 * Returns what changes the numbers of the data. A decimal mark that the numbers show by themselves does not. Without changes, the hash is
 * that of earlier versions.
 */
function seriesHashParts({ header, decimal, fill }: Reading, found: SeriesFile): string[] {
  return [
    ...(header === undefined ? [] : [`header ${header}`]),
    ...(decimal && decimal !== found.decimal ? [`decimal ${decimal}`] : []),
    ...(fill ? [`fill ${fill}`] : []),
    ...(found.missing.length ? [`missing ${found.missing.join(" ")}`] : []),
  ];
}

async function seriesData(
  { data }: Sources,
  spec: ForecasterSpec,
  { train, validation }: Tables,
): Promise<RunData<Forecaster, ForecastEvaluation>> {
  return withContext(data.name, () => {
    const parts = validation ? { train, validation } : holdOutEnd(train, spec.horizon);
    const scaling = scalingOf(spec, parts.train);
    return {
      model: (runtime) => new Forecaster(runtime, spec, { scaling }),
      trainer: (model, recipe) => new ForecastTrainer(model, parts, recipe),
    };
  });
}
