// Trains char-rnn's default network. For each line "<seconds>" on standard input, it trains that long and answers
// {charactersPerSecond, peak}, the best of all groups of steps.

import { createInterface } from "node:readline";
import { startGroup } from "../../dist/worker.node.js";
import { kernels, loadPeak, unrolled } from "../library.mjs";
import { pseudoText } from "../text.mjs";
import { interleave } from "../timer.mjs";

const {
  createRuntime,
  DEFAULT_RECIPE,
  defaultLanguageModelSpec,
  LanguageModel,
  LanguageModelTrainer,
  Vocabulary,
} = unrolled;

/** Steps between two readings of the clock. */
const GROUP = 5;

const [cell, threads = "1"] = process.argv.slice(4);
const text = pseudoText(200_000);
const vocabulary = Vocabulary.fromText(text, { unknown: false });
const rt = await createRuntime(kernels);
const model = new LanguageModel(rt, { ...defaultLanguageModelSpec(), cell }, vocabulary);
const trainer = new LanguageModelTrainer(model, vocabulary.encode(text), DEFAULT_RECIPE);
const characters = GROUP * DEFAULT_RECIPE.batch * DEFAULT_RECIPE.seq;
const peak = await loadPeak();
const group =
  threads === "1" ? undefined : await startGroup(model, Number(threads), { module: kernels.module });
const step = group ? () => trainer.stepWith(group) : () => trainer.step();

async function charactersPerSecond(seconds) {
  let best = Infinity;
  for (const end = performance.now() + 1000 * seconds; performance.now() < end; ) {
    const start = performance.now();
    for (let i = 0; i < GROUP; i++) await step();
    best = Math.min(best, performance.now() - start);
  }
  return (1000 * characters) / best;
}

await charactersPerSecond(1);
console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  const seconds = Number(line);
  const rate = await charactersPerSecond(seconds);
  const times = await interleave({ peak: peak.run }, seconds / 20);
  console.log(JSON.stringify({ charactersPerSecond: rate, peak: peak.operations / times.peak / 1e9 }));
}
group?.release();
