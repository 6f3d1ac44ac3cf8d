import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseModel, serializeModel } from "../../src/models/model-file.ts";
import { DEFAULT_SPEC } from "../../src/models/spec.ts";
import { DEFAULT_RECIPE } from "../../src/train/recipe.ts";
import { type TrainResult, train } from "../../src/train/train.ts";
import type { LanguageModelConnection, NewModel, TrainProgress } from "../../worker/connect.ts";
import { startRuntime } from "../runtimes.ts";
import { digest, MemoryStore, newTrainer, TEXT } from "../train/run.ts";

// Connects to the built worker, as a user does: `npm run build` first.

const dist = (file: string) => new URL(`../../dist/${file}`, import.meta.url).href;
const { connect } = (await import(dist("worker.js"))) as typeof import("../../worker/connect.ts");
const { UnrolledError } = (await import(dist("index.js"))) as typeof import("../../src/index.ts");

/** The model of `newTrainer`. */
const TINY: NewModel = {
  text: TEXT,
  spec: { ...DEFAULT_SPEC, hidden: 6, dropout: 0.2 },
  recipe: { ...DEFAULT_RECIPE, batch: 4, seq: 6 },
  variant: "strict",
};
const FOREVER = { iterations: 1e9, validateEvery: 1e9 };

let worker: LanguageModelConnection;
/** What is behind it. */
let thread: Worker;
let progress: TrainProgress[];
let heard: () => void;
beforeEach(async () => {
  progress = [];
  heard = () => {};
  process.once("worker", (started) => {
    thread = started;
  });
  worker = await connect({
    onProgress(event) {
      progress.push(event);
      heard();
    },
  });
});
afterEach(() => worker.release());

/** Begins to train without an end; resolves with its promise after the first word of progress. */
async function beginTraining(): Promise<{ done: Promise<TrainResult> }> {
  await worker.start(TINY);
  const first = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const done = worker.train(FOREVER);
  await Promise.race([first, done]);
  return { done };
}

async function expectRejection(promise: Promise<unknown>, code: string, message: string | RegExp) {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(UnrolledError);
  expect(error.code, error.message).toBe(code);
  expect(error.message).toMatch(message);
}

/** What the same run gives in the thread. */
async function trainInThread(iterations: number, validateEvery: number) {
  const trainer = newTrainer(await startRuntime("strict", TINY.recipe.seed), { spec: { dropout: 0.2 } });
  const store = new MemoryStore();
  const result = await train(trainer, { iterations, validateEvery, text: "", store });
  const packed = trainer.model.pack();
  const text = [...packed.generate({ prompt: "1", length: 30, seed: 3 })].join("");
  return { result, store, text, trainer };
}

