import { holdOutEnd, readSeries, type Series, type SeriesFile } from "../../data/series.ts";
import { Forecaster } from "../../models/forecaster.ts";
import { scalingOf } from "../../models/forecaster-coding.ts";
import { defaultForecasterSpec, type ForecasterSpec } from "../../models/forecaster-spec.ts";
import {
  evaluateForecasts,
  type ForecastEvaluation,
  type ForecastScores,
} from "../../train/forecast-evaluation.ts";
import { FORECAST_RECIPE, ForecastTrainer } from "../../train/forecast-trainer.ts";
import { about, openText } from "../files.ts";
import type { EvalFlags, PredictFlags, TrainFlags } from "../flags.ts";
import { thousands } from "../progress.ts";
import { recipeFrom } from "../recipe-flags.ts";
import { specFrom } from "../spec-flags.ts";
import type { Prediction, TaskCommands, TaskData } from "./task-commands.ts";

export const forecaster: TaskCommands<Forecaster, ForecastEvaluation> = {
  kind: Forecaster,
  unit: "rows",
  loss: "loss",
  target: "forecast",
  length: { iterations: FORECAST_RECIPE.lrDecayOver },
  recipe: (flags, command) => recipeFrom(FORECAST_RECIPE, flags, command),
  async newData(flags, command) {
    const { column, target, json } = flags;
    const read = await readFiles(flags, column && [...new Set([...column, ...(target ?? [])])]);
    const { columns, others } = read.train;
    if (!json && !column && others.length) {
      console.error(`${flags.data}: columns ${columns.join(", ")}; left out ${others.join(", ")}`);
    }
    const given = { ...specFrom(defaultForecasterSpec(columns), flags, command), targets: target ?? columns };
    return seriesData(flags.data, Forecaster.checkSpec(given), read);
  },
  async sameData(flags, spec) {
    return seriesData(flags.data, spec, await readFiles(flags, spec.columns));
  },
  scores: ({ mae, rmse, nrmse, persistence }) => ({
    mae,
    rmse,
    nrmse,
    persistence_mae: persistence.mae,
    persistence_rmse: persistence.rmse,
  }),
  note: ({ persistence, ...scores }) => `${line(scores)} (if all stayed as it is: ${line(persistence)})`,
  async evaluate(model, { data, json, from, steps }: EvalFlags) {
    const series = await readSeries(openText(data).chunks, data, model.spec.columns);
    const result = await about(data, () =>
      evaluateForecasts(model, series, { ...(from && { from: from - 1 }), ...(steps && { steps }) }),
    );
    const { columns, ahead, origins } = result;
    if (!json) report(result);
    return {
      ...this.scores(result),
      ...(Object.keys(columns).length > 1 && { columns }),
      ...(ahead.length > 1 && { ahead: ends(ahead) }),
      loss: result.loss,
      forecasts: origins,
    };
  },
  predict: forecast,
};

interface Files {
  readonly train: SeriesFile;
  readonly validation: Series | undefined;
  readonly hash: string;
}

async function readFiles({ data, validation }: TrainFlags, columns?: readonly string[]): Promise<Files> {
  const read = async (file: string, columns?: readonly string[]) => {
    const { chunks, hash } = openText(file);
    return { series: await readSeries(chunks, file, columns), hash };
  };
  const train = await read(data, columns);
  const held = validation === undefined ? undefined : await read(validation, train.series.columns);
  return {
    train: train.series,
    validation: held?.series,
    hash: [train.hash(), held?.hash(), ...train.series.columns].join(" "),
  };
}

async function seriesData(
  file: string,
  spec: ForecasterSpec,
  { train, validation, hash }: Files,
): Promise<TaskData<Forecaster, ForecastEvaluation>> {
  return about(file, () => {
    const parts = validation ? { train, validation } : holdOutEnd(train, spec.horizon);
    const scaling = scalingOf(spec, parts.train);
    return {
      hash,
      model: (runtime) => new Forecaster(runtime, spec, { scaling }),
      trainer: (model, recipe) => new ForecastTrainer(model, parts, recipe),
    };
  });
}

/** Four digits. */
function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : "-";
}

function line({ mae, rmse, nrmse }: ForecastScores): string {
  return `MAE ${short(mae)}, RMSE ${short(rmse)}, NRMSE ${short(nrmse)}`;
}

/** The nearest and the farthest. */
function ends(ahead: ForecastEvaluation["ahead"]) {
  return [ahead[0]!, ahead.at(-1)!];
}

function report({ columns, ahead, origins, persistence, from, ...all }: ForecastEvaluation): void {
  const steps = ahead.at(-1)!.steps;
  console.log(
    `${thousands(origins)} forecasts, ${steps} step${steps > 1 ? "s" : ""} ahead, compared from row ${from + 1} on`,
  );
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
}

async function* forecast(
  model: Forecaster,
  texts: readonly string[],
  { data, steps, json }: PredictFlags,
): AsyncGenerator<Prediction> {
  const { columns, targets, strategy, horizon } = model.spec;
  const source = data ?? "predict";
  const chunks = data === undefined ? [texts.join("\n")] : openText(data).chunks;
  const { values, rows } = await readSeries(chunks, source, columns);
  const past = Array.from({ length: rows }, (_, row) =>
    values.subarray(row * columns.length, (row + 1) * columns.length),
  );
  const forecasts = await about(source, () => model.forecast(past, steps));
  if (!json) console.error(["step", ...targets].join("\t"));
  for (const [i, numbers] of forecasts.entries()) {
    const step = strategy === "direct" ? horizon : i + 1;
    yield {
      json: { step, values: Object.fromEntries(targets.map((name, d) => [name, numbers[d]])) },
      text: [step, ...numbers].join("\t"),
    };
  }
}
