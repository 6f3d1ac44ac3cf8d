import {
  defaultForecasterSpec,
  Forecaster,
  type ForecasterSpec,
  ForecastTrainer,
  holdOutEnd,
  scalingOf,
  seriesOf,
} from "unrolled";
import { expect, it } from "vitest";
import { forecast, SHARES } from "../../../studio/src/look/forecast.ts";
import { farthest, startRuntime } from "./models.ts";

const DAYS = 90;
const SALES = Array.from(
  { length: DAYS },
  (_, day) => 100 + [0, 5, 8, 6, 20, 45, 30][day % 7]! + ((day * 37) % 11),
);
const RAIN = Array.from({ length: DAYS }, (_, day) => (day * 13) % 5);
const ROWS = SALES.map((sales, day) => [sales, RAIN[day]!]);

async function forecaster(
  more: Partial<ForecasterSpec> = {},
  columns = { sales: SALES, rain: RAIN } as Record<string, number[]>,
) {
  const rt = await startRuntime();
  const series = seriesOf(columns);
  const { train, validation } = holdOutEnd(series, 10);
  const spec = { ...defaultForecasterSpec(Object.keys(columns)), hidden: 8, layers: 1, horizon: 3, ...more };
  const model = new Forecaster(rt, spec, { scaling: scalingOf(spec, train) });
  const trainer = new ForecastTrainer(model, { train, validation }, { seq: 14, lr: 0.02 });
  for (let i = 0; i < 30; i++) trainer.step();
  return model;
}

/** A quantile by its definition: the value below which the share of sorted places lies. */
function quantileOf(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  for (let i = 1; i < sorted.length; i++) {
    const [low, high] = [(i - 1) / (sorted.length - 1), i / (sorted.length - 1)];
    if (share <= high) return sorted[i - 1]! + ((share - low) / (high - low)) * (sorted[i]! - sorted[i - 1]!);
  }
  return sorted.at(-1)!;
}

it.each(["joint", "iterated", "direct"] as const)(
  "%s: forecasts and measures as the library does",
  async (strategy) => {
    const model = await forecaster({ strategy });
    const view = forecast(model, ROWS, { hidden: 3, heldOutFrom: 70 });
    expect(view.columns).toEqual(["sales", "rain"]);
    expect(view.leads).toEqual(strategy === "direct" ? [3] : [1, 2, 3]);
    const past = ROWS.slice(0, DAYS - 3);
    expect([...view.past]).toEqual(past.flat());
    expect(farthest(view.forecast, model.forecast(past).flat())).toBeLessThan(1e-9);
    expect([...view.future!]).toEqual(view.leads.flatMap((lead) => ROWS[DAYS - 4 + lead]!));
    // Each held-out row, forecast from each distance; without the forecast that is shown.
    const errors = view.leads.map((): number[][] => [[], []]);
    view.leads.forEach((lead, s) => {
      for (let row = 70; row < DAYS; row++) {
        if (row - lead === DAYS - 4) continue;
        const said = model.forecast(ROWS.slice(0, row - lead + 1));
        for (const d of [0, 1]) errors[s]![d]!.push(ROWS[row]![d]! - said[s]![d]!);
      }
    });
    expect(view.measured).toBe(DAYS - 70 - 1);
    const expected = errors.flat().flatMap((own) => SHARES.map((share) => quantileOf(own, share)));
    expect(farthest(view.spread!, expected)).toBeLessThan(1e-4);
  },
);

it("measures all held-out rows if the forecast goes beyond them", async () => {
  const model = await forecaster({}, { sales: SALES });
  const view = forecast(model, SALES, { heldOutFrom: 70 });
  expect(view.measured).toBe(DAYS - 70);
  expect(view.forecast.length).toBe(3);
  expect(view).not.toHaveProperty("future");
});

it("measures only some of many forecasts, and none if there are no held-out rows", async () => {
  const model = await forecaster();
  const few = forecast(model, ROWS, { heldOutFrom: 20, maxOrigins: 10 });
  expect(few.measured).toBeLessThanOrEqual(10);
  expect(few.measured).toBeGreaterThan(7);
  const none = forecast(model, ROWS, { heldOutFrom: DAYS });
  expect(none.measured).toBe(0);
  expect(none).not.toHaveProperty("spread");
  expect(() => forecast(model, ROWS, { hidden: DAYS })).toThrow("no row is left");
});
