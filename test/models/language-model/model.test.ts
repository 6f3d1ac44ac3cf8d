import { describe, expect, it } from "vitest";
import { LanguageModel } from "../../../src/models/language-model/model.ts";
import { measure } from "../../../src/runtime/meta.ts";
import { expectClose } from "../../close.ts";
import { describeRuntimes, expectError, startRuntime } from "../../runtimes.ts";
import { CELLS, smallModel } from "./model.ts";

const bytesOf = (model: ReturnType<typeof smallModel>) =>
  Object.values(model.stateDict()).map(({ data }) => Array.from(data));

describeRuntimes("a new language model", (rt) => {
  it.each(CELLS)("%s: weights are uniform in +-0.08", (cell) => {
    const model = smallModel(rt(), { cell, hidden: 40, embedding: 20 });
    for (const [name, { data, size }] of Object.entries(model.parameters())) {
      const values = Array.from(data).filter((value) => value !== 1);
      expect(Math.max(...values.map(Math.abs)), name).toBeLessThanOrEqual(0.08);
      expect(new Set(values).size, `${name} is not constant`).toBeGreaterThan(values.length / 2);
      // Mean and deviation of the uniform distribution, within five standard errors.
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
      const variance = 0.16 ** 2 / 12;
      expect(Math.abs(mean), name).toBeLessThan(5 * Math.sqrt(variance / size));
      expect(Math.abs(square / variance - 1), name).toBeLessThan(5 / Math.sqrt(values.length));
    }
  });

  it("has forget gates that begin open: input bias 1 there, and only there", () => {
    const H = 5;
    for (const cell of CELLS) {
      const parameters = smallModel(rt(), { cell, hidden: H }).parameters();
      for (const [name, { data }] of Object.entries(parameters)) {
        const ones = Array.from(data.keys()).filter((i) => data[i] === 1);
        const expected = cell === "lstm" && name.includes("bias_ih") ? [5, 6, 7, 8, 9] : [];
        expect(ones, `${cell} ${name}`).toEqual(expected);
      }
    }
  });
});

describeRuntimes("a language model", (rt) => {
  it.each(CELLS)("%s: an embedding of unit vectors is the same as none", (cell) => {
    const oneHot = smallModel(rt(), { cell });
    const V = oneHot.vocabulary.size;
    const embedded = smallModel(rt(), { cell, embedding: V });
    const identity = Float32Array.from({ length: V * V }, (_, i) => (i % (V + 1) === 0 ? 1 : 0));
    embedded.loadStateDict({
      ...oneHot.stateDict(),
      "embedding.weight": { shape: [V, V], data: identity },
    });
    const tokens = rt().tensor(Int32Array.from([0, 3, 1, 2, 5, 4, 6, 7]), [4, 2]);
    const [a, b] = [oneHot, embedded].map((model) => model.forward(tokens).logits);
    expect(a!.shape).toEqual([4, 2, V]);
    expectClose(b!.data, a!.data);
  });

  it.each(CELLS)("%s: two halves with the state in between equal the whole", (cell) => {
    const model = smallModel(rt(), { cell, embedding: 3 });
    const ids = Int32Array.from([0, 3, 1, 2, 5, 4, 6, 7]);
    const whole = model.forward(rt().tensor(ids, [4, 2]));
    const first = model.forward(rt().tensor(ids.subarray(0, 4), [2, 2]));
    const second = model.forward(rt().tensor(ids.subarray(4), [2, 2]), first.state);
    expect([...first.logits.data, ...second.logits.data]).toEqual([...whole.logits.data]);
    expect(second.state.h.toArray()).toEqual(whole.state.h.toArray());
    expect(second.state.c?.toArray()).toEqual(whole.state.c?.toArray());
  });

  it("drops outputs of every layer in training, of none otherwise", () => {
    const model = smallModel(rt(), { layers: 1, dropout: 0.5, hidden: 32 });
    const tokens = rt().tensor(Int32Array.from([0, 1, 2, 3]), [4, 1]);
    const logits = () => model.forward(tokens).logits.toArray();
    expect(logits()).not.toEqual(logits());
    model.train(false);
    expect(logits()).toEqual(logits());
  });

  it("reads sequences of different length as if each were alone: losses, states and gradients", () => {
    const model = smallModel(rt(), { embedding: 3 }).train(false);
    const lines = ["abcde\n", "fa\n", "bcd\n"].map((line) => model.vocabulary.encode(line));
    const [T, B] = [5, 3];
    const place = (shift: number, padding: number) =>
      Int32Array.from({ length: T * B }, (_, i) => lines[i % B]!.slice(shift)[Math.floor(i / B)] ?? padding);
    const lengths = lines.map((line) => line.length - 1);
    // Targets leave out the padding of the inputs; the last symbol of a line is only a target.
    const targets = place(1, -100);
    const inputs = place(0, 4);
    const { loss } = model.loss({ steps: T, inputs, targets, lengths });
    loss.backward();
    const { state } = model.forward(rt().tensor(inputs, [T, B]), undefined, lengths);
    const together = Object.values(model.parameters()).map(({ grad }) => grad!.toArray());
    for (const { grad } of Object.values(model.parameters())) grad!.data.fill(0);
    const all = lengths.reduce((sum, length) => sum + length);
    let mean = 0;
    lines.forEach((line, b) => {
      const steps = lengths[b]!;
      const own = model.loss({ steps, inputs: line.slice(0, -1), targets: line.slice(1) });
      own.loss.backward(rt().tensor([lengths[b]! / all], []));
      mean += (own.loss.item() * lengths[b]!) / all;
      for (const part of ["h", "c"] as const) {
        for (const layer of [0, 1]) {
          const found = state[part]!.data.subarray((layer * B + b) * 5, (layer * B + b + 1) * 5);
          expectClose(
            found,
            own.state![part]!.data.subarray(layer * 5, layer * 5 + 5),
            [1, 0],
            `${part} ${layer} ${b}`,
          );
        }
      }
    });
    expect(loss.item()).toBeCloseTo(mean, 6);
    Object.entries(model.parameters()).forEach(([name, { grad }], i) => {
      expectClose(together[i]!, grad!.data, [1, 0], name);
    });
  });

  it("names the token that its vocabulary does not have", () => {
    const model = smallModel(rt());
    expectError(() => model.forward(rt().tensor(Int32Array.from([8]), [1, 1])), "ERR_VALUE", "8");
  });
});

describe("seeds and sizes", () => {
  it("makes the same weights from the same seed, others from another", async () => {
    const [a, b, c] = await Promise.all([1, 1, 2].map((seed) => startRuntime("strict", seed)));
    expect(bytesOf(smallModel(a!))).toEqual(bytesOf(smallModel(b!)));
    expect(bytesOf(smallModel(a!))).not.toEqual(bytesOf(smallModel(c!)));
  });

  it.each(CELLS)("%s: counts the parameters without making them", async (cell) => {
    const rt = await startRuntime();
    for (const layers of [1, 3]) {
      for (const embedding of [0, 4]) {
        const model = smallModel(rt, { cell, layers, embedding });
        const sizes = Object.values(model.parameters()).map(({ size }) => size);
        const count = measure((meta) => LanguageModel.build(meta, model.spec, model.tables));
        expect(count).toBe(sizes.reduce((sum, size) => sum + size));
      }
    }
  });
});
