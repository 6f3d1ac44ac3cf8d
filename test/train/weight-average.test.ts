import { beforeEach, describe, expect, it } from "vitest";
import { parseSafetensors, serializeSafetensors } from "../../src/io/safetensors.ts";
import { openLanguageModelCheckpoint } from "../../src/models/language-model/checkpoint.ts";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { loadModel } from "../../src/network/model-file.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { hashText } from "../../src/train/checkpoint.ts";
import { train } from "../../src/train/train.ts";
import { expectRejection, startRuntime } from "../runtimes.ts";
import { digest, MemoryStore, newTrainer, TEXT } from "./run.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

const RECIPE = { average: 0.6 };

describe("a moving average of the weights", () => {
  it("moves a share of the way after every iteration, initially faster", () => {
    const trainer = newTrainer(rt, { recipe: RECIPE });
    const bias = trainer.model.head.bias!;
    const expected = Float64Array.from(bias.data);
    for (let n = 0; n < 12; n++) {
      trainer.step();
      const decay = Math.min(0.6, (1 + n) / (10 + n));
      bias.data.forEach((w, i) => {
        expected[i] = decay * expected[i]! + (1 - decay) * w;
      });
      trainer.average!["head.bias"]!.data.forEach((a, i) => {
        expect(a).toBeCloseTo(expected[i]!, 5);
      });
    }
    expect(trainer.average!["head.bias"]!.data).not.toEqual(bias.data);
  });

  it("is what is validated and saved, while training continues with the weights", async () => {
    const store = new MemoryStore();
    const averaged = newTrainer(rt, { recipe: RECIPE });
    const plain = newTrainer(await startRuntime());
    const { last } = await train(averaged, { iterations: 8, validateEvery: 4, dataHash: "x", store });
    for (let i = 0; i < 8; i++) plain.step();
    expect(averaged.model.stateDict()).toEqual(plain.model.stateDict());
    const model = loadModel(rt, store.models.at(-1)!, [LanguageModel]);
    expect(model.stateDict()).toEqual(averaged.average);
    expect(averaged.validate(model)).toEqual(last);
    expect(averaged.validate()).not.toEqual(last);
  });

  it("is part of a checkpoint", async () => {
    const whole = new MemoryStore();
    const options = { validateEvery: 5, dataHash: await hashText(TEXT) };
    await train(newTrainer(rt, { recipe: RECIPE }), { ...options, iterations: 15, store: whole });
    const half = new MemoryStore();
    await train(newTrainer(await startRuntime(), { recipe: RECIPE }), {
      ...options,
      iterations: 5,
      store: half,
    });
    const bytes = half.checkpoints.at(-1)!;
    const other = await startRuntime();
    const resumed = await openLanguageModelCheckpoint(bytes).resume(other, TEXT);
    const { best } = openLanguageModelCheckpoint(bytes).progress;
    await train(resumed, { ...options, iterations: 15, store: half, best });
    expect(digest(half.checkpoints.at(-1)!)).toBe(digest(whole.checkpoints.at(-1)!));

    const { metadata, tensors } = parseSafetensors(bytes);
    const { "average.head.bias": _, ...rest } = tensors;
    const damaged = serializeSafetensors(rest as Parameters<typeof serializeSafetensors>[0], metadata);
    await expectRejection(
      openLanguageModelCheckpoint(damaged).resume(other, TEXT),
      "ERR_FORMAT",
      "average.head.bias is missing",
    );
  });
});
