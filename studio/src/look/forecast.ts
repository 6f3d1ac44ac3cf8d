import type { Forecaster } from "unrolled";
import { quantile } from "./numbers.ts";

/** The shares of the held-out errors that the quantiles of `ForecastView.spread` stand for. */
export const SHARES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/** A forecast, what came before it, what came after it if that is known, and how far earlier forecasts were off. */
export interface ForecastView {
  /** Names of the columns that are forecast (D). */
  readonly columns: readonly string[];
  /** The rows before the forecast, [P, D]. */
  readonly past: Float64Array;
  /** Number of steps ahead of each forecast row (S): 1, 2, ...; only the horizon if the model's strategy is `direct`. */
  readonly leads: readonly number[];
  /** The forecast, [S, D]. */
  readonly forecast: Float64Array;
  /** What came, [S, D]; undefined if not all of these rows are known. */
  readonly future?: Float64Array;
  /**
   * Quantiles of the errors (what came minus forecast) of forecasts of held-out rows, [S, D, 5] in the order of `SHARES`. Added to the
   * forecast, they are the bounds of bands. Undefined if there was no held-out forecast.
   */
  readonly spread?: Float64Array;
  /** Number of held-out forecasts that the quantiles come from. */
  readonly origins: number;
}

/** Options of {@link forecast}. */
export interface ForecastViewOptions {
  /** Number of steps to forecast; default `spec.horizon`. */
  readonly steps?: number;
  /** Number of rows at the end that the forecast does not see, and that are shown as what came; default 0. */
  readonly hidden?: number;
  /**
   * Index of the first row that the model was not trained on. Errors are measured from there to the last row before the forecast.
   * Default: the last tenth of all rows, as `holdOutEnd` divides.
   */
  readonly heldOutFrom?: number;
  /** Maximum number of forecasts whose errors are measured, evenly spread; default 200. */
  readonly maxOrigins?: number;
}

/**
 * Forecasts the rows after a series, and measures the errors of forecasts of held-out rows by the number of steps ahead.
 *
 * @param rows the rows in their original units, each with all columns of the model; for one column, numbers
 * @throws the errors of `Forecaster.forecast`; RangeError if no row is left before the forecast
 */
export function forecast(
  model: Forecaster,
  rows: readonly (number | ArrayLike<number>)[],
  { steps = model.spec.horizon, hidden = 0, heldOutFrom, maxOrigins = 200 }: ForecastViewOptions = {},
): ForecastView {
  const { spec, coding } = model;
  const end = rows.length - hidden;
  if (end < 1) throw new RangeError("no row is left before the forecast");
  const leads = spec.strategy === "direct" ? [steps] : Array.from({ length: steps }, (_, i) => i + 1);
  const D = coding.targets.length;
  const at = (row: number) => {
    const own = rows[row]!;
    return coding.targets.map((column) => (typeof own === "number" ? own : own[column]!));
  };
  // A forecast after row `origin` is compared with the rows origin + 1 to origin + steps.
  const first = Math.max(1, heldOutFrom ?? rows.length - Math.max(1, Math.floor(rows.length / 10))) - 1;
  const possible = Math.max(0, end - steps - first);
  const stride = Math.max(1, Math.ceil(possible / maxOrigins));
  const errors = Array.from({ length: leads.length * D }, (): number[] => []);
  let said: number[][] = [];
  const packed = model.pack();
  const stream = packed.stream();
  try {
    for (let row = 0; row < end; row++) {
      stream.push(rows[row]!);
      const isOrigin = row >= first && row < first + possible && (row - first) % stride === 0;
      if (!isOrigin && row < end - 1) continue;
      const forecast = stream.forecast(steps);
      if (row === end - 1) said = forecast;
      else {
        leads.forEach((lead, s) => {
          at(row + lead).forEach((came, d) => void errors[s * D + d]!.push(came - forecast[s]![d]!));
        });
      }
    }
  } finally {
    stream.dispose();
    packed.dispose();
  }
  const origins = errors[0]!.length;
  const known = hidden >= steps;
  return {
    columns: spec.targets,
    past: Float64Array.from(Array.from({ length: end }, (_, row) => at(row)).flat()),
    leads,
    forecast: Float64Array.from(said.flat()),
    ...(known && { future: Float64Array.from(leads.flatMap((lead) => at(end - 1 + lead))) }),
    ...(origins && { spread: Float64Array.from(errors.flatMap(quantiles)) }),
    origins,
  };
}

function quantiles(errors: readonly number[]): number[] {
  const sorted = Float64Array.from(errors).sort();
  return SHARES.map((share) => quantile(sorted, share));
}
