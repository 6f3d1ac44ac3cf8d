// Trains the default language model of words. For each line "<seconds>" on standard input, it trains that long and answers
// {secondsPerIteration}, the best of all groups of iterations.

import { createInterface } from "node:readline";
import { kernels, unrolled } from "../library.mjs";
import { wordIds } from "../text.mjs";

const {
  AdaptiveLanguageModel,
  createRuntime,
  defaultLanguageModelSpec,
  LanguageModelTrainer,
  languageModelRecipe,
  Vocabulary,
} = unrolled;

/** Iterations between two readings of the clock. */
const GROUP = 5;

const [size, softmax] = [Number(process.argv[4]), process.argv[5]];
const words = Array.from({ length: size - 2 }, (_, i) => `word${i}`);
const rt = await createRuntime(kernels);
const model = new AdaptiveLanguageModel(
  rt,
  { ...defaultLanguageModelSpec("word"), softmax },
  new Vocabulary(["<EOS>", "<UNK>", ...words]),
);
const trainer = new LanguageModelTrainer(model, wordIds(30_000, size), languageModelRecipe("word"));

function secondsPerIteration(seconds) {
  let best = Infinity;
  for (const end = performance.now() + 1000 * seconds; performance.now() < end; ) {
    const start = performance.now();
    for (let i = 0; i < GROUP; i++) trainer.step();
    best = Math.min(best, performance.now() - start);
  }
  return best / GROUP / 1000;
}

secondsPerIteration(1);
console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify({ secondsPerIteration: secondsPerIteration(Number(line)) }));
}
