import { scalingOf } from "../../../src/models/forecaster/coding.ts";
import { Forecaster } from "../../../src/models/forecaster/model.ts";
import { type Series, seriesOf } from "../../../src/models/forecaster/series.ts";
import { defaultForecasterSpec, type ForecasterSpec } from "../../../src/models/forecaster/spec.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";

/** A wave with a trend, and what follows it two rows later: plain arithmetic, so that it is the same everywhere. */
export function waves(rows = 120): Series {
  const wave = (row: number) => ((row % 12) - 5.5) ** 2 / 3 + row / 20 + ((row * 7) % 5) / 10;
  return seriesOf({
    wave: Array.from({ length: rows }, (_, row) => wave(row)),
    echo: Array.from({ length: rows }, (_, row) => 100 - 10 * wave(Math.max(0, row - 2))),
  });
}

/** A small forecaster of both columns. */
export function newForecaster(rt: Runtime, spec: Partial<ForecasterSpec> = {}, train = waves()): Forecaster {
  const whole = { ...defaultForecasterSpec(train.columns), hidden: 5, ...spec };
  return new Forecaster(rt, whole, { scaling: scalingOf(whole, train) });
}

/** Row by row. */
export function rowsOf({ columns, rows, values }: Series): Float64Array[] {
  const width = columns.length;
  return Array.from({ length: rows }, (_, row) => values.subarray(row * width, (row + 1) * width));
}
