import { InvalidArgumentError } from "commander";
import { counted, shown, UnrolledError } from "../../errors.ts";
import type { ForecastEvaluation, ForecastScores } from "../../models/forecaster/evaluation.ts";
import { Forecaster } from "../../models/forecaster/model.ts";
import type { ForecasterSpec } from "../../models/forecaster/spec.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { forecasterTask } from "../../tasks/forecaster.ts";
import { textSource, withContext } from "../../tasks/source.ts";
import type { EvaluateTaskOptions, FormatOptions } from "../../tasks/task.ts";
import { openData } from "../data-files.ts";
import { fieldOptions, type Help } from "../field-options.ts";
import type { EvalFlags, PredictFlags } from "../flags.ts";
import { whole } from "../numbers.ts";
import { count } from "../progress.ts";
import { type PredictInputs, readingOptions } from "./predict-inputs.ts";
import { choice, DATA_HEADING, formatOption, grouped, headerOptions, option } from "./shared-options.ts";
import { COMMON_SPACE } from "./spaces.ts";
import type { Prediction, TaskCommands } from "./task-commands.ts";

const stepsOption = () =>
  option("--steps <n>", "forecaster: number of steps to forecast (default: the model's horizon)", whole(1));

/** Parses numbers that stand for missing ones, given one after another, or "none". */
function missingNumber(text: string, before: readonly number[] = []): readonly number[] {
  if (text === "none") return before;
  const value = Number(text);
  if (!text.trim() || !Number.isFinite(value)) throw new InvalidArgumentError('expected numbers, or "none"');
  return [...before, value];
}

const fileOptions = () => [formatOption(), ...headerOptions()];

const numberOptions = () => [
  choice(
    "--decimal <mark>",
    "forecaster: decimal mark of the numbers; the other one separates thousands (default: found out from each column)",
    [".", ","],
  ),
  choice(
    "--fill <how>",
    "forecaster: fill gaps with the previous number or along a straight line (default: a gap is an error)",
    ["previous", "linear"],
  ),
  option(
    "--missing <number...>",
    "forecaster: numbers that stand for missing ones, such as -200 or 9999, or none (default: found out from each column, and said)",
    missingNumber,
  ),
];

const HELP = {
  horizon: "<n> number of steps to forecast",
  strategy:
    "<name> how to forecast several steps: all at once (joint), only the last one (direct), or one by one, each fed back as an input (iterated)",
  changes: "read and forecast only values, not also their changes since the previous row",
  loss: "<name> error that training minimises",
} satisfies Partial<Record<keyof ForecasterSpec, Help>>;

export const forecaster: TaskCommands<Forecaster, ForecastEvaluation> = {
  task: forecasterTask,
  file: "rows of numbers: CSV with a header, a column of numbers, or JSON objects",
  options: {
    train: () => [
      "seq",
      ...grouped(DATA_HEADING, ...fileOptions()),
      ...grouped(
        "Forecaster:",
        option(
          "--column <name...>",
          "columns to read (default: all of numbers, except times and row numbers)",
        ),
        option("--target <name...>", "columns to forecast (default: all that are read)"),
        ...numberOptions(),
        ...fieldOptions(Forecaster.schema().fields, HELP, { shown: "text" }),
      ),
    ],
    eval: () => [
      option(
        "--from <row>",
        "forecaster: first row to compare with (default: the first after a tenth of the rows, at most 201)",
        whole(2),
      ),
      stepsOption(),
      ...fileOptions(),
      ...numberOptions(),
    ],
    predict: () => [stepsOption(), ...fileOptions(), ...numberOptions()],
  },
  space: { ...COMMON_SPACE, hidden: [16, 32, 64, 128], batch: [16, 32, 64], clip: [16, 64] },
  changesLoss: ["column", "target", "decimal", "fill", "missing", "horizon", "strategy", "changes", "loss"],
  measures: "For a forecaster: mean absolute error, RMSE, and RMSE divided by the standard deviation.",
  predicts: "a forecaster continues the rows of a file or the given numbers",
  unit: "rows",
  loss: "loss",
  target: "forecast",
  scores: ({ mae, rmse, nrmse, persistence }) => ({
    mae,
    rmse,
    nrmse,
    persistence_mae: persistence.mae,
    persistence_rmse: persistence.rmse,
  }),
  note: ({ persistence, ...scores }) => `${line(scores)} (persistence: ${line(persistence)})`,
  async evaluate(model, flags: EvalFlags & EvaluateTaskOptions) {
    const { data, json, from, steps } = flags;
    const result = await forecasterTask.evaluate(model, await openData(data, json), {
      ...readingOptions(forecasterTask, flags),
      from: from && from - 1,
      steps,
    });
    const { columns, ahead, origins, constant } = result;
    if (!json) report(result);
    return {
      ...this.scores(result),
      ...(Object.keys(columns).length > 1 && { columns }),
      ...(ahead.length > 1 && { ahead: ends(ahead) }),
      ...(constant && { constant_columns: constant }),
      loss: result.loss,
      forecasts: origins,
    };
  },
  predict: forecast,
  traceInputs: async (model, texts, flags) => [(await readPast("inspect", model, texts, flags)).past],
  trace: (model, past: readonly Float64Array[]) => ({
    symbols: { rnn: past.map((row) => Array.from(row, short).join(" ")) },
    run: () => model.forward(scaledRows(model, past)),
  }),
};

