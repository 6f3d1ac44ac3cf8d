// A tagger of recipe lines: which words are the amount, the unit, the food, and how to prepare it? It also reads the characters of
// words. None of the foods at the end is in its examples.

import { createRuntime, defaultTaggerSpec, holdOut, LabelTrainer, labelTables, Tagger } from "unrolled";

const lists = {
  AMOUNT: "1 2 3 4 6 8 10 50 75 200 250 375 500 1/2 1/4 1.5 half two three",
  UNIT: "g kg ml cup cups tbsp tsp teaspoons tablespoon pinch cloves slices handful tin",
  FOOD: "flour sugar butter milk onion onions garlic carrots tomatoes celery cheese rice basil parsley salt apples almonds walnuts",
  PREPARED: "chopped sliced diced grated melted peeled minced toasted drained beaten shredded",
  MANNER: "finely roughly freshly coarsely lightly",
};
const words = Object.fromEntries(Object.entries(lists).map(([tag, list]) => [tag, list.split(" ")]));
const patterns = [
  "AMOUNT UNIT of PREPARED FOOD",
  "AMOUNT UNIT FOOD , MANNER PREPARED",
  "AMOUNT FOOD , PREPARED and PREPARED",
  "AMOUNT FOOD",
  "a UNIT of MANNER PREPARED FOOD",
];

const runtime = await createRuntime({ seed: 1 });
let seed = 1;
function pick(list) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; // the same lines in every run
  return list[Math.floor((seed / 2 ** 32) * list.length)];
}
const examples = Array.from({ length: 800 }, () => {
  const labels = pick(patterns).split(" ");
  return { tokens: labels.map((label) => (words[label] ? pick(words[label]) : label)), labels };
});
const parts = holdOut(examples, 1);
const spec = {
  ...defaultTaggerSpec(),
  hidden: 24,
  embedding: 24,
  wordDropout: 0.2,
  characters: 12,
  characterHidden: 12,
};
const model = new Tagger(runtime, spec, labelTables(parts.train, spec));
const trainer = new LabelTrainer(model, parts, { lr: 0.01, average: 0.98 });
for (let i = 1; i <= 150; i++) {
  const loss = trainer.step();
  if (i % 50 === 0) console.log(`iteration ${i}: loss ${loss.toFixed(3)}`);
}
console.log(`accuracy ${trainer.validate().accuracy.toFixed(3)}`);
const lines = [
  "350 g courgettes , coarsely chopped",
  "7 tablespoons of crushed hazelnuts",
  "2 kohlrabi , thinly sliced and fried",
];
for (const line of lines) {
  const tokens = line.split(" ");
  const [tags] = model.predict([tokens]);
  console.log(tokens.map((word, i) => (/[A-Z]/.test(tags[i]) ? `${word}/${tags[i]}` : word)).join(" "));
}
runtime.dispose();
