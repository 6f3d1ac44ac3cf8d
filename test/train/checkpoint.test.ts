import { beforeEach, describe, expect, it } from "vitest";
import { UnrolledError } from "../../src/errors.ts";
import { parseSafetensors, type StoredTensor, serializeSafetensors } from "../../src/io/safetensors.ts";
import { openLanguageModelCheckpoint } from "../../src/models/language-model/checkpoint.ts";
import type { LanguageModelSpec } from "../../src/models/language-model/spec.ts";
import { serializeModel } from "../../src/network/model-file.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { hashText, serializeCheckpoint } from "../../src/train/checkpoint.ts";
import { OPTIMIZER_NAMES } from "../../src/train/recipe.ts";
import { train } from "../../src/train/train.ts";
import { CELLS } from "../models/language-model/model.ts";
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
        // Several epochs, so that the learning rate falls on the way and the text begins again.
        recipe: { optimizer, seq: 30, batch: 3, lr: 0.01, lrDecayAfter: 1, clip: 0.1, clipBy: "norm" },
      };
      const dataHash = await hashText(TEXT);
      const whole = new MemoryStore();
      await train(newTrainer(rt(), options), { iterations: 26, validateEvery: 4, dataHash, store: whole });

      const parts = new MemoryStore();
      const controller = new AbortController();
      const first = train(newTrainer(await startRuntime(variant), options), {
        iterations: 26,
        validateEvery: 4,
        dataHash,
        store: parts,
        signal: controller.signal,
        onStep: ({ iteration }) => iteration === 14 && controller.abort(),
      });
      await expect(first).rejects.toMatchObject({ code: "ERR_ABORTED" });
      const checkpoint = openLanguageModelCheckpoint(parts.checkpoints.at(-1)!);
      expect(checkpoint.progress.iteration).toBe(14);
      const other = await startRuntime(variant, 99);
      const trainer = await checkpoint.resume(other, TEXT);
      const { best } = checkpoint.progress;
      await train(trainer, { iterations: 26, validateEvery: 4, dataHash, best, store: parts });

      expect(parts.models.map(digest)).toEqual(whole.models.map(digest));
      expect(digest(parts.checkpoints.at(-1)!)).toBe(digest(whole.checkpoints.at(-1)!));
    },
  );
});

describeRuntimes("so does one", (rt, variant) => {
  const lines = Array.from({ length: 40 }, (_, i) => `${"ab".repeat((i * 7) % 11)}${i % 5}\n`).join("");
  // The held-out end contradicts the training part, so that the validation loss soon rises.
  const contrary = { text: `${"abc".repeat(72)}${"acb".repeat(8)}` };
  const rate = { batch: 1, seq: 6, lr: 0.05 };
  const runs: [string, RunOptions][] = [
    ["step", { recipe: { schedule: "step", lrDecay: 0.5, lrDecayAfter: 1 } }],
    ["cosine after a warm-up", { recipe: { schedule: "cosine", warmUp: 6, lrDecayOver: 26 } }],
    ["plateau", { ...contrary, recipe: { ...rate, schedule: "plateau", patience: 1, lrDecay: 0.5 } }],
    ["early stopping", { ...contrary, recipe: { ...rate, schedule: "constant", earlyStop: 4 } }],
    ["lines", { spec: { lines: true } }],
    [
      "lines, an embedding, plateau",
      { spec: { lines: true, embedding: 3 }, recipe: { schedule: "plateau" } },
    ],
  ];

  it.each(runs)("%s", async (name, { text = lines, spec, recipe }) => {
    const options: RunOptions = {
      text,
      spec: { dropout: 0.3, layers: 1, ...spec },
      recipe: { batch: 3, seq: 10, optimizer: "adam", ...recipe },
    };
    const hash = await hashText(text);
    const every = { iterations: 26, validateEvery: 2, dataHash: hash };
    const whole = new MemoryStore();
    const full = newTrainer(rt(), options);
    const result = await train(full, { ...every, store: whole });
    if (name === "early stopping") expect(result.stopped).toBe("early");
    if (name === "plateau") expect(full.plateau!.factor).toBeLessThan(1);

    // Stopped after every iteration: the parts together equal the whole run.
    let trainer = newTrainer(await startRuntime(variant), options);
    const parts = new MemoryStore();
    let last: unknown;
    for (let stop = 1; trainer.iteration < result.iterations; stop += 2) {
      const controller = new AbortController();
      last = await train(trainer, {
        ...every,
        store: parts,
        best: parts.checkpoints.length
          ? openLanguageModelCheckpoint(parts.checkpoints.at(-1)!).progress.best
          : null,
        signal: controller.signal,
        onStep: ({ iteration }) => iteration >= stop && controller.abort(),
      }).catch((error) => expect(error.code).toBe("ERR_ABORTED"));
      trainer = await openLanguageModelCheckpoint(parts.checkpoints.at(-1)!).resume(
        await startRuntime(variant, 99),
        text,
      );
    }
    expect(last).toMatchObject({ stopped: result.stopped, best: result.best });
    expect(digest(parts.models.at(-1)!)).toBe(digest(whole.models.at(-1)!));
    expect(digest(parts.checkpoints.at(-1)!)).toBe(digest(whole.checkpoints.at(-1)!));
  });
});

