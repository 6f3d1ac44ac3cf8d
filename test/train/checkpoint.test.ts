import { beforeEach, describe, expect, it } from "vitest";
import { UnrolledError } from "../../src/errors.ts";
import { parseSafetensors, type StoredTensor, serializeSafetensors } from "../../src/io/safetensors.ts";
import { serializeModel } from "../../src/models/model-file.ts";
import type { LanguageModelSpec } from "../../src/models/spec.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { hashText, parseCheckpoint, serializeCheckpoint } from "../../src/train/checkpoint.ts";
import { OPTIMIZER_NAMES } from "../../src/train/recipe.ts";
import { train } from "../../src/train/train.ts";
import { CELLS } from "../models/model.ts";
import { describeRuntimes, expectError, startRuntime } from "../runtimes.ts";
import { digest, MemoryStore, newTrainer, type RunOptions, TEXT } from "./run.ts";

describeRuntimes("a resumed run equals an uninterrupted one bit for bit", (rt, variant) => {
  const runs = [
    ...OPTIMIZER_NAMES.map((optimizer) => ({ cell: "lstm", optimizer, embedding: 0 }) as const),
    ...CELLS.map((cell) => ({ cell, optimizer: "adam", embedding: 3 }) as const),
  ];

  const networks: Partial<LanguageModelSpec>[] = [
    { norm: "batch", connections: "dense", inputDropout: 0.2, head: [7] },
    { norm: "layer", connections: "highway", variationalDropout: true, inputDropout: 0.2 },
    { cell: "gru", resetAfter: false, norm: "batch", embedding: 6, tied: true, connections: "residual" },
  ];
  const all = [
    ...runs,
    ...networks.map((more) => ({ cell: "lstm", optimizer: "adam", embedding: 3, ...more }) as const),
  ];

  it.each(all)(
    "$cell, $optimizer, embedding $embedding, norm $norm, connections $connections, with dropout",
    async ({ optimizer, ...spec }) => {
      const options: RunOptions = {
        spec: { ...spec, dropout: 0.3 },
        // Several epochs, so that the learning rate falls on the way and the text begins anew.
        recipe: { optimizer, seq: 30, batch: 3, lr: 0.01, lrDecayAfter: 1, clip: 0.1, clipBy: "norm" },
      };
      const text = await hashText(TEXT);
      const whole = new MemoryStore();
      await train(newTrainer(rt(), options), { iterations: 26, validateEvery: 4, text, store: whole });

      const parts = new MemoryStore();
      const controller = new AbortController();
      const first = train(newTrainer(await startRuntime(variant), options), {
        iterations: 26,
        validateEvery: 4,
        text,
        store: parts,
        signal: controller.signal,
        onStep: ({ iteration }) => iteration === 14 && controller.abort(),
      });
      await expect(first).rejects.toMatchObject({ code: "ERR_ABORTED" });
      const checkpoint = parseCheckpoint(parts.checkpoints.at(-1)!);
      expect(checkpoint.progress.iteration).toBe(14);
      const other = await startRuntime(variant, 99);
      const trainer = await checkpoint.resume(other, TEXT);
      const { best } = checkpoint.progress;
      await train(trainer, { iterations: 26, validateEvery: 4, text, best, store: parts });

      expect(parts.models.map(digest)).toEqual(whole.models.map(digest));
      expect(digest(parts.checkpoints.at(-1)!)).toBe(digest(whole.checkpoints.at(-1)!));
    },
  );
});

