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
   * Quantiles of the errors (what came minus forecast) of held-out rows, [S, D, 5] in the order of `SHARES`. Added to the forecast, they
   * are the bounds of bands. The forecast that is shown is not among those that were measured. Undefined if there was no other.
   */
  readonly spread?: Float64Array;
  /** Number of errors that the quantiles of a step come from; the smallest, if steps have different ones. */
  readonly measured: number;
}

/** Options of {@link forecast}. */
export interface ForecastViewOptions {
  /** Number of steps to forecast; default `spec.horizon`. */
  readonly steps?: number;
  /** Number of rows at the end that the forecast does not see, and that are shown as what came; default 0. */
  readonly hidden?: number;
  /**
   * Index of the first row that the model was not trained on. Errors of forecasts of this row and all after it are measured.
   * Default: the last tenth of all rows, as `holdOutEnd` divides.
   */
  readonly heldOutFrom?: number;
  /** Maximum number of forecasts whose errors are measured, evenly spread; default 200. */
  readonly maxOrigins?: number;
}

/**
 * Forecasts the rows after a series, and measures the errors of other forecasts of held-out rows by the number of steps ahead. Each held-out row
 * is forecast from each distance, so that the first of them count too: a forecast may start in rows that the model was trained on, but
 * only its held-out rows are measured.
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
  const first = Math.max(1, heldOutFrom ?? rows.length - Math.max(1, Math.floor(rows.length / 10)));
  // A forecast after row `origin` is compared with the rows origin + 1 to origin + steps.
  const firstOrigin = Math.max(0, first - steps);
  const stride = Math.max(1, Math.ceil((rows.length - 1 - firstOrigin) / maxOrigins));
  const errors = Array.from({ length: leads.length * D }, (): number[] => []);
  let said: number[][] = [];
  const packed = model.pack();
  const stream = packed.stream();
  try {
    for (let row = 0; row < Math.max(end, first < rows.length ? rows.length - 1 : 0); row++) {
      stream.push(rows[row]!);
      if (row === end - 1) said = stream.forecast(steps);
      else if (row >= firstOrigin && (row - firstOrigin) % stride === 0) {
        const forecast = stream.forecast(steps);
        leads.forEach((lead, s) => {
          if (row + lead < first || row + lead >= rows.length) return;
          at(row + lead).forEach((came, d) => void errors[s * D + d]!.push(came - forecast[s]![d]!));
        });
      }
    }
  } finally {
    stream.dispose();
    packed.dispose();
  }
  const measured = errors.reduce((least, { length }) => Math.min(least, length), Number.POSITIVE_INFINITY);
  const known = hidden >= steps;
  return {
    columns: spec.targets,
    past: Float64Array.from(Array.from({ length: end }, (_, row) => at(row)).flat()),
    leads,
    forecast: Float64Array.from(said.flat()),
    ...(known && { future: Float64Array.from(leads.flatMap((lead) => at(end - 1 + lead))) }),
    ...(measured && { spread: Float64Array.from(errors.flatMap(quantiles)) }),
    measured,
  };
}

function quantiles(errors: readonly number[]): number[] {
  const sorted = Float64Array.from(errors).sort();
  return SHARES.map((share) => quantile(sorted, share));
}
