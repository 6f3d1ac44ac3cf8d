// A search for hyper-parameters in a program: which cell, size and learning rate suit a text, with 60 iterations per candidate.

import {
  checkSpace,
  createRuntime,
  defaultLanguageModelSpec,
  hashText,
  LanguageModel,
  LanguageModelTrainer,
  search,
  train,
  Vocabulary,
} from "unrolled";

const text = Array.from({ length: 300 }, (_, i) => `${i % 7} times ${i % 5} is ${(i % 7) * (i % 5)}.\n`).join(
  "",
);
const vocabulary = Vocabulary.fromText(text);
const space = checkSpace({
  cell: ["rnn", "gru", "lstm"],
  hidden: { min: 8, max: 64, scale: "log", whole: true },
  lr: { min: 1e-3, max: 1e-1, scale: "log" },
});

async function objective({ cell, hidden, lr }, { report, signal }) {
  const runtime = await createRuntime({ seed: 1 });
  const model = new LanguageModel(
    runtime,
    { ...defaultLanguageModelSpec(), cell, hidden, layers: 1 },
    vocabulary,
  );
  const trainer = new LanguageModelTrainer(model, vocabulary.encode(text), { batch: 8, seq: 20, lr });
  const onValidation = ({ iteration, evaluation }) => report(iteration, evaluation.loss);
  const store = { async saveModel() {}, async saveCheckpoint() {} };
  try {
    await train(trainer, {
      iterations: 60,
      validateEvery: 10,
      dataHash: await hashText(text),
      store,
      signal,
      onValidation,
    });
  } finally {
    runtime.dispose();
  }
}

function onTrial({ number, status, best, candidate }) {
  console.log(`${number}: ${status} at ${best?.toFixed(3)} nats with ${JSON.stringify(candidate)}`);
}
const { best } = await search(objective, {
  space,
  method: "genetic",
  trials: 12,
  population: 6,
  seed: 1,
  onTrial,
});
console.log(`the best is number ${best.number}: ${JSON.stringify(best.candidate)}`);
