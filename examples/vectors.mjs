// Sequences of vectors, such as audio features: a classifier learns to tell a rising from a falling tone by the energies in
// four frequency bands, step by step.

import {
  Classifier,
  createRuntime,
  defaultClassifierSpec,
  LabelTrainer,
  labelTables,
  loadModel,
  serializeModel,
} from "unrolled";

/** 6 to 11 steps of four numbers: a bump that moves up or down, at some loudness. */
function tone(i) {
  const rises = i % 2 === 0;
  const steps = 6 + (i % 6);
  const loudness = 10 + ((i * 13) % 40);
  const tokens = Array.from({ length: steps }, (_, t) => {
    const peak = (rises ? t : steps - 1 - t) * (3 / (steps - 1));
    return [0, 1, 2, 3].map((band) => loudness / (1 + (band - peak) ** 2));
  });
  return { tokens, labels: [rises ? "rises" : "falls"] };
}
const examples = Array.from({ length: 120 }, (_, i) => tone(i));
const parts = { train: examples.slice(20), validation: examples.slice(0, 20) };

const rt = await createRuntime({ seed: 1 });
const spec = { ...defaultClassifierSpec("word", 4), hidden: 16 };
const model = new Classifier(rt, spec, labelTables(parts.train, spec)); // the tables hold the scaling of the features
const trainer = new LabelTrainer(model, parts, { batch: 20, lr: 0.02 });
for (let i = 0; i < 40; i++) trainer.step();
console.log(`accuracy on held-out tones: ${100 * trainer.validate().accuracy}%`);

const again = loadModel(rt, serializeModel(model), [Classifier]);
for (const { tokens } of [tone(1000), tone(1001)]) {
  const [{ label, probability }] = again.predict([tokens]);
  console.log(`${tokens.length} steps: ${label} (${(100 * probability).toFixed(1)}%)`);
}
rt.dispose();
