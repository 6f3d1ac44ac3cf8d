import type { Forecast } from "../../desk/data.ts";

/** A number of a forecast's picture. Rows count from 1. */
export interface ForecastPoint {
  readonly row: number;
  readonly kind: "what was" | "forecast" | "what really came";
  readonly value: number;
}

/** Returns what the picture of a forecast shows of a target. */
export function forecastPoints(
  { from, past, steps, ahead, truth }: Forecast,
  target: number,
): readonly ForecastPoint[] {
  const last = past.at(-1)?.[target];
  return [
    ...past.map((row, i) => ({
      row: from - past.length + i + 1,
      kind: "what was" as const,
      value: row[target]!,
    })),
    // The forecast begins at the last number that was seen, so that the line has no gap.
    ...(last === undefined ? [] : [{ row: from, kind: "forecast" as const, value: last }]),
    ...steps.map((step, i) => ({ row: from + ahead[i]!, kind: "forecast" as const, value: step[target]! })),
    ...truth.map((row, i) => ({ row: from + i + 1, kind: "what really came" as const, value: row[target]! })),
  ];
}

/** Returns the mean absolute error of a forecast, and of the rule that all stays as it is; undefined if nothing has come yet. */
export function meanError(
  { past, steps, ahead, truth }: Forecast,
  target: number,
): { readonly model: number; readonly stays: number } | undefined {
  const pairs = steps.flatMap((step, i) => {
    const came = truth[ahead[i]! - 1];
    return came ? [[step[target]!, came[target]!] as const] : [];
  });
  const last = past.at(-1)?.[target];
  if (!pairs.length || last === undefined) return undefined;
  const mean = (error: (pair: readonly [number, number]) => number) =>
    pairs.reduce((sum, pair) => sum + error(pair), 0) / pairs.length;
  return {
    model: mean(([said, came]) => Math.abs(said - came)),
    stays: mean(([, came]) => Math.abs(last - came)),
  };
}
