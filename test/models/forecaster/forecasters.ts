import { scalingOf } from "../../../src/models/forecaster/coding.ts";
import { Forecaster } from "../../../src/models/forecaster/model.ts";
import { type Series, seriesOf } from "../../../src/models/forecaster/series.ts";
import { defaultForecasterSpec, type ForecasterSpec } from "../../../src/models/forecaster/spec.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";

/** Makes a wave with a trend, and a column that follows it two rows later, by plain arithmetic: the same on every machine. */
export function waves(rows = 120): Series {
  const wave = (row: number) => ((row % 12) - 5.5) ** 2 / 3 + row / 20 + ((row * 7) % 5) / 10;
  return seriesOf({
    wave: Array.from({ length: rows }, (_, row) => wave(row)),
    echo: Array.from({ length: rows }, (_, row) => 100 - 10 * wave(Math.max(0, row - 2))),
  });
}

/** Makes a small forecaster of both columns. */
export function newForecaster(rt: Runtime, spec: Partial<ForecasterSpec> = {}, train = waves()): Forecaster {
  const whole = { ...defaultForecasterSpec(train.columns), hidden: 5, ...spec };
  return new Forecaster(rt, whole, { scaling: scalingOf(whole, train) });
}

/** Returns the rows of a series. */
export function rowsOf({ columns, rows, values }: Series): Float64Array[] {
  const width = columns.length;
  return Array.from({ length: rows }, (_, row) => values.subarray(row * width, (row + 1) * width));
}
