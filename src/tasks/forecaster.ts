import { checkOptions } from "../checks.ts";
import { scalingOf } from "../models/forecaster/coding.ts";
import { evaluateForecasts, type ForecastEvaluation } from "../models/forecaster/evaluation.ts";
import { Forecaster } from "../models/forecaster/model.ts";
import { holdOutEnd, readSeries, type Series, type SeriesFile } from "../models/forecaster/series.ts";
import { defaultForecasterSpec, type ForecasterSpec } from "../models/forecaster/spec.ts";
import { FORECAST_RECIPE, ForecastTrainer } from "../models/forecaster/trainer.ts";
import { hashOf } from "./hash.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { withContext } from "./source.ts";
import type { Sources, Task, TaskData } from "./task.ts";

export const forecasterTask = /* @__PURE__ */ refuseUnknown({
  kind: Forecaster,
  length: () => ({ iterations: FORECAST_RECIPE.lrDecayOver }),
  recipe: () => FORECAST_RECIPE,
  async newData(sources, complete, { column, target, note }) {
    const read = await readTables(sources, column && [...new Set([...column, ...(target ?? [])])]);
    const { columns, others } = read.train;
    if (!column && others.length) note?.(`columns ${columns.join(", ")}; left out ${others.join(", ")}`);
    const defaults = defaultForecasterSpec(columns);
    const spec = complete({ ...defaults, targets: target ?? columns });
    return seriesData(sources, Forecaster.checkSpec(spec), read);
  },
  sameData: async (sources, spec) => seriesData(sources, spec, await readTables(sources, spec.columns)),
  async evaluate(model, data, { from, steps } = {}) {
    const series = await readSeries(data.chunks, data.name, model.spec.columns);
    return withContext(data.name, () =>
      evaluateForecasts(model, series, {
        ...(from !== undefined && { from }),
        ...(steps !== undefined && { steps }),
      }),
    );
  },
  /** What follows rows of the past, the latest last. */
  predict: (
    model: Forecaster,
    past: readonly number[] | readonly ArrayLike<number>[],
    options: { readonly steps?: number | undefined } = {},
  ) => model.forecast(past, checkOptions("predict", options, "steps").steps),
} satisfies Task<Forecaster, ForecastEvaluation>);

interface Tables {
  readonly train: SeriesFile;
  readonly validation: Series | undefined;
  readonly hash: string;
}

async function readTables(sources: Sources, columns?: readonly string[]): Promise<Tables> {
  const { data, validation } = sources;
  const train = await readSeries(data.chunks, data.name, columns);
  const held = validation && (await readSeries(validation.chunks, validation.name, train.columns));
  return {
    train,
    validation: held,
    hash: await hashOf(sources, ...train.columns),
  };
}

async function seriesData(
  { data }: Sources,
  spec: ForecasterSpec,
  { train, validation, hash }: Tables,
): Promise<TaskData<Forecaster, ForecastEvaluation>> {
  return withContext(data.name, () => {
    const parts = validation ? { train, validation } : holdOutEnd(train, spec.horizon);
    const scaling = scalingOf(spec, parts.train);
    return {
      hash,
      model: (runtime) => new Forecaster(runtime, spec, { scaling }),
      trainer: (model, recipe) => new ForecastTrainer(model, parts, recipe),
    };
  });
}
