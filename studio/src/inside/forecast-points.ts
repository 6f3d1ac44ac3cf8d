import type { ForecastOfRun } from "../desk/pictures.ts";

/** A value of the series. Rows count from 1. */
export interface SeriesPoint {
  readonly row: number;
  readonly value: number;
}

/** A forecast with its bands. */
export interface ForecastPoint extends SeriesPoint {
  readonly lead: number;
  /** Bounds of the bands that held 90% and 50% of the errors; undefined if no errors are known. */
  readonly wide?: readonly [low: number, high: number];
  readonly narrow?: readonly [low: number, high: number];
  /** Middle error. */
  readonly middle?: number;
  /** What came, if it is known. */
  readonly came?: number;
}

/** Number of quantiles of the errors: 5%, 25%, 50%, 75%, 95%. */
const QUANTILES = 5;

/** Returns the past, the forecast with its bands, and what came, of one column. */
export function forecastPoints(
  { columns, past, leads, forecast, future, spread }: ForecastOfRun,
  column: number,
): { readonly before: readonly SeriesPoint[]; readonly ahead: readonly ForecastPoint[] } {
  const D = columns.length;
  const rows = past.length / D;
  const before = Array.from({ length: rows }, (_, i) => ({ row: i + 1, value: past[i * D + column]! }));
  const ahead = leads.map((lead, s): ForecastPoint => {
    const value = forecast[s * D + column]!;
    const error = (q: number) => spread![(s * D + column) * QUANTILES + q]!;
    return {
      row: rows + lead,
      lead,
      value,
      ...(future && { came: future[s * D + column]! }),
      ...(spread && {
        wide: [value + error(0), value + error(4)] as const,
        narrow: [value + error(1), value + error(3)] as const,
        middle: value + error(2),
      }),
    };
  });
  return { before, ahead };
}