describe("a checkpoint", () => {
  let rt: Runtime;
  let bytes: Uint8Array;
  beforeEach(async () => {
    rt = await startRuntime();
    const trainer = newTrainer(rt, { recipe: { optimizer: "adam" } });
    trainer.step();
    bytes = serializeCheckpoint(trainer, { best: 3, dataHash: await hashText(TEXT) });
    trainer.dispose();
    trainer.model.dispose();
  });

  /** Returns the checkpoint with its metadata or tensors changed. */
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
    const error = await (async () => openLanguageModelCheckpoint(file).resume(rt, text))().then(
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
    const file = serializeCheckpoint(start, { best: null, dataHash: await hashText(TEXT) });
    const again = await openLanguageModelCheckpoint(file).resume(rt, TEXT);
    expect(again.iteration).toBe(0);
    expect(again.state).toBeUndefined();
    expect(again.model.stateDict()).toEqual(parameters);
  });

  it("refuses another text", async () => {
    const { code, message } = await resumeError(bytes, `${TEXT} `);
    expect(code).toBe("ERR_DATA");
    expect(message).toContain("not those");
  });

  it("written before there were schedules continues with the defaults", async () => {
    const old = edited(({ recipe, progress }) => {
      const { seen: _, ...early } = progress as Record<string, unknown>;
      const fields = ["batch", "seq", "optimizer", "lr", "lrDecay", "lrDecayAfter", "clip", "clipBy", "seed"];
      const given = Object.entries(recipe!).filter(([field]) => fields.includes(field));
      return { recipe: Object.fromEntries(given), progress: early };
    });
    const [now, then] = [openLanguageModelCheckpoint(bytes), openLanguageModelCheckpoint(old)];
    expect(then.recipe).toEqual(now.recipe);
    expect(then.progress).toEqual(now.progress);
    const run = async (checkpoint: typeof now) => {
      const trainer = await checkpoint.resume(await startRuntime(), TEXT);
      trainer.step();
      return trainer.model.stateDict();
    };
    expect(await run(then)).toEqual(await run(now));
  });

  it("continues with a changed recipe if asked to, which its own checkpoint keeps", async () => {
    const trainer = await openLanguageModelCheckpoint(bytes).resume(rt, TEXT, { lr: 0.125, clip: 1 });
    expect(trainer.recipe).toEqual({ ...openLanguageModelCheckpoint(bytes).recipe, lr: 0.125, clip: 1 });
    trainer.step();
    expect(trainer.optimizer.lr).toBe(0.125);
    const again = openLanguageModelCheckpoint(
      serializeCheckpoint(trainer, { best: 3, dataHash: await hashText(TEXT) }),
    );
    expect(again.recipe).toEqual(trainer.recipe);
    await expect(openLanguageModelCheckpoint(bytes).resume(rt, TEXT, { lr: -1 })).rejects.toThrow("lr is -1");
  });

  it("is told apart from a model, with a message", async () => {
    const model = serializeModel(newTrainer(rt).model);
    expectError(() => openLanguageModelCheckpoint(model), "ERR_FORMAT", "not a checkpoint");
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
    ["validations in words", "progress", { seen: "some" }, "damaged"],
    ["a smallest loss in words", "progress", { seen: { best: "low", waited: 0, factor: 1 } }, "damaged"],
    ["half a validation", "progress", { seen: { best: 1, waited: 0.5, factor: 1 } }, "damaged"],
    ["a factor of 0", "progress", { seen: { best: 1, waited: 0, factor: 0 } }, "damaged"],
    ["no recipe", "recipe", undefined, "recipe"],
    ["an unknown optimiser", "recipe", { optimizer: "adamm" }, "optimizer"],
    ["a huge batch", "recipe", { batch: 65_536 }, "expected at least"],
    ["a batch beyond the limit", "recipe", { batch: 65_537 }, "a whole number from 1 to 65536"],
    ["a huge seq", "recipe", { seq: 1_000_000 }, "expected at least"],
    ["a seq beyond the limit", "recipe", { seq: 1_000_001 }, "a whole number from 1 to 1000000"],
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
      expectError(() => openLanguageModelCheckpoint(bytes.subarray(0, length)), "ERR_FORMAT");
    }
  });
});
