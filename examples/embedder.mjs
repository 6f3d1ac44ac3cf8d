// An embedder: questions with the same meaning get similar vectors (contrastive learning), so that the nearest neighbour of a
// new question leads to its answer. Trains on made-up questions and their paraphrases.

import {
  createRuntime,
  defaultEmbedderSpec,
  EmbedderTrainer,
  embedderVocabulary,
  nearest,
  SequenceEmbedder,
} from "unrolled";

const THINGS = ["ticket", "room", "table", "car", "bike", "book"];
const ACTIONS = { book: "reserve", cancel: "call off", change: "alter", pay: "settle" };
const pairs = THINGS.flatMap((thing) =>
  Object.entries(ACTIONS).map(([verb, other]) => [
    `How do I ${verb} a ${thing}?`,
    `I want to ${other} my ${thing}`,
  ]),
);
const held = pairs.filter((_, i) => i % 5 === 0);
const train = pairs.filter((_, i) => i % 5 !== 0);

const rt = await createRuntime({ seed: 1 });
const spec = { ...defaultEmbedderSpec(), hidden: 32, embedding: 32, size: 32 };
const model = new SequenceEmbedder(rt, spec, { vocabulary: embedderVocabulary(train, "word") });
const trainer = new EmbedderTrainer(model, { train, validation: held }, { batch: 16, lr: 0.005 });
for (let i = 0; i < 80; i++) trainer.step();
const { accuracyAt1, meanReciprocalRank } = trainer.validate();
console.log(
  `held-out pairs: partner ranked first in ${100 * accuracyAt1}%, mean reciprocal rank ${meanReciprocalRank.toFixed(2)}`,
);

const known = pairs.map(([question]) => question);
const vectors = model.encode(known);
for (const question of ["I want to call off my room", "please alter the ticket"]) {
  const [query] = model.encode([question]);
  const found = nearest(query, vectors, 2).map(
    ({ index, similarity }) => `${known[index]} (${similarity.toFixed(2)})`,
  );
  console.log(`${question}\n  ${found.join("\n  ")}`);
}
rt.dispose();
