// A generator (one to many): writes a word of a category, letter by letter. Trains on words of two made-up languages, writes
// new ones, and tells which language a word comes from.
import {
  ConditionalGenerator,
  createRuntime,
  defaultGeneratorSpec,
  GeneratorTrainer,
  generatorVocabulary,
  Vocabulary,
} from "unrolled";

const SYLLABLES = { northern: ["sk", "ald", "orn", "vik"], southern: ["la", "mi", "ro", "ne"] };
const examples = Array.from({ length: 600 }, (_, i) => {
  const condition = i % 2 ? "northern" : "southern";
  const [a, b, c] = [i % 4, (i * 7) % 3, (i * 5) % 4].map((n) => SYLLABLES[condition][n]);
  return { condition, tokens: [...(i % 3 ? a + b + c : a + c)] };
});

const rt = await createRuntime({ seed: 1 });
const model = new ConditionalGenerator(
  rt,
  { ...defaultGeneratorSpec(), hidden: 32, embedding: 16, dropout: 0 },
  {
    vocabulary: generatorVocabulary(examples),
    conditions: Vocabulary.fromTokens(Object.keys(SYLLABLES), { unknown: false }),
  },
);
const trainer = new GeneratorTrainer(
  model,
  { train: examples.slice(60), validation: examples.slice(0, 60) },
  { lr: 0.01 },
);
for (let i = 0; i < 100; i++) trainer.step();
const { perplexity } = trainer.validate();
console.log(`perplexity ${perplexity.toFixed(2)} per letter`);

const packed = model.pack();
for (const condition of Object.keys(SYLLABLES)) {
  const words = [1, 2, 3, 4].map((seed) => [...packed.generate({ condition, seed })].join(""));
  console.log(`${condition}: ${words.join(" ")}`);
}
const [likeliest] = model.conditionsOf("lamine");
console.log(`lamine is ${likeliest.condition} (${(100 * likeliest.probability).toFixed(1)}%)`);
rt.dispose();
