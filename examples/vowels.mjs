// Spoken vowels: which of nine men says "ae"? Each utterance has 7 to 26 frames of sound, each of 12 numbers (LPC cepstrum).

import { readFile } from "node:fs/promises";
import {
  Classifier,
  createRuntime,
  defaultClassifierSpec,
  holdOut,
  LabelTrainer,
  labelTables,
} from "unrolled";

const file = await readFile(new URL("data/vowels.jsonl", import.meta.url), "utf8");
const utterances = file
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line));
const examples = utterances.map(({ input, label }) => ({ tokens: input, labels: [label] }));

const runtime = await createRuntime({ seed: 1 });
const spec = { ...defaultClassifierSpec("word", 12), hidden: 32 }; // 12 features
const parts = holdOut(examples, 1);
const model = new Classifier(runtime, spec, labelTables(parts.train, spec));
const trainer = new LabelTrainer(model, parts, { lr: 0.01, average: 0.99 });

for (let i = 1; i <= 150; i++) {
  const loss = trainer.step();
  if (i % 50 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(2)}`);
}
const { accuracy, labels } = trainer.validate();
console.log(`${Math.round(100 * accuracy)}% of ${labels} held-out utterances are right; guessing gets 11%`);

const [
  {
    tokens,
    labels: [right],
  },
] = parts.validation;
for (const frames of [1, 3, 6, tokens.length]) {
  const [{ label, probability }] = model.predict([tokens.slice(0, frames)]);
  console.log(
    `after ${frames} of ${tokens.length} frames: ${label}, ${Math.round(100 * probability)}% (right: ${right})`,
  );
}
runtime.dispose();
