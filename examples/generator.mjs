// A generator (one to many): writes new surnames of a language, letter by letter, and tells the language of a name.

import { readFile } from "node:fs/promises";
import {
  ConditionalGenerator,
  createRuntime,
  defaultGeneratorSpec,
  GeneratorTrainer,
  generatorVocabulary,
  holdOut,
  Vocabulary,
} from "unrolled";

const file = await readFile(new URL("data/names.tsv", import.meta.url), "utf8");
const names = file
  .trimEnd()
  .split("\n")
  .map((line) => line.split("\t"));
const known = new Set(names.map(([name]) => name));
const languages = Vocabulary.fromTokens(
  names.map(([, language]) => language),
  { unknown: false },
);

const runtime = await createRuntime({ seed: 1 });
const parts = holdOut(
  names.map(([name, condition]) => ({ condition, tokens: [...name] })),
  1,
);
const spec = { ...defaultGeneratorSpec(), hidden: 64, dropout: 0.1 };
const tables = { vocabulary: generatorVocabulary(parts.train), conditions: languages };
const model = new ConditionalGenerator(runtime, spec, tables);
const trainer = new GeneratorTrainer(model, parts, { lr: 0.01, average: 0.99 });
for (let i = 0; i < 800; i++) trainer.step();
console.log(
  `perplexity ${trainer.validate().perplexity.toFixed(1)} per letter; guessing has ${model.vocabulary.size}`,
);

const packed = model.pack();
for (const condition of languages.symbols) {
  const written = Array.from({ length: 20 }, (_, i) =>
    [...packed.generate({ condition, seed: 50 + i, temperature: 0.6 })].join(""),
  );
  console.log(
    `${condition}: ${written
      .filter((name) => !known.has(name))
      .slice(0, 6)
      .join(" ")}`,
  );
}
for (const name of ["Tchaikovsky", "Murakami"]) {
  const [best] = model.conditionsOf(name);
  console.log(`${name} is ${best.condition} (${Math.round(100 * best.probability)}%)`);
}
runtime.dispose();
