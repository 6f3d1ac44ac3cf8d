import { checkInstance, checkOptions, checkWhole } from "../../checks.ts";
import { UnrolledError } from "../../errors.ts";
import { areEqual, mae, nrmse, rmse } from "../../metrics/regression.ts";
import type { Evaluated } from "../../train/evaluate.ts";
import { checkColumns } from "./coding.ts";
import { LOSSES } from "./losses.ts";
import { Forecaster } from "./model.ts";
import { checkSeries, type Series } from "./series.ts";

/** Maximum number of rows that are read before the first scored row. They let the recurrent state settle. */
export const WARM_UP = 200;

/** Maximum number of forecast numbers in an evaluation, which keeps three of each: 2.4 GB. */
const MAX_COMPARED = 100_000_000;

/** Errors of forecasts. */
export interface ForecastScores {
  /** Mean absolute error, in the unit of the column. */
  readonly mae: number;
  /** Root of the mean squared error, in the unit of the column. */
  readonly rmse: number;
  /**
   * RMSE divided by the standard deviation of the actual values. If these are all equal, it is not finite. A mean over columns leaves
   * out such columns, and is NaN if there is no other.
   */
  readonly nrmse: number;
}

/** The quality of a forecaster. If there are several columns, a score is the mean over the columns. */
export interface ForecastEvaluation extends Evaluated, ForecastScores {
  /** The loss that training minimises (`spec.loss`). It is a mean over all steps of the forecasts, in scaled numbers. */
  readonly loss: number;
  /** Scores of the naive forecast that repeats the last value. */
  readonly persistence: ForecastScores;
  /** Scores of each forecast column. */
  readonly columns: Readonly<Record<string, ForecastScores>>;
  /** Forecast columns whose actual values are all equal, so that they have no NRMSE; undefined if there is none. */
  readonly constant?: readonly string[];
  /** Scores for each number of steps ahead. */
  readonly ahead: readonly (ForecastScores & { readonly steps: number })[];
  /** Index, from 0, of the first row that was compared with a forecast. */
  readonly from: number;
  /** Number of scored forecasts. Each row of the series gives at most one forecast. */
  readonly origins: number;
}

/** Options of {@link evaluateForecasts}. */
export interface ForecastEvaluationOptions {
  /**
   * Index, from 0, of the first row that is compared with forecasts. Earlier rows are only read. Default: a tenth of the number
   * of rows, but at least 1 and at most 200.
   */
  from?: number;
  /** How many steps ahead each forecast reaches; default: `spec.horizon`. */
  steps?: number;
}

/**
 * Makes a forecast after every row, and compares it with the actual values. A forecast is scored if all its steps are at or
 * after row `from`. The model starts from a zero state and reads at most 200 rows before `from`.
 *
 * @throws ERR_DATA if no forecast can be scored, or the columns of `series` are not those of the model; ERR_VALUE if an option is
 * invalid; ERR_MEMORY if there are more than 100,000,000 numbers to compare; ERR_NAN if the weights are damaged
 */
