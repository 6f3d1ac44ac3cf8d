// A search for hyper-parameters: which cell, size and learning rate forecast the temperatures of Melbourne best? A genetic search
// trains 12 candidates and stops those that fall behind.

import { readFile } from "node:fs/promises";
import {
  createRuntime,
  defaultForecasterSpec,
  Forecaster,
  ForecastTrainer,
  hashText,
  holdOutEnd,
  readSeries,
  scalingOf,
  search,
  train,
} from "unrolled";

const file = await readFile(new URL("data/temperatures.csv", import.meta.url), "utf8");
const series = await readSeries([file], "temperatures.csv");
const parts = holdOutEnd(series);
const dataHash = await hashText(file);

/** Trains a candidate and reports its validation error. */
async function objective({ cell, hidden, lr }, { report, signal }) {
  const runtime = await createRuntime({ seed: 1 });
  const spec = { ...defaultForecasterSpec(series.columns), cell, hidden };
  const model = new Forecaster(runtime, spec, { scaling: scalingOf(spec, parts.train) });
  const trainer = new ForecastTrainer(model, parts, { lr, batch: 16, lrDecayOver: 100 });
  try {
    await train(trainer, {
      iterations: 100,
      validateEvery: 25,
      dataHash,
      store: { async saveModel() {}, async saveCheckpoint() {} }, // keeps nothing
      signal,
      onValidation: ({ iteration, evaluation }) => report(iteration, evaluation.mae),
    });
  } finally {
    runtime.dispose();
  }
}

const { best } = await search(objective, {
  space: {
    cell: ["rnn", "gru", "lstm"],
    hidden: { min: 4, max: 64, scale: "log", whole: true },
    lr: { min: 1e-4, max: 1e-1, scale: "log" },
  },
  method: "genetic",
  trials: 12,
  population: 6,
  seed: 1,
  onTrial: ({ number, status, best, candidate: { cell, hidden, lr } }) =>
    console.log(
      `${number}: ${best?.toFixed(3)} °C, ${status}: ${cell} of ${hidden} units, lr ${lr.toFixed(4)}`,
    ),
});
console.log(`the best is number ${best.number}: off by ${best.best.toFixed(3)} °C, one day ahead`);
