import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serializeModel } from "../../src/network/model-file.ts";
import { digest, MemoryStore, TEXT } from "../train/run.ts";
import { beginTraining, connect, dist, expectRejection, TINY } from "./connected.ts";

// Several threads of the built package: `npm run build` first.

const unrolled = (await import(dist("index.js"))) as typeof import("../../src/index.ts");
const { startGroup } = (await import(dist("worker.node.js"))) as typeof import("../../worker/connect.ts");

let threads: Worker[];
const note = (thread: Worker) => threads.push(thread);
beforeEach(() => {
  threads = [];
  process.on("worker", note);
});
afterEach(() => {
  process.off("worker", note);
});
const ends = (thread: Worker) => new Promise((resolve) => thread.once("exit", resolve));

const RUN = { ...TINY, iterations: 30 };

describe("connect with several workers", () => {
  it("trains with them to the same bits, wherever the leader is", async () => {
    const hashes: string[] = [];
    for (const options of [{}, {}, { worker: false }]) {
      const connection = await connect({ variant: "strict", workers: 3, ...options });
      expect((await connection.start(RUN)).run!.workers).toBe(3);
      await connection.train();
      hashes.push(digest(await connection.model()));
      connection.release();
    }
    expect(threads.length).toBe(3 + 3 + 2);
    expect(new Set(hashes).size).toBe(1);
    const one = await connect({ variant: "strict" });
    expect((await one.start(RUN)).run!.workers).toBe(1);
    await one.train();
    expect(digest(await one.model())).not.toBe(hashes[0]);
    one.release();
  });

  it("one that dies in the middle of a run ends it; the next call continues from the last checkpoint, bit for bit", async () => {
    const connection = await connect({ variant: "strict", workers: 2 });
    await connection.start(RUN);
    await connection.train({ validateEvery: 10 });
    const whole = digest(await connection.model());

    await connection.start(RUN);
    const store = new MemoryStore();
    const done = connection.train({
      validateEvery: 10,
      store,
      onValidation: ({ iteration }) => {
        if (iteration === 20) threads[0]!.terminate();
      },
    });
    await expectRejection(done, "ERR_STATE", "training thread has ended");
    await expectRejection(connection.model(), "ERR_STATE", "start, restore or load starts another one");
    await connection.restore({ checkpoint: connection.lastCheckpoint!, data: TEXT, iterations: 30 });
    await connection.train({ validateEvery: 10 });
    expect(digest(await connection.model())).toBe(whole);
    expect(threads.length).toBe(4);
    connection.release();
  });

  it("refuses models whose batches cannot be divided, and continues", async () => {
    const connection = await connect({ variant: "strict", workers: 2 });
    const data = Array.from({ length: 12 }, (_, i) => `word ${i}\tother ${i}`).join("\n");
    await expectRejection(connection.start({ task: "embedder", data }), "ERR_VALUE", "embedder");
    await expectRejection(
      connection.start({ ...TINY, spec: { hidden: 6, norm: "batch" } }),
      "ERR_VALUE",
      "batch normalisation",
    );
    await expectRejection(connect({ workers: 0 }), "ERR_VALUE", "workers is 0");
    await connection.start({ ...TINY, iterations: 3 });
    expect((await connection.train()).iterations).toBe(3);
    connection.release();
  });

  it("ends them all with release, also during training", async () => {
    const connection = await connect({ variant: "strict", workers: 3 });
    await connection.start(TINY);
    const { done } = await beginTraining(connection);
    const all = Promise.all(threads.map(ends));
    connection.release();
    await expectRejection(done, "ERR_DISPOSED", "released");
    await all;
  });
});

describe("a group with threads of its own", () => {
  async function newTrainer() {
    const runtime = await unrolled.createRuntime({ variant: "strict" });
    const vocabulary = unrolled.Vocabulary.fromText(TEXT);
    const model = new unrolled.LanguageModel(
      runtime,
      { ...unrolled.defaultLanguageModelSpec(), hidden: 6 },
      vocabulary,
    );
    const recipe = { ...unrolled.DEFAULT_RECIPE, batch: 5, seq: 6 };
    return new unrolled.LanguageModelTrainer(model, vocabulary.encode(TEXT), recipe);
  }

  it("trains, and loses nothing if a thread is ended in the middle of an iteration", async () => {
    const trainer = await newTrainer();
    const group = await startGroup(trainer.model, 3);
    expect(group.workers).toBe(3);
    await trainer.stepWith(group);
    const before = digest(serializeModel(trainer.model));
    const all = Promise.all(threads.map(ends));
    threads[1]!.terminate(); // before it can answer, and before the group hears of its end
    const step = trainer.stepWith(group);
    await expectRejection(step, "ERR_STATE", "a training thread has ended");
    await all; // the other thread too
    await expectRejection(trainer.stepWith(group), "ERR_STATE", "start another group");
    expect(digest(serializeModel(trainer.model))).toBe(before);
    expect(trainer.iteration).toBe(1);
    const another = await startGroup(trainer.model, 2, { shared: false });
    await trainer.stepWith(another);
    another.release();
    await expectRejection(trainer.stepWith(another), "ERR_DISPOSED", "released");
  });

  it("names invalid arguments", async () => {
    const { model } = await newTrainer();
    await expectRejection(startGroup(model, 0), "ERR_VALUE", "workers is 0");
    const missing = new URL("./missing.js", import.meta.url);
    await expectRejection(startGroup(model, 2, { worker: missing }), "ERR_STATE", "missing.js");
  });

  it("does not keep a process alive, except during an iteration", async () => {
    const script = `
      import { createRuntime, DEFAULT_RECIPE, defaultLanguageModelSpec, LanguageModel, LanguageModelTrainer, Vocabulary } from ${JSON.stringify(dist("index.js"))};
      import { startGroup } from ${JSON.stringify(dist("worker.node.js"))};
      const text = "hello, world. ".repeat(100);
      const vocabulary = Vocabulary.fromText(text);
      const model = new LanguageModel(await createRuntime(), { ...defaultLanguageModelSpec(), hidden: 8 }, vocabulary);
      const trainer = new LanguageModelTrainer(model, vocabulary.encode(text), { ...DEFAULT_RECIPE, batch: 4, seq: 5 });
      const group = await startGroup(model, 3);
      for (let i = 0; i < 3; i++) await trainer.stepWith(group);
      console.log(trainer.iteration);
    `;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--input-type", "module", "--eval", script],
      { timeout: 60_000 },
    );
    expect(stdout).toBe("3\n");
  });
});
