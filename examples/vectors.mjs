// A classifier of sequences of vectors: what is a person doing who carries a phone? Each step has the three axes of its
// accelerometer, 20 times a second, in m/s². The signals are made up, in the shape of real ones.

import {
  Classifier,
  createRuntime,
  defaultClassifierSpec,
  holdOut,
  LabelTrainer,
  labelTables,
} from "unrolled";

/** Steps a second, how hard, and how much the phone swings from side to side. */
const activities = {
  still: [0, 0, 0.1],
  walking: [1.8, 2.5, 1],
  running: [2.8, 8, 2],
  cycling: [1.3, 0.8, 0.6],
  stairs: [1.2, 4, 3],
};

let seed = 1;
function random() {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; // the same signals in every run
  return seed / 2 ** 32;
}

/** Two to four seconds of an activity, with the phone held at any angle. */
function record(activity) {
  const [pace, force, swing] = activities[activity].map((x) => x * (0.8 + 0.4 * random()));
  const [phase, tilt, turn] = [random(), 3 * random(), 6 * random()];
  const down = [Math.sin(tilt) * Math.cos(turn), Math.sin(tilt) * Math.sin(turn), Math.cos(tilt)];
  return Array.from({ length: 40 + Math.floor(40 * random()) }, (_, t) => {
    const angle = 2 * Math.PI * (phase + (pace * t) / 20);
    const impact = 9.81 + force * Math.sin(angle) + 0.4 * force * Math.sin(2 * angle);
    return down.map(
      (share, axis) => share * impact + swing * Math.sin(angle / 2 + 2 * axis) + 0.8 * (random() - 0.5),
    );
  });
}
const names = Object.keys(activities);
const examples = Array.from({ length: 500 }, (_, i) => ({
  tokens: record(names[i % 5]),
  labels: [names[i % 5]],
}));

const runtime = await createRuntime({ seed: 1 });
const parts = holdOut(examples, 1);
const spec = { ...defaultClassifierSpec("word", 3), hidden: 24, dropout: 0.2 }; // 3 numbers a step instead of words
const model = new Classifier(runtime, spec, labelTables(parts.train, spec)); // the tables hold the scaling of the features
const trainer = new LabelTrainer(model, parts, { lr: 0.01, average: 0.99 });
for (let i = 1; i <= 400; i++) {
  const loss = trainer.step();
  if (i % 100 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(2)}`);
}
console.log(`${Math.round(100 * trainer.validate().accuracy)}% of the held-out recordings are right`);

for (const activity of names) {
  const tokens = record(activity);
  const [{ label, probability }] = model.predict([tokens]);
  console.log(`${tokens.length / 20} s of ${activity}: ${label} ${Math.round(100 * probability)}%`);
}
runtime.dispose();
