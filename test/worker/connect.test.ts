import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseSafetensors } from "../../src/io/safetensors.ts";
import { defaultTaggerSpec } from "../../src/models/labels/spec.ts";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { loadModel, serializeModel } from "../../src/network/model-file.ts";
import { train } from "../../src/train/train.ts";
import type { Connection } from "../../worker/connect.ts";
import { startRuntime } from "../runtimes.ts";
import { digest, MemoryStore, newTrainer, TEXT } from "../train/run.ts";
import { beginTraining, connect, expectRejection, TINY } from "./connected.ts";

/** The results of the same run without a connection. */
async function trainAlone(iterations: number, validateEvery: number) {
  const trainer = newTrainer(await startRuntime("strict"), { spec: { dropout: 0.2 } });
  const store = new MemoryStore();
  const events: unknown[] = [];
  const result = await train(trainer, {
    iterations,
    validateEvery,
    dataHash: "",
    store,
    onValidation: (event) => events.push(event),
  });
  const packed = trainer.model.pack();
  const text = [...packed.generate({ prompt: "1", length: 30, seed: 3 })].join("");
  return { result, store, text, trainer, events };
}

describe.each(["worker", "thread"] as const)("a run in a %s", (place) => {
  let trainer: Connection;
  beforeEach(async () => {
    trainer = await connect({ variant: "strict", ...(place === "thread" && { worker: false }) });
  });
  afterEach(() => trainer.release());

  it("gives the bits of the library, in one run or in two, also if it writes and is evaluated in between", async () => {
    const alone = await trainAlone(25, 10);
    expect(trainer.place).toBe(place);
    const info = await trainer.start(TINY);
    expect(info.run).toMatchObject({
      iteration: 0,
      iterations: 2000,
      iterationsPerEpoch: expect.any(Number),
    });
    const store = new MemoryStore();
    const events: unknown[] = [];
    const hear = { validateEvery: 10, store, onValidation: (event: unknown) => events.push(event) };
    await trainer.train({ iterations: 10, ...hear });
    await trainer.generate({ length: 5 });
    await trainer.evaluate({ data: TEXT });
    const { iterations, best, last } = await trainer.train({ iterations: 25, ...hear });
    expect({ iterations, best, last }).toEqual({
      iterations: 25,
      best: alone.result.best,
      last: alone.result.last,
    });
    expect(await trainer.generate({ prompt: "1", length: 30, seed: 3 })).toBe(alone.text);
    expect(events[0]).toEqual(alone.events[0]);
    expect(events.at(-1)).toEqual(alone.events.at(-1));
    for (const file of [await trainer.model("best"), await trainer.model("best"), store.models.at(-1)!]) {
      expect(digest(file)).toBe(digest(alone.store.models.at(-1)!));
    }
    const file = await trainer.model();
    expect(digest(file)).toBe(digest(serializeModel(alone.trainer.model)));

    await trainer.load(file);
    expect(await trainer.generate({ prompt: "1", length: 30, seed: 3 })).toBe(alone.text);
    expect(digest(await trainer.model())).toBe(digest(file));
    await expectRejection(trainer.train(), "ERR_STATE", "was loaded");
    await expectRejection(trainer.predict(["1"]), "ERR_VALUE", "call generate");
  });

  it("gives a checkpoint with the smallest error while the best model is stored", async () => {
    await trainer.start(TINY);
    const taken: Uint8Array[] = [];
    const store = {
      saveModel: async () => void taken.push(await trainer.checkpoint()),
      saveCheckpoint: async () => {},
    };
    const { best } = await trainer.train({ iterations: 5, validateEvery: 5, store });
    const { metadata } = parseSafetensors(taken[0]!);
    expect(JSON.parse(metadata.checkpoint!).progress.best).toBe(best);
  });

  it("opens a quantised file, which stays the same bytes, and is not trained", async () => {
    const runtime = await startRuntime("strict");
    const { model } = newTrainer(runtime);
    const file = serializeModel(model, { dtype: "int8" });
    const alone = loadModel(runtime, file, [LanguageModel]);
    await trainer.load(file);
    const options = { prompt: "1", length: 30, seed: 3 };
    expect(await trainer.generate(options)).toBe([...alone.pack().generate(options)].join(""));
    expect(digest(await trainer.model())).toBe(digest(file));
    expect((await trainer.evaluate({ data: TEXT })).loss).toBeGreaterThan(0);
    expect(await trainer.suggest("1", { top: 1 })).toHaveLength(1);
    await expectRejection(trainer.train(), "ERR_STATE", "was loaded");
  });

  it("continues from its checkpoint bit for bit, and stops early if the recipe says so", async () => {
    await trainer.start({ ...TINY, iterations: 20 });
    await trainer.train({ validateEvery: 20 });
    const whole = digest(await trainer.checkpoint());

    await trainer.start({ ...TINY, iterations: 20 });
    await trainer.train({ iterations: 7, validateEvery: 1000 });
    const checkpoint = trainer.lastCheckpoint!;
    expect(digest(await trainer.checkpoint())).toBe(digest(checkpoint));
    await trainer.start({ ...TINY, recipe: { ...TINY.recipe, seed: 9 } });
    const info = await trainer.restore({ checkpoint, data: new TextEncoder().encode(TEXT), iterations: 20 });
    expect(info.run?.iteration).toBe(7);
    expect(trainer.lastCheckpoint).toBe(checkpoint);
    await trainer.train({ validateEvery: 20 });
    expect(digest(await trainer.checkpoint())).not.toBe(digest(checkpoint));
    expect((await trainer.checkpoint()).length).toBeGreaterThan(0);
    const weights = digest(await trainer.model());
    await trainer.start({ ...TINY, iterations: 20 });
    await trainer.train({ validateEvery: 20 });
    expect(digest(await trainer.checkpoint())).toBe(whole);
    expect(digest(await trainer.model())).toBe(weights);
    await expectRejection(trainer.restore({ checkpoint, data: `${TEXT}!` }), "ERR_DATA", "not those");

    await trainer.start({ ...TINY, recipe: { ...TINY.recipe, lr: 1e-30, earlyStop: 2 } });
    expect((await trainer.train({ iterations: 1000, validateEvery: 1 })).stopped).toBe("early");
  });

  it("pauses, answers meanwhile with the last weights, continues and stops", async () => {
    await trainer.start(TINY);
    const controller = new AbortController();
    let steps = 0;
    const done = trainer.train({
      iterations: 1e9,
      validateEvery: 1e9,
      signal: controller.signal,
      onStep: () => steps++,
    });
    done.catch(() => {});
    while (steps < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await trainer.pause();
    const first = await trainer.generate({ length: 9 });
    const file = digest(await trainer.model());
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(await trainer.generate({ length: 9 })).toBe(first);
    expect(digest(await trainer.model()), "nothing moves in a pause").toBe(file);
    await expectRejection(trainer.start(TINY), "ERR_STATE", "train is still running");
    const refused = new AbortController();
    const { signal } = refused;
    const calls = [trainer.start({ ...TINY, signal }), trainer.train({ signal })];
    refused.abort();
    for (const call of calls) await expectRejection(call, "ERR_STATE", "train is still running");
    expect((await trainer.evaluate({ data: TEXT })).loss).toBeGreaterThan(0);
    await trainer.resume();
    const heard = steps;
    while (steps < heard + 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await trainer.pause();
    controller.abort();
    await expectRejection(done, "ERR_ABORTED", /stopped after iteration \d+/);
    expect(trainer.lastCheckpoint).toBeDefined();
    const result = await trainer.train({ iterations: 1 });
    expect(result.iterations).toBeGreaterThan(1);
  });

  it("reports its progress at most ten times a second", async () => {
    await trainer.start(TINY);
    const started = performance.now();
    const times: number[] = [];
    const controller = new AbortController();
    const done = trainer.train({
      iterations: 1e9,
      validateEvery: 1e9,
      signal: controller.signal,
      onStep: ({ iteration }) => times.push(iteration) === 4 && controller.abort(),
    });
    await expectRejection(done, "ERR_ABORTED", "stopped");
    expect(performance.now() - started).toBeGreaterThan(300);
    expect(times[3]).toBeGreaterThan(times[0]!);
  });

  it("reports the last step of a run before its end", async () => {
    await trainer.start(TINY);
    const steps: number[] = [];
    const { iterations } = await trainer.train({
      iterations: 9,
      onStep: ({ iteration }) => steps.push(iteration),
    });
    expect(steps.at(-1)).toBe(iterations);
    expect(new Set(steps).size, "each once").toBe(steps.length);
  });

  it("ends with the error that a callback or the store throws", async () => {
    await trainer.start(TINY);
    const thrown = (name: string) => () => {
      throw new RangeError(name);
    };
    const request = { iterations: 1e9, validateEvery: 3 };
    for (const hear of [
      { onStep: thrown("a page") }, // the first: before anything was saved
      { onValidation: thrown("a page") },
      { store: { saveModel: thrown("a page"), saveCheckpoint: async () => {} } },
    ]) {
      const error = await trainer.train({ ...request, ...hear }).catch((reason) => reason);
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toBe("a page");
      expect(trainer.lastCheckpoint, "the iterations before are not lost").toBeDefined();
    }
    const store = { saveModel: async () => {}, saveCheckpoint: thrown("no room") };
    const before = trainer.lastCheckpoint;
    await expect(trainer.train({ ...request, store })).rejects.toThrow("no room");
    expect(trainer.lastCheckpoint, "that which could not be saved").not.toBe(before);
    await trainer.start(TINY);
    expect(trainer.lastCheckpoint, "of another run").toBeUndefined();
    expect((await trainer.generate({ length: 3 })).length).toBe(3);
  });

  it("refuses invalid calls, and keeps the model before them", async () => {
    await expectRejection(trainer.generate(), "ERR_STATE", "call start, restore or load first");
    await expectRejection(trainer.start({ ...TINY, data: "too little" }), "ERR_DATA", "10 symbols");
    await expectRejection(trainer.start({ ...TINY, data: "" }), "ERR_DATA", "empty");
    await expectRejection(
      trainer.start({ ...TINY, data: 7 as never }),
      "ERR_VALUE",
      "expected a string, a Blob",
    );
    await expectRejection(trainer.start({ ...TINY, task: "juggling" as never }), "ERR_VALUE", "juggling");
    await expectRejection(trainer.start({ ...TINY, spec: { hiden: 3 } as object }), "ERR_VALUE", "hiden");
    await expectRejection(trainer.load(new Uint8Array(9)), "ERR_FORMAT", /./);
    await expectRejection(trainer.restore({ data: TEXT, checkpoint: new Uint8Array(9) }), "ERR_FORMAT", /./);
    await trainer.start(TINY);
    await expectRejection(trainer.start({ ...TINY, recipe: { seed: -1 } }), "ERR_VALUE", "seed");
    await expectRejection(trainer.predict("word" as never), "ERR_VALUE", "inputs are string");
    await expectRejection(trainer.generate({ prompt: "€" }), "ERR_DATA", "€");
    expect(await trainer.generate({ length: 3 }), "the model before it is still there").toHaveLength(3);
    await expectRejection(
      trainer.start(null as never),
      "ERR_VALUE",
      "start: options are null, expected an object",
    );
  });

  it("refuses options of other tasks, by name", async () => {
    const data = Array.from({ length: 20 }, (_, i) => `red cow\t${"xy"[i % 2]}\n`).join("");
    const start = { task: "classifier", data, spec: { hidden: 4 }, recipe: { batch: 4 } } as const;
    const refused = (promise: Promise<unknown>, message: string) =>
      expectRejection(promise, "ERR_VALUE", message);
    await refused(
      trainer.start({ ...start, vocabulary: 9 } as never),
      "data of task classifier: unknown option vocabulary; expected level, tokens, minCount, multiLabel, labelFirst, format",
    );
    await refused(trainer.start({ ...start, horizon: 3 } as never), "start: unknown option horizon");
    await refused(
      trainer.start({ ...start, task: "tagger", level: "word" } as never),
      "data of task tagger: unknown option level; expected tokens, minCount, multiLabel, format, header, tokenColumn, tagColumn",
    );
    await trainer.start(start);
    await refused(trainer.evaluate({ data, beam: 4 }), "evaluate of task classifier: unknown option beam");
    await refused(
      trainer.predict({ data, tagColumn: 2 }),
      "inputs of task classifier: unknown option tagColumn",
    );
    await refused(trainer.predict(["red"], { beam: 4 }), "predict: unknown option beam");
    await trainer.start(TINY);
    await refused(
      trainer.evaluate({ data: TEXT, beam: 4 }),
      "evaluate of task language-model: unknown option beam; expected streams",
    );
  });

  it("starts a tagger from a complete spec, whose level is not an option", async () => {
    const data = Array.from({ length: 20 }, (_, i) => `red\tx\ncow\t${"yz"[i % 2]}\n\n`).join("");
    const spec = { ...defaultTaggerSpec(), hidden: 4, embedding: 3, characters: 0 };
    const { run } = await trainer.start({ task: "tagger", data, spec, recipe: { batch: 4 } });
    expect(run!.iteration).toBe(0);
  });

  it("predicts from a list, or from data like the training data", async () => {
    const data = Array.from({ length: 20 }, (_, i) => `${["red", "blue"][i % 2]} cow\t${"xy"[i % 2]}\n`).join(
      "",
    );
    const spec = { hidden: 4, embedding: 3 };
    await trainer.start({ task: "classifier", data, spec, recipe: { batch: 4 } });
    const [blue, red] = await trainer.predict(["blue cow", "red"]);
    expect([blue, red]).toMatchObject([{ label: expect.any(String) }, { label: expect.any(String) }]);
    const expected = [blue, { label: "", probability: 0, probabilities: {} }, red];
    const bytes = new TextEncoder().encode("x\tblue cow\n\ny\tred\n");
    expect(await trainer.predict({ data: new Blob([bytes]), labelFirst: true })).toEqual(expected);
    expect(await trainer.predict({ data: bytes, labelFirst: true })).toEqual(expected);
    expect(bytes.length, "bytes are moved").toBe(place === "worker" ? 0 : 18);
    const { buffer } = new TextEncoder().encode("x\tblue cow\n\ny\tred\n");
    expect(await trainer.predict({ data: buffer, labelFirst: true })).toEqual(expected);
    expect(buffer.byteLength, "a buffer is moved").toBe(place === "worker" ? 0 : 18);
    const parts = ["x\tblue cow", "y\tred"].map((text) => new TextEncoder().encode(text));
    expect(await trainer.predict({ data: parts, labelFirst: true }), "several texts").toEqual([blue, red]);
    expect(parts[1]!.length, "all bytes are moved").toBe(place === "worker" ? 0 : 5);
    const files = [new File(["blue cow"], "a.txt"), new File(['{"text":"red"}'], "b.jsonl")];
    expect(await trainer.predict({ data: files }), "own formats").toEqual([blue, red]);
    const lines = new File(['{"text":"blue cow"}\n{"text":"red"}\n'], "lines.jsonl");
    expect(await trainer.predict({ data: lines, format: "jsonl" })).toEqual([blue, red]);
    const wrong = new File(["no tab\n"], "wrong.tsv");
    await expectRejection(trainer.evaluate({ data: wrong }), "ERR_DATA", "wrong.tsv, line 1");
    await expectRejection(
      trainer.start({ task: "classifier", data, validation: wrong }),
      "ERR_DATA",
      "wrong.tsv",
    );
    expect(await trainer.predict({ data: " \n" }), "a blank line").toMatchObject([{ label: "" }]);
    await expectRejection(trainer.predict({} as never), "ERR_VALUE", "expected a string, a Blob");
    await expectRejection(trainer.predict(null as never), "ERR_VALUE", "expected an array");
    const table = `a,b\n${Array.from({ length: 90 }, (_, i) => `${i % 7},${i % 3}\n`).join("")}`;
    await trainer.start({
      task: "forecaster",
      data: table,
      spec: { hidden: 4 },
      recipe: { batch: 2, seq: 3 },
    });
    const rows = [
      [1, 2],
      [2, 1],
    ];
    const source = { data: "b,other,a\n2,x,1\n1,x,2\n" };
    expect(await trainer.predict(source, { steps: 3 })).toEqual(await trainer.predict(rows, { steps: 3 }));
  });

  it("transcribes vectors, from a list or from data", async () => {
    const line = (i: number, text?: string) =>
      `${JSON.stringify({
        vectors: [
          [i, 1],
          [2, i % 3],
          [0, 1],
        ],
        text,
      })}\n`;
    const data = Array.from({ length: 40 }, (_, i) => line(i, "xy"[i % 2])).join("");
    await trainer.start({ task: "transcriber", data, format: "jsonl", spec: { hidden: 4 }, iterations: 2 });
    await trainer.train();
    const options = { beam: 3 };
    const [first] = await trainer.predict(
      [
        [
          [3, 1],
          [2, 0],
          [0, 1],
        ],
      ],
      options,
    );
    expect(first).toEqual({ text: expect.any(String), logProbability: expect.any(Number) });
    expect(await trainer.predict({ data: `${line(3)}\n` }, options)).toEqual([
      first,
      { text: "", logProbability: 0 },
    ]);
    expect(await trainer.evaluate({ data, beam: 2 })).toMatchObject({
      cer: expect.any(Number),
      sequences: 40,
    });
  });

  it("trains as far as requested, also not at all, and not past the end of its schedule", async () => {
    await trainer.start({ ...TINY, iterations: 9 });
    expect((await trainer.train({ iterations: 0 })).iterations).toBe(0);
    await expectRejection(trainer.train({ iterations: Number.NaN }), "ERR_VALUE", "iterations is NaN");
    await expectRejection(trainer.start({ ...TINY, iterations: -1 }), "ERR_VALUE", "iterations is -1");
    expect((await trainer.train()).iterations, "the run before it is still there").toBe(9);

    const falling = { ...TINY, recipe: { ...TINY.recipe, schedule: "cosine" as const } };
    await trainer.start({ ...falling, iterations: 5 });
    await trainer.train({ iterations: 3 });
    await expectRejection(trainer.train({ iterations: 6 }), "ERR_VALUE", "ends at iteration 5");
    const checkpoint = await trainer.checkpoint();
    expect((await trainer.restore({ checkpoint, data: TEXT })).run!.iterations).toBe(5);
    expect((await trainer.train()).iterations).toBe(5);
  });

  it("can be cancelled while it starts, and starts again", async () => {
    const controller = new AbortController();
    const start = trainer.start({ ...TINY, signal: controller.signal });
    controller.abort();
    await expectRejection(start, "ERR_ABORTED", "cancelled");
    await expectRejection(
      trainer.start({ ...TINY, signal: controller.signal }),
      "ERR_ABORTED",
      "before the call",
    );
    await trainer.start(TINY);
    expect((await trainer.train({ iterations: 2 })).iterations).toBe(2);
  });

  it("is ended by release: pending and later calls are rejected", async () => {
    await trainer.start(TINY);
    const { done } = await beginTraining(trainer);
    const text = trainer.generate();
    text.catch(() => {});
    trainer.release();
    for (const call of [done, text, trainer.pause(), trainer.start(TINY)]) {
      await expectRejection(call, "ERR_DISPOSED", "released");
    }
  });
});

it("does not predict with another model than the one that the data were read for", async () => {
  const trainer = await connect({ variant: "strict", worker: false });
  const data = Array.from({ length: 20 }, (_, i) => `red cow\t${"xy"[i % 2]}\n`).join("");
  await trainer.start({ task: "classifier", data, spec: { hidden: 4 }, recipe: { batch: 4 } });
  let read = () => {};
  const given = new Promise<void>((resolve) => {
    read = resolve;
  });
  class Slow extends Blob {
    override slice(): Blob {
      const arrayBuffer = () => given.then(() => new TextEncoder().encode("red").buffer);
      return Object.assign(new Blob(), { arrayBuffer });
    }
  }
  const late = trainer.predict({ data: new Slow(["red"]) });
  late.catch(() => {});
  await trainer.start(TINY);
  read();
  await expectRejection(late, "ERR_STATE", "the model was replaced");
  trainer.release();
});
