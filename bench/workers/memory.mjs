// Memory growth in long runs: prints {training, streaming}, each {steps, wasm, heap}: the bytes by which the WebAssembly
// memory and the JavaScript heap grew during the second half of the steps. Needs --expose-gc.

import { effort, kernels, unrolled } from "../library.mjs";
import { pseudoText } from "../text.mjs";

const {
  createRuntime,
  DEFAULT_RECIPE,
  defaultLanguageModelSpec,
  LanguageModel,
  nn,
  LanguageModelTrainer,
  Vocabulary,
} = unrolled;

const rt = await createRuntime(kernels);

function measure() {
  globalThis.gc();
  globalThis.gc();
  return { wasm: rt.memory.total, heap: process.memoryUsage().heapUsed };
}

function growth(steps, step) {
  const warm = steps / 2;
  for (let i = 0; i < warm; i++) step();
  const before = measure();
  for (let i = warm; i < steps; i++) step();
  const after = measure();
  return { steps, wasm: after.wasm - before.wasm, heap: after.heap - before.heap };
}

function makeTrainer() {
  const text = pseudoText(20_000);
  const vocabulary = Vocabulary.fromText(text, { unknown: false });
  const model = new LanguageModel(rt, { ...defaultLanguageModelSpec(), hidden: 32, layers: 1 }, vocabulary);
  return new LanguageModelTrainer(model, vocabulary.encode(text), { ...DEFAULT_RECIPE, batch: 4, seq: 16 });
}

const trainer = makeTrainer();
const stream = new nn.LSTM(rt, { inputSize: 32, hiddenSize: 32 }).pack().stream();
const x = new Float32Array(32).fill(0.5);
console.log(
  JSON.stringify({
    training: growth(10_000 * effort, () => trainer.step()),
    streaming: growth(1_000_000 * effort, () => stream.step(x)),
  }),
);
