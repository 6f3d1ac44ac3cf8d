import { expect, it } from "vitest";
import { splitBatches, TextBatches } from "../../src/data/text-batches.ts";
import { trainerGradientFlow } from "../../src/models/language-model/gradient-flow.ts";
import type { LanguageModelTrainer } from "../../src/models/language-model/trainer.ts";
import { recordGradientFlow } from "../../src/train/gradient-flow.ts";
import type { ModelFlow } from "../../src/train/model-gradient-flow.ts";
import { train } from "../../src/train/train.ts";
import { startRuntime } from "../runtimes.ts";
import { digest, MemoryStore, newTrainer, TEXT } from "./run.ts";

const SPEC = { cell: "gru", dropout: 0.3 } as const;

async function run(look: (trainer: LanguageModelTrainer) => void) {
  const store = new MemoryStore();
  const trainer = newTrainer(await startRuntime(), { spec: SPEC });
  await train(trainer, { iterations: 7, dataHash: "hash", store, onStep: () => look(trainer) });
  return digest(store.checkpoints.at(-1)!);
}

it("a run whose gradient flow is looked at stays what it was to the last bit", async () => {
  const seen: ModelFlow[] = [];
  const told = await run((trainer) => {
    if (trainer.iteration % 3 === 0) seen.push(trainerGradientFlow(trainer));
  });
  expect(seen).toHaveLength(2);
  for (const { flow, gradientNorm, clippedNorm } of seen) {
    expect(flow.map(({ norms }) => norms.length)).toEqual([6, 6]);
    expect(clippedNorm).toBeLessThanOrEqual(gradientNorm);
  }
  expect(seen[0]!.flow, "the network learns").not.toEqual(seen[1]!.flow);
  expect(await run(() => {})).toBe(told);
});

it("a trainer's flow is that of the first held-out batch, its loss at the last step", async () => {
  const rt = await startRuntime();
  const trainer = newTrainer(rt, { spec: { cell: "gru" } });
  const { model } = trainer;
  const batches = new TextBatches(model.vocabulary.encode(TEXT), { batch: 4, seq: 6 });
  const { start } = splitBatches(batches.count).validation;
  const [inputs, targets] = [new Int32Array(24), new Int32Array(24)];
  batches.inputs(start, inputs);
  batches.targets(start, targets);
  targets.fill(-100, 0, 20);
  const expected = recordGradientFlow(model.rnn, () =>
    model.loss({ steps: 6, inputs, targets }).loss.backward(rt.tensor([4], [])),
  );
  expect(trainerGradientFlow(trainer).flow).toEqual(expected);
});

it("of lines too", async () => {
  const trainer = newTrainer(await startRuntime(), { spec: { lines: true } });
  const { flow } = trainerGradientFlow(trainer);
  expect(flow[0]!.norms.length).toBeGreaterThan(6);
  for (const { norms } of flow) for (const norm of norms) expect(norm).toBeGreaterThan(0);
});

it("an iteration's own backward pass can be recorded too", async () => {
  const trainer = newTrainer(await startRuntime(), { spec: SPEC });
  const plain = newTrainer(await startRuntime(), { spec: SPEC });
  let loss = 0;
  const flow = recordGradientFlow(trainer.model.rnn, () => {
    loss = trainer.step();
  });
  expect(flow.map(({ norms }) => norms.length)).toEqual([6, 6]);
  expect(loss).toBe(plain.step());
  expect(trainer.step()).toBeCloseTo(plain.step(), 5);
});
