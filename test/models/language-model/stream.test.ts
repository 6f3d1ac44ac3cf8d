import { expect, it } from "vitest";
import { UNKNOWN_SYMBOL } from "../../../src/data/vocabulary.ts";
import { Random } from "../../../src/runtime/random.ts";
import { expectClose } from "../../close.ts";
import { describeRuntimes, expectError } from "../../runtimes.ts";
import { CELLS, fixedModel, smallModel } from "./model.ts";

const variants = CELLS.flatMap((cell) => [0, 3].map((embedding) => ({ cell, embedding })));
const argmax = (values: Float32Array) => values.indexOf(Math.max(...values));

describeRuntimes("streaming", (rt) => {
  it.each(variants)("$cell, embedding $embedding: reads as forward does", (spec) => {
    const model = smallModel(rt(), spec).train(false);
    const V = model.vocabulary.size;
    const ids = model.vocabulary.encode("abacadabfe\nbe");
    const { logits } = model.forward(rt().tensor(ids, [ids.length, 1]));
    const stream = model.pack().stream();
    ids.forEach((id, t) => {
      stream.feed(id);
      expectClose(stream.logits(), logits.data.subarray(t * V, (t + 1) * V), [1, 0], `step ${t}`);
    });
  });

  it.each(variants)("$cell, embedding $embedding: generates what forward finds most probable", (spec) => {
    const model = smallModel(rt(), spec).train(false);
    for (const { data } of Object.values(model.parameters())) data.set(data.map((x) => 20 * x));
    const text = [...model.pack().generate({ prompt: "bad", length: 30, temperature: 0 })].join("");
    let read = "bad";
    for (let i = 0; i < 30; i++) {
      const ids = model.vocabulary.encode(read);
      const { logits } = model.forward(rt().tensor(ids, [ids.length, 1]));
      const last = logits.data.slice(-model.vocabulary.size) as Float32Array;
      last[model.vocabulary.unknownId!] = Number.NEGATIVE_INFINITY;
      read += model.vocabulary.symbols[argmax(last)];
    }
    expect(`bad${text}`).toBe(read);
  });

  it("refuses what is not the id of a symbol, and stays as it was", () => {
    const model = smallModel(rt(), { lines: true });
    const stream = model.pack().stream();
    stream.feed(1);
    const before = [stream.state, stream.logits()];
    const { size } = model.vocabulary;
    for (const id of [
      Number.NaN,
      "1",
      undefined,
      null,
      0.5,
      Infinity,
      {},
      [2],
      2 ** 32,
      -1,
      size,
      true,
      1n,
    ]) {
      expectError(() => stream.feed(id as never), "ERR_VALUE", `expected 0 to ${size - 1}`);
    }
    expect([stream.state, stream.logits()]).toEqual(before);
  });

  it("of a model of lines begins again at every newline, and a prompt after one", () => {
    const logits = (lines: boolean, text: string) => {
      const model = smallModel(rt(), { lines });
      model.loadStateDict(weights);
      const stream = model.pack().stream();
      for (const token of model.vocabulary.encode(text)) stream.feed(token);
      return stream.logits();
    };
    const weights = smallModel(rt()).stateDict();
    for (const text of ["cde\nab", "\n\nab"]) {
      expect(logits(true, text)).toEqual(logits(false, "\nab"));
      expect(logits(false, text)).not.toEqual(logits(false, "\nab"));
    }
    const packed = smallModel(rt(), { lines: true }).pack();
    const write = (prompt: string) => [...packed.generate({ prompt, length: 40, seed: 3 })].join("");
    expect(write("ab")).toBe(write("f\nab"));
    expect(write("")).toBe(write("ab\n"));
  });

  it("begins as after a new line if there is no prompt", () => {
    const packed = smallModel(rt()).pack();
    const write = (prompt?: string) =>
      [...packed.generate({ ...(prompt && { prompt }), length: 20 })].join("");
    expect(write()).toBe(write("\n"));
  });

  it("writes without a prompt if the vocabulary has no new line", () => {
    expect([...fixedModel(rt(), { a: 0, b: 0 }).pack().generate({ length: 9 })]).toHaveLength(9);
    expect([
      ...fixedModel(rt(), { [UNKNOWN_SYMBOL]: 0, b: 0 })
        .pack()
        .generate({ length: 2 }),
    ]).toEqual(["b", "b"]);
  });

  it("keeps many streams of one model apart", () => {
    const packed = smallModel(rt()).pack();
    const [a, b] = [packed.generate({ seed: 1 }), packed.generate({ seed: 2 })];
    const together = Array.from({ length: 30 }, () => [a.next().value, b.next().value]);
    const alone = (seed: number) => [...packed.generate({ seed, length: 30 })];
    expect(together.map(([x]) => x)).toEqual(alone(1));
    expect(together.map(([, y]) => y)).toEqual(alone(2));
    expect(alone(1)).not.toEqual(alone(2));
  });

  it("is not reached by training after the packing", () => {
    const model = smallModel(rt());
    const packed = model.pack();
    const before = [...packed.generate({ length: 30 })];
    for (const { data } of Object.values(model.parameters())) data.fill(0.5);
    expect([...packed.generate({ length: 30 })]).toEqual(before);
  });

  it("goes back to a state: the same logits, also for the next draw", () => {
    const stream = smallModel(rt()).pack().stream();
    stream.feed(1);
    const { state } = stream;
    const logits = stream.logits();
    stream.feed(2);
    expect(stream.logits()).not.toEqual(logits);
    stream.state = state;
    expect(stream.logits()).toEqual(logits);
  });

  it("predicts from the zero state before the first symbol", () => {
    const model = fixedModel(rt(), { a: 1, b: 2, c: -1 });
    expect([...model.pack().stream().logits()]).toEqual([1, 2, -1]);
  });

  it("frees everything, once", () => {
    const model = smallModel(rt());
    const { used } = rt().memory;
    const packed = model.pack();
    [...packed.generate({ length: 3 })];
    const abandoned = packed.generate({ length: 3 });
    abandoned.next();
    abandoned.return();
    const stream = packed.stream();
    for (const it of [stream, stream, packed, packed]) it.dispose();
    expect(rt().memory.used).toBe(used);
    expectError(() => stream.logits(), "ERR_DISPOSED");
    expectError(() => stream.draw(new Random(1)), "ERR_DISPOSED");
    expectError(() => stream.feed(1), "ERR_DISPOSED");
  });

  it("allocates nothing in a step", () => {
    const stream = smallModel(rt(), { embedding: 3 }).pack().stream();
    const { used } = rt().memory;
    const random = new Random(1);
    for (let i = 0; i < 20; i++) stream.feed(stream.draw(random, { topK: 3, topP: 0.9 }));
    expect(rt().memory.used).toBe(used);
  });
});
