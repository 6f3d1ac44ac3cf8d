// A classifier in a program: one label for a whole text, which words anywhere in it decide.

import * as u from "unrolled";

const things = ["soup", "film", "book", "hotel", "song"];
const words = { good: ["great", "lovely", "fine"], bad: ["awful", "dull", "poor"] };
const examples = Array.from({ length: 240 }, (_, i) => {
  const [told, turned] = [i % 2 ? "good" : "bad", i % 7 < 3]; // "not great" is bad
  const text = `The ${things[i % 5]} was ${turned ? "not " : ""}${words[told][i % 3]}${i % 4 ? "." : ", I say!"}`;
  return u.classifierExample(text, (told === "good") !== turned ? "good" : "bad", { level: "word" });
});

const runtime = await u.createRuntime({ seed: 1 });
const parts = u.holdOut(examples, 1); // holds out a tenth for validation
const spec = {
  ...u.defaultClassifierSpec(),
  hidden: 16,
  embedding: 16,
  dropout: 0.2,
  inputDropout: 0,
  wordDropout: 0,
};
const model = new u.Classifier(runtime, spec, u.labelTables(parts.train, spec));
const trainer = new u.LabelTrainer(model, parts, { lr: 0.02, average: 0 });

for (let i = 1; i <= 120; i++) {
  const loss = trainer.step();
  if (i % 30 === 0) console.log(`iteration ${i}: ${loss.toFixed(3)} nats per text`);
}
const { accuracy, f1 } = trainer.validate();
console.log(`accuracy ${accuracy.toFixed(2)}, F1 ${f1.toFixed(2)}`);

const loaded = u.loadModel(runtime, u.serializeModel(model), [u.Classifier]); // one file: spec, vocabularies and weights
const texts = ["The song was not dull!", "the book was poor", "the film was not great"];
for (const [i, { label, probability }] of loaded.predict(texts).entries()) {
  console.log(`${label} (${probability.toFixed(2)}): ${texts[i]}`);
}
runtime.dispose();
