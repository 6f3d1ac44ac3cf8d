import { beforeEach, expect, it } from "vitest";
import { eachBatch } from "../../../src/data/batches.ts";
import { holdOut } from "../../../src/data/hold-out.ts";
import { retrievalScores } from "../../../src/metrics/retrieval.ts";
import { ContrastBatches, shareText } from "../../../src/models/embedder/batches.ts";
import { SequenceEmbedder } from "../../../src/models/embedder/model.ts";
import type { TextPair } from "../../../src/models/embedder/pairs.ts";
import { EmbedderTrainer, evaluateEmbedder } from "../../../src/models/embedder/trainer.ts";
import { loadModel } from "../../../src/network/model-file.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { meanLoss } from "../../../src/train/evaluate.ts";
import { train } from "../../../src/train/train.ts";
import { expectError, startRuntime } from "../../runtimes.ts";
import { MemoryStore } from "../../train/run.ts";
import { expectResumed } from "../family.ts";
import { newEmbedder, PAIRS } from "./embedders.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

const RECIPE = { batch: 16, lr: 0.02 };
const PARTS = holdOut(PAIRS, 1);

it("learns which texts belong together, and finds the partners of texts that it never saw", async () => {
  const trainer = new EmbedderTrainer(newEmbedder(rt), PARTS, RECIPE);
  const before = trainer.validate();
  const store = new MemoryStore();
  const { best } = await train(trainer, { iterations: 120, dataHash: "hash", store });
  const model = loadModel(rt, store.models.at(-1)!, [SequenceEmbedder]);
  const after = trainer.validate(model);
  expect(after.error).toBe(best);
  expect(after.error).toBeCloseTo(1 - after.meanReciprocalRank, 5);
  expect(after.loss).toBeLessThan(before.loss / 2);
  expect(evaluateEmbedder(model, PAIRS)).toMatchObject({ pairs: PAIRS.length });
  expect(evaluateEmbedder(model, PAIRS).accuracyAt1).toBeGreaterThan(0.9);
});

it("learns from texts without partners by dropout: SimCSE", () => {
  const texts = PAIRS.map(([text]): TextPair => [text, text]);
  const model = newEmbedder(rt, { dropout: 0.2 });
  const trainer = new EmbedderTrainer(model, holdOut(texts, 1), RECIPE);
  const spread = () => {
    const vectors = model.encode(texts.map(([text]) => text));
    return vectors.reduce((sum, v, i) => sum + v.reduce((s, x, d) => s + x * vectors.at(i - 1)![d]!, 0), 0);
  };
  const before = spread();
  for (let i = 0; i < 30; i++) trainer.step();
  expect(spread()).toBeLessThan(before / 2);
});

it("evaluates a text that is far longer than the others without padding them", () => {
  const long = PAIRS.map(
    ([text, partner], i): TextPair => [text, i === 5 ? "eats ".repeat(20_000) : partner],
  );
  const model = newEmbedder(rt, { hidden: 4 });
  const { loss, pairs } = evaluateEmbedder(model, long);
  expect(pairs).toBe(long.length);
  expect(loss).toBeGreaterThan(0);
  // If all 96 texts are padded to 20,000 tokens, they take 360 MB.
  expect(rt.memory.total).toBeLessThan(64 << 20);
});

it("gives the loss of batches of 64 pairs that are read together", () => {
  const model = newEmbedder(rt);
  const pairs = [...PAIRS, ...PAIRS.map(([text, partner]): TextPair => [`${text} ${text}`, partner])];
  const batches = new ContrastBatches(pairs, (text) => model.ids(text), { batch: 64 });
  const { nats } = meanLoss(model, eachBatch(batches), "test");
  expect(evaluateEmbedder(model, pairs).loss).toBe(nats);
});

it("stopped and resumed, is bit for bit the one that was not", async () => {
  await expectResumed({
    kinds: [SequenceEmbedder],
    begin: (runtime) =>
      new EmbedderTrainer(newEmbedder(runtime, { dropout: 0.2, inputDropout: 0.1 }), PARTS, RECIPE),
    resume: (model, recipe) => new EmbedderTrainer(model, PARTS, recipe),
    ...{ after: 9, iterations: 20, validateEvery: 3 },
  });
});

it("looks for partners among a thousand at most, and takes two pairs of one token", () => {
  const model = newEmbedder(rt, { hidden: 2, size: 2 });
  const many = Array.from({ length: 1500 }, (_, i) => PAIRS[i % PAIRS.length]!);
  const halves = [many.slice(0, 750), many.slice(750)].map((part) => {
    const [texts, partners] = [0, 1].map((side) => model.encode(part.map((pair) => pair[side]!)));
    return retrievalScores(texts!, partners!, (i, j) => shareText(part[i]!, part[j]!)).meanReciprocalRank;
  });
  const { meanReciprocalRank, pairs } = evaluateEmbedder(model, many);
  expect(pairs).toBe(1500);
  expect(meanReciprocalRank).toBeCloseTo((halves[0]! + halves[1]!) / 2, 6);
  const two: TextPair[] = [
    ["cat", "cato"],
    ["dog", "dogo"],
  ];
  const trainer = new EmbedderTrainer(model, { train: two, validation: two }, { batch: 2 });
  const first = trainer.validate().loss;
  for (let i = 0; i < 20; i++) trainer.step();
  expect(trainer.validate().loss).toBeLessThan(first);
});

it("refuses parts that are too small, and batches of one", () => {
  const model = newEmbedder(rt);
  const one = PAIRS.slice(0, 1);
  const make = (train: readonly TextPair[], validation: readonly TextPair[], batch = 16) =>
    new EmbedderTrainer(model, { train, validation }, { batch });
  expectError(() => make(PAIRS, one), "ERR_DATA", "validation: 1 pair, expected at least 2");
  expectError(() => make(one, PAIRS), "ERR_DATA", "training: 1 pair");
  expectError(() => make(PAIRS, PAIRS, 1), "ERR_VALUE", "batch");
  expectError(() => evaluateEmbedder(model, []), "ERR_DATA", "0 pairs");
  expectError(() => evaluateEmbedder(model, [...PAIRS, ["a", " "]]), "ERR_DATA", "no tokens");
});

it("counts no partner as wrong that is another pair's right one", () => {
  const model = newEmbedder(rt);
  const [first, second] = [PAIRS[0]!, PAIRS[1]!];
  const texts = [first, second].map(([text]): TextPair => [text, text]);
  expect(evaluateEmbedder(model, [...texts, ...texts])).toMatchObject({
    accuracyAt1: 1,
    meanReciprocalRank: 1,
  });
});