/** Returns rows as the network reads them, [T, 1, inputs]. */
function scaledRows({ coding, runtime }: Forecaster, rows: readonly Float64Array[]): Tensor {
  const { width, inputs } = coding;
  const values = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    values.set(row, i * width);
  });
  const read = new Float32Array(rows.length * inputs);
  rows.forEach((_, i) => {
    coding.read(values, i, read, i * inputs);
  });
  return runtime.tensor(read, [rows.length, 1, inputs]);
}

/** Rounds to four significant digits. */
function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : "-";
}

function line({ mae, rmse, nrmse }: ForecastScores): string {
  const normal = Number.isFinite(nrmse) ? `NRMSE ${short(nrmse)}` : "no NRMSE, since all values are equal";
  return `MAE ${short(mae)}, RMSE ${short(rmse)}, ${normal}`;
}

/** Returns the scores of the first and the last forecast step. */
function ends(ahead: ForecastEvaluation["ahead"]) {
  return [ahead[0]!, ahead.at(-1)!];
}

function report({
  columns,
  constant = [],
  ahead,
  origins,
  persistence,
  from,
  ...all
}: ForecastEvaluation): void {
  const steps = count(ahead.at(-1)!.steps, "step");
  console.log(`${count(origins, "forecast")}, ${steps} ahead, compared from row ${from + 1}`);
  const names = Object.entries(columns);
  const rows: [string, ForecastScores][] = [
    ["model", all],
    ["persistence", persistence],
    ...(ahead.length > 1
      ? ends(ahead).map((of) => [`${of.steps} ahead`, of] as [string, ForecastScores])
      : []),
    ...(names.length > 1 ? names : []),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const print = (name: string, ...cells: string[]) =>
    console.log(name.padEnd(width) + cells.map((cell) => cell.padStart(12)).join(""));
  print("", "MAE", "RMSE", "NRMSE");
  for (const [name, { mae, rmse, nrmse }] of rows) print(name, short(mae), short(rmse), short(nrmse));
  if (rows.every(([, { nrmse }]) => Number.isFinite(nrmse))) return;
  const left = constant.length && constant.length < names.length;
  const others = left ? `; the mean leaves out ${constant.join(", ")}` : "";
  console.log(`NRMSE is - if the actual values are all equal${others}`);
}

/** Reads the rows of a file, or the numbers that are arguments. @param command name of the command, for errors */
async function readPast(
  command: string,
  model: Forecaster,
  texts: readonly string[],
  flags: PredictFlags,
): Promise<{ past: readonly Float64Array[]; name: string }> {
  const { data, json } = flags;
  const { columns } = model.spec;
  if (data === undefined && columns.length > 1) {
    const problem = `${command}: the model reads ${counted(columns.length, "column", "columns")} (${columns.join(", ")})`;
    throw new UnrolledError("ERR_VALUE", `${problem}; give their rows as a file with --data`);
  }
  const numbers = texts.flatMap((text) => text.trim().split(/\s+/));
  const source = data ? await openData(data, json) : textSource(numbers.join("\n"), command);
  const reading: FormatOptions = readingOptions(forecasterTask, { ...flags, data: data ?? [source.name] });
  const comma = numbers.find((number) => number.includes(","));
  if (!data && comma !== undefined && reading.decimal === undefined) {
    const expected = "expected numbers with decimal points and spaces between them, or --decimal ,";
    throw new UnrolledError("ERR_VALUE", `${command}: ${shown(comma)} has a comma; ${expected}`);
  }
  const past = await forecasterTask.inputs(
    model,
    source,
    // Arguments are numbers with decimal points, one after another.
    data ? reading : { ...reading, decimal: reading.decimal ?? ".", format: "text", header: undefined },
  );
  return { past, name: source.name };
}

async function* forecast(
  model: Forecaster,
  { inputs: texts }: PredictInputs<string>,
  flags: PredictFlags & { steps?: number },
): AsyncGenerator<Prediction> {
  const { out, steps, json } = flags;
  const { targets, strategy, horizon } = model.spec;
  const { past, name } = await readPast("predict", model, texts, flags);
  const forecasts = await withContext(name, () => forecasterTask.predict(model, past, { steps }));
  if (!json && out === undefined) console.log(["step", ...targets].join("\t"));
  for (const [i, numbers] of forecasts.entries()) {
    const step = strategy === "direct" ? horizon : i + 1;
    const values = Object.fromEntries(targets.map((name, d) => [name, numbers[d]]));
    yield { json: { step, values }, text: [step, ...numbers].join("\t"), answers: [{ step, ...values }] };
  }
}
