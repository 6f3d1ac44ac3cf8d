// A forecaster in a program: train on a series of numbers, compare it with the trivial forecast, forecast the next day, and
// follow a series row by row as it comes in.

import {
  createRuntime,
  defaultForecasterSpec,
  Forecaster,
  ForecastTrainer,
  holdOutEnd,
  scalingOf,
  seriesOf,
} from "unrolled";

// An hourly temperature: a daily wave, a slow drift, and noise.
const noise = (hour) => ((hour * 7919) % 101) / 101 - 0.5;
const hours = Array.from(
  { length: 1000 },
  (_, hour) => 15 + 5 * Math.sin((2 * Math.PI * hour) / 24) + hour / 250 + noise(hour),
);

const { train, validation } = holdOutEnd(seriesOf({ temperature: hours }));
const spec = { ...defaultForecasterSpec(["temperature"]), horizon: 24 };
const runtime = await createRuntime({ seed: 1 });
const model = new Forecaster(runtime, spec, { scaling: scalingOf(spec, train) });
const trainer = new ForecastTrainer(model, { train, validation }, { lrDecayOver: 300 });
for (let i = 1; i <= 300; i++) {
  const loss = trainer.step();
  if (i % 100 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(3)}`);
}
const { mae, persistence } = trainer.validate();
console.log(
  `off by ${mae.toFixed(2)} degrees on average; ${persistence.mae.toFixed(2)} if the forecast is the last value (persistence)`,
);

const next = model.forecast(hours); // the next 24 hours, one line
console.log(`next: ${next.map(([degrees]) => degrees.toFixed(1)).join(" ")}`);

const stream = model.pack().stream(); // a sensor: a large forecast error is an anomaly
let expected = hours[0];
for (const [hour, degrees] of [...hours.slice(-100), 30].entries()) {
  if (Math.abs(degrees - expected) > 6)
    console.log(`hour ${hour}: ${degrees} degrees, expected ${expected.toFixed(1)}`);
  expected = stream.push(degrees)[0];
}
runtime.dispose();