describe("a checkpoint", () => {
  let rt: Runtime;
  let bytes: Uint8Array;
  beforeEach(async () => {
    rt = await startRuntime();
    const trainer = newTrainer(rt, { recipe: { optimizer: "adam" } });
    trainer.step();
    bytes = serializeCheckpoint(trainer, { best: 3, text: await hashText(TEXT) });
    trainer.dispose();
    trainer.model.dispose();
  });

  /** The checkpoint with its metadata or tensors changed. */
  function edited(
    change: (json: Record<string, object>) => object = (json) => json,
    tensors: Record<string, StoredTensor | undefined> = {},
  ): Uint8Array {
    const file = parseSafetensors(bytes);
    const checkpoint = JSON.stringify(change(JSON.parse(file.metadata.checkpoint!)));
    const kept = Object.entries({ ...file.tensors, ...tensors }).filter(([, tensor]) => tensor);
    return serializeSafetensors(Object.fromEntries(kept) as Record<string, StoredTensor>, {
      ...file.metadata,
      checkpoint,
    });
  }

  async function resumeError(file: Uint8Array, text = TEXT): Promise<UnrolledError> {
    const { used } = rt.memory;
    const error = await (async () => parseCheckpoint(file).resume(rt, text))().then(
      () => undefined,
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(UnrolledError);
    expect(rt.memory.used, "nothing is left behind").toBe(used);
    return error;
  }

  it("from before the first iteration begins at the beginning", async () => {
    const start = newTrainer(rt);
    const parameters = start.model.stateDict();
    const file = serializeCheckpoint(start, { best: null, text: await hashText(TEXT) });
    const again = await parseCheckpoint(file).resume(rt, TEXT);
    expect(again.iteration).toBe(0);
    expect(again.state).toBeUndefined();
    expect(again.model.stateDict()).toEqual(parameters);
  });

  it("refuses another text", async () => {
    const { code, message } = await resumeError(bytes, `${TEXT} `);
    expect(code).toBe("ERR_DATA");
    expect(message).toContain("not the one");
  });

  it("is told from a model, which says so", async () => {
    const model = serializeModel(newTrainer(rt).model);
    expectError(() => parseCheckpoint(model), "ERR_FORMAT", "not the checkpoint");
  });

  it.each<[string, "progress" | "recipe", unknown, string]>([
    ["no progress", "progress", undefined, "damaged"],
    ["progress that is null", "progress", null, "damaged"],
    ["a negative iteration", "progress", { iteration: -1 }, "damaged"],
    ["half a step", "progress", { optimizerSteps: 0.5 }, "damaged"],
    ["no random state", "progress", { random: undefined }, "damaged"],
    ["a damaged random state", "progress", { random: { seed: "1" } }, "damaged"],
    ["an unknown variant", "progress", { variant: "fast" }, "damaged"],
    ["a best loss in words", "progress", { best: "low" }, "damaged"],
    ["a number for the text", "progress", { text: 7 }, "damaged"],
    ["no recipe", "recipe", undefined, "recipe"],
    ["an unknown optimiser", "recipe", { optimizer: "adamm" }, "optimizer"],
    ["a huge batch", "recipe", { batch: 2 ** 52 }, "need at least"],
    ["the moments of another optimiser", "recipe", { optimizer: "sgd" }, "momentum"],
    ["another batch", "recipe", { batch: 3 }, "state.h"],
  ])("with %s is refused", async (_, part, change, pattern) => {
    const { code, message } = await resumeError(
      edited((json) => ({ ...json, [part]: change && { ...json[part], ...change } })),
    );
    expect(["ERR_FORMAT", "ERR_DATA"]).toContain(code);
    expect(message).toContain(pattern);
  });

  it.each([
    ["state.h", undefined],
    ["state.c", undefined],
    ["state.h", { shape: [1], data: Float32Array.of(0) }],
    ["state.c", { shape: [2, 4, 6], data: new Int32Array(48) }],
    ["optimizer.head.bias.exp_avg", undefined],
    ["model.head.bias", { shape: [1], data: Float32Array.of(0) }],
  ])("with a wrong %s (%o) is refused", async (name, tensor) => {
    const { message } = await resumeError(edited(undefined, { [name]: tensor }));
    expect(message).toMatch(/state\.[hc]|exp_avg|need/);
  });

  it("is refused wherever it is cut off", () => {
    for (let length = 0; length < bytes.length; length += 13) {
      expectError(() => parseCheckpoint(bytes.subarray(0, length)), "ERR_FORMAT");
    }
  });
});
