import type { ForecastEvaluation, ForecastScores } from "../../models/forecaster/evaluation.ts";
import type { Forecaster } from "../../models/forecaster/model.ts";
import { readSeries } from "../../models/forecaster/series.ts";
import { forecasterTask } from "../../tasks/forecaster.ts";
import { withContext } from "../../tasks/source.ts";
import { openText } from "../files.ts";
import type { EvalFlags, PredictFlags } from "../flags.ts";
import { thousands } from "../progress.ts";
import type { Prediction, TaskCommands } from "./task-commands.ts";

export const forecaster: TaskCommands<Forecaster, ForecastEvaluation> = {
  task: forecasterTask,
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
  note: ({ persistence, ...scores }) => `${line(scores)} (if all stayed as it is: ${line(persistence)})`,
  async evaluate(model, { data, json, from, steps }: EvalFlags) {
    const result = await forecasterTask.evaluate(model, openText(data), { from: from && from - 1, steps });
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
  const forecasts = await withContext(source, () => forecasterTask.predict(model, past, { steps }));
  if (!json) console.error(["step", ...targets].join("\t"));
  for (const [i, numbers] of forecasts.entries()) {
    const step = strategy === "direct" ? horizon : i + 1;
    yield {
      json: { step, values: Object.fromEntries(targets.map((name, d) => [name, numbers[d]])) },
      text: [step, ...numbers].join("\t"),
    };
  }
}
