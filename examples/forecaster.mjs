// A forecaster: the minimum temperatures of the coming week in Melbourne, learnt from the years 1981 to 1989.

import { readFile } from "node:fs/promises";
import {
  createRuntime,
  defaultForecasterSpec,
  Forecaster,
  ForecastTrainer,
  holdOutEnd,
  readSeries,
  scalingOf,
} from "unrolled";

const file = await readFile(new URL("data/temperatures.csv", import.meta.url), "utf8");
const series = await readSeries([file], "temperatures.csv");

const { train, validation } = holdOutEnd(series); // the last tenth: 1990
const spec = { ...defaultForecasterSpec(series.columns), horizon: 7 };
const runtime = await createRuntime({ seed: 1 });
const model = new Forecaster(runtime, spec, { scaling: scalingOf(spec, train) });
const trainer = new ForecastTrainer(model, { train, validation }, { lrDecayOver: 500 });
for (let i = 1; i <= 500; i++) {
  const loss = trainer.step();
  if (i % 100 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(3)}`);
}

const { mae, persistence, ahead } = trainer.validate();
for (const { steps, mae } of ahead) console.log(`day ${steps}: off by ${mae.toFixed(2)} °C`);
console.log(
  `all: ${mae.toFixed(2)} °C; persistence, which repeats the last value: ${persistence.mae.toFixed(2)} °C`,
);
const next = model.forecast(validation.values);
console.log(`the first week of 1991: ${next.map(([degrees]) => degrees.toFixed(1)).join(" ")}`);
runtime.dispose();