describe("a model in the worker", () => {
  it("is trained to the same bits as in the thread, in one run or in two, also where it writes in between", async () => {
    const thread = await trainInThread(25, 10);
    await worker.start(TINY);
    await worker.train({ iterations: 10, validateEvery: 10 });
    await worker.generate({ length: 5 });
    const { iterations, best, last } = await worker.train({ iterations: 25, validateEvery: 10 });
    expect({ iterations, best, last }).toEqual({
      iterations: 25,
      best: thread.result.best,
      last: thread.result.last,
    });
    expect(await worker.generate({ prompt: "1", length: 30, seed: 3 })).toBe(thread.text);

    for (const file of [await worker.bestModel(), await worker.bestModel()]) {
      expect(digest(file)).toBe(digest(thread.store.models.at(-1)!));
    }
    const file = await worker.model();
    expect(digest(file)).toBe(digest(serializeModel(thread.trainer.model)));

    await worker.start({ model: file, variant: "strict" });
    expect(await worker.generate({ prompt: "1", length: 30, seed: 3 })).toBe(thread.text);
    expect(digest(await worker.model())).toBe(digest(file));
    await expectRejection(worker.train({ iterations: 1 }), "ERR_STATE", "was loaded");
  });

  it("takes any spec, and refuses one that makes no sense", async () => {
    const spec = {
      ...TINY.spec,
      ...({
        connections: "highway",
        norm: "batch",
        embedding: 5,
        head: [5],
        tied: true,
        peepholes: true,
      } as const),
    };
    await worker.start({ ...TINY, spec });
    await worker.train({ iterations: 2, validateEvery: 1 });
    const file = await worker.bestModel();
    expect(parseModel(file).spec).toEqual(spec);
    await worker.start({ model: file, variant: "strict" });
    expect(await worker.generate({ length: 9 })).toHaveLength(9);
    const backwards = { ...spec, bidirectional: true };
    await expectRejection(worker.start({ ...TINY, spec: backwards }), "ERR_VALUE", "see the future");
  });

  it("takes the seed of the recipe", async () => {
    const models = [];
    for (const seed of [1, 2]) {
      await worker.start({ ...TINY, recipe: { ...TINY.recipe, seed } });
      models.push(digest(await worker.model()));
    }
    expect(models[1]).not.toBe(models[0]);
  });

  it("tells its progress at most ten times a second, writes meanwhile, stops and goes on", async () => {
    const { done } = await beginTraining();
    const started = performance.now();
    const stopped = done.catch((reason) => reason);
    expect(await worker.generate({ length: 20 })).toHaveLength(20);
    await expectRejection(worker.start(TINY), "ERR_STATE", "train still runs");
    await expectRejection(worker.train(FOREVER), "ERR_STATE", "train still runs");
    await new Promise((resolve) => setTimeout(resolve, 350));
    await worker.stop();
    const { code, message } = await stopped;
    expect(code).toBe("ERR_ABORTED");
    const stoppedAt = Number(/stopped after iteration (\d+)/.exec(message)![1]);
    const seconds = (performance.now() - started) / 1000;
    expect(progress.length).toBeGreaterThanOrEqual(2);
    expect(progress.length).toBeLessThanOrEqual(2 + 10 * seconds);
    const { iteration, loss, symbolsPerSecond, validation } = progress.at(-1)!;
    expect(iteration).toBeGreaterThan(0);
    expect(iteration).toBeLessThanOrEqual(stoppedAt);
    expect(loss).toBeGreaterThan(0);
    expect(symbolsPerSecond).toBeGreaterThan(0);
    expect(validation).toBeNull();
    await expectRejection(worker.bestModel(), "ERR_STATE", "validated");

    const result = await worker.train({ iterations: stoppedAt + 3, validateEvery: 1e9 });
    expect(result.iterations).toBe(stoppedAt + 3);
    expect(await worker.bestModel()).toEqual(await worker.model());
  });
});

describe("an error", () => {
  it("arrives with its class, code and message", async () => {
    await expectRejection(worker.generate(), "ERR_STATE", "call start first");
    await expectRejection(worker.start({ ...TINY, text: "too little" }), "ERR_DATA", "10 characters");
    await expectRejection(worker.start({ model: new Uint8Array(9) }), "ERR_FORMAT", /./);
    await worker.start(TINY);
    await expectRejection(worker.generate({ prompt: "€" }), "ERR_DATA", "€");
    await expectRejection(
      worker.start({ ...TINY, recipe: { ...TINY.recipe, seed: -1 } }),
      "ERR_VALUE",
      "seed",
    );
    expect(await worker.generate({ length: 3 }), "the model before it is still there").toHaveLength(3);
  });

  it("that is not ours arrives as it is", async () => {
    const error = await worker.start(null as unknown as NewModel).catch((reason) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(UnrolledError);
    expect(error.name).toBe("TypeError");
  });
});

describe("the end of a worker", () => {
  it("by release rejects what waits and what is asked later", async () => {
    const { done } = await beginTraining();
    const text = worker.generate();
    worker.release();
    for (const call of [done, text, worker.stop()]) await expectRejection(call, "ERR_DISPOSED", "released");
  });

  it("by its own death rejects what waits and what is asked later", async () => {
    const { done } = await beginTraining();
    thread.terminate();
    for (const call of [done, worker.model()]) await expectRejection(call, "ERR_STATE", "exit code 1");
    worker.release();
    await expectRejection(worker.model(), "ERR_STATE", "exit code 1");
  });

  it("by an error outside any call rejects what waits", async () => {
    const { done } = await beginTraining();
    thread.emit("error", new RangeError("out of memory"));
    await expectRejection(done, "ERR_STATE", "RangeError: out of memory");
  });

  it("lets the process end by itself", async () => {
    const folder = mkdtempSync(join(tmpdir(), "unrolled-"));
    const script = join(folder, "script.mjs");
    writeFileSync(
      script,
      `import { connect } from ${JSON.stringify(dist("worker.js"))};
       const worker = await connect();
       await worker.start(${JSON.stringify(TINY)});
       console.log((await worker.generate({ length: 3 })).length);
       worker.release();`,
    );
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 20_000 });
      expect(stdout).toBe("3\n");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
