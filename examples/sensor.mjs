// Watches a machine: a forecaster learns how a healthy bearing behaves, and then reads its sensors row by row. If it vibrates
// more than forecast for a day, that is an alarm. The signal is made up in the shape of a real one; the fault begins at hour 2000.

import {
  createRuntime,
  defaultForecasterSpec,
  Forecaster,
  ForecastTrainer,
  holdOutEnd,
  loadModel,
  scalingOf,
  serializeModel,
  seriesOf,
} from "unrolled";

const [HEALTHY, SAVED, FAULT] = [1500, 1900, 2000];
let seed = 1;
function noise() {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; // the same signal in every run
  return seed / 2 ** 32 - 0.5;
}
let heat = 30;
/** A row an hour: the load in %, the temperature of the bearing in °C, its vibration in mm/s. */
const rows = Array.from({ length: 2400 }, (_, hour) => {
  const works = hour % 24 >= 6 && hour % 24 < 22 && Math.floor(hour / 24) % 7 < 5; // two shifts, no weekends
  const load = works ? 70 + 15 * Math.sin(hour / 5) + 10 * noise() : 0;
  const wear = 1 + Math.max(0, hour - FAULT) / 300;
  heat += 0.3 * (25 + 0.4 * load * wear - heat) + 0.5 * noise();
  return [load, heat, 0.8 + 0.02 * load * wear + 0.2 * noise()];
});

const columns = ["load", "temperature", "vibration"];
const column = (i) => rows.slice(0, HEALTHY).map((row) => row[i]);
const parts = holdOutEnd(seriesOf(Object.fromEntries(columns.map((name, i) => [name, column(i)]))));
const runtime = await createRuntime({ seed: 1 });
const spec = { ...defaultForecasterSpec(columns), targets: ["vibration"] };
const model = new Forecaster(runtime, spec, { scaling: scalingOf(spec, parts.train) });
const trainer = new ForecastTrainer(model, parts, { lrDecayOver: 500 });
for (let i = 0; i < 500; i++) trainer.step();
const { rmse, persistence } = trainer.validate();
console.log(
  `forecasts are off by ${rmse.toFixed(2)} mm/s; the last value (persistence) by ${persistence.rmse.toFixed(2)}`,
);

let stream = model.pack().stream();
let [expected, drift, limit] = [rows[0][2], 0, 0];
for (const [hour, row] of rows.entries()) {
  drift += (row[2] - expected - drift) / 24; // the mean error of about a day
  if (hour > 100 && hour < HEALTHY) limit = Math.max(limit, 1.5 * drift);
  if (hour >= HEALTHY && drift > limit) {
    console.log(`hour ${hour}: alarm, ${drift.toFixed(2)} mm/s above the forecasts of a day`);
    console.log(`the fault began ${hour - FAULT} hours before`);
    break;
  }
  [expected] = stream.push(row);
  if (hour === SAVED) {
    // What a function at the edge does between two rows: it keeps the state as JSON, and another instance continues.
    const json = JSON.stringify(stream.state, (_, value) => (ArrayBuffer.isView(value) ? [...value] : value));
    stream = loadModel(await createRuntime(), serializeModel(model), [Forecaster])
      .pack()
      .stream();
    stream.state = JSON.parse(json);
    console.log(
      `hour ${hour}: continues in another runtime, from ${(json.length / 1000).toFixed(1)} kB of state`,
    );
  }
}