export function evaluateForecasts(
  model: Forecaster,
  series: Series,
  options: ForecastEvaluationOptions = {},
): ForecastEvaluation {
  checkInstance("evaluateForecasts: model", model, Forecaster, "a Forecaster");
  checkSeries("evaluateForecasts", series);
  const { from: given, steps = model.spec.horizon } = checkOptions(
    "evaluateForecasts",
    options,
    "from steps",
  );
  const { spec, coding } = model;
  checkColumns(spec, series);
  const { rows, values } = series;
  const width = coding.width;
  const from = checkWhole(
    "evaluateForecasts: from",
    given ?? Math.max(1, Math.min(WARM_UP, Math.floor(rows / 10))),
    1,
  );
  const first = from - 1;
  checkWhole("evaluateForecasts: steps", steps, 1);
  const origins = originsOf(rows, first, steps);
  const leads = spec.strategy === "direct" ? [steps] : Array.from({ length: steps }, (_, i) => i + 1);
  const D = coding.targets.length;
  const compared = D * leads.length * origins;
  if (compared > MAX_COMPARED) {
    throw new UnrolledError(
      "ERR_MEMORY",
      `evaluateForecasts: ${origins} forecasts of ${leads.length} steps of ${D} columns are ${compared} numbers, expected at most ${MAX_COMPARED}; use fewer steps, or compare from a later row`,
    );
  }
  // These are the actual values, the forecasts and the naive forecasts, [targets, leads, origins]. A lead is a number of steps
  // ahead. An origin is a row after which a forecast is made.
  const make = () => coding.targets.map(() => leads.map(() => new Float64Array(origins)));
  const [came, said, stays] = [make(), make(), make()];
  const packed = model.pack();
  const stream = packed.stream();
  try {
    for (let row = Math.max(0, first - WARM_UP + 1); row < first + origins; row++) {
      stream.push(values.subarray(row * width, (row + 1) * width));
      if (row < first) continue;
      const forecast = stream.forecast(steps);
      coding.targets.forEach((column, d) => {
        leads.forEach((lead, k) => {
          came[d]![k]![row - first] = values[(row + lead) * width + column]!;
          stays[d]![k]![row - first] = values[row * width + column]!;
          said[d]![k]![row - first] = forecast[k]![d]!;
        });
      });
    }
  } finally {
    stream.dispose();
    packed.dispose();
  }
  const pairs = Array.from({ length: D }, (_, d) => [joined(came[d]!), joined(said[d]!)] as const);
  const per = pairs.map(([targets, predictions]) => scores(targets, predictions));
  const { score, power } = LOSSES[spec.loss];
  const losses = pairs.map(
    ([targets, predictions], d) => (score(targets, predictions) / coding.unit(coding.targets[d]!)) ** power,
  );
  const constant = spec.targets.filter((_, d) => areEqual(pairs[d]![0]));
  return {
    loss: losses.reduce((sum, loss) => sum + loss) / D,
    ...average(per),
    persistence: average(came.map((all, d) => scores(joined(all), joined(stays[d]!)))),
    ...(constant.length && { constant }),
    columns: Object.fromEntries(spec.targets.map((name, d) => [name, per[d]!])),
    ahead: leads.map((steps, k) => ({
      steps,
      ...average(came.map((all, d) => scores(all[k]!, said[d]![k]!))),
    })),
    from,
    origins,
  };
}

/**
 * Counts the rows after which a forecast can be compared with the data.
 *
 * @param rows number of rows of the series
 * @param first index of the first row after which a forecast is made
 * @param steps number of steps of each forecast
 * @throws ERR_DATA if no forecast can be compared
 */
export function originsOf(rows: number, first: number, steps: number): number {
  if (rows > first + steps) return rows - steps - first;
  throw new UnrolledError(
    "ERR_DATA",
    `${Math.max(0, rows - first - 1)} rows to compare forecasts of ${steps} steps with, expected at least ${steps}; use more rows or a shorter horizon`,
  );
}

function scores(targets: ArrayLike<number>, predictions: ArrayLike<number>): ForecastScores {
  return {
    mae: mae(targets, predictions),
    rmse: rmse(targets, predictions),
    nrmse: nrmse(targets, predictions),
  };
}

function joined(lists: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(lists.length * lists[0]!.length);
  lists.forEach((list, i) => {
    all.set(list, i * list.length);
  });
  return all;
}

function average(all: readonly ForecastScores[]): ForecastScores {
  const mean = (of: keyof ForecastScores, from = all) =>
    from.reduce((sum, scores) => sum + scores[of], 0) / from.length;
  const varying = all.filter(({ nrmse }) => Number.isFinite(nrmse));
  return { mae: mean("mae"), rmse: mean("rmse"), nrmse: mean("nrmse", varying) };
}
