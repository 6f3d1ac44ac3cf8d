import { describe, expect, it } from "vitest";
import * as nn from "../../src/nn/index.ts";
import { expectError, startRuntime } from "../runtimes.ts";

// A NaN would stay in the hidden state for ever. It is refused, and the states stay as they were.

const CELLS = [
  ["RNN", nn.RNN],
  ["GRU", nn.GRU],
  ["LSTM", nn.LSTM],
] as const;
const BAD = [Number.NaN, Number.POSITIVE_INFINITY, 1e39]; // the last one overflows float32

describe("numbers that are not finite", () => {
  it.each(CELLS)("%s: a step refuses them and keeps its state", async (_, Network) => {
    const rt = await startRuntime();
    const network = new Network(rt, { inputSize: 3, hiddenSize: 5, numLayers: 2 });
    const stream = network.pack().stream({ batch: 2 });
    const good = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
    stream.step(good);
    const before = stream.state;
    for (const bad of BAD) {
      for (const at of [0, 5]) expectError(() => stream.step(good.with(at, bad)), "ERR_NAN", /step: x/);
      expect(stream.state).toEqual(before);
      const h = before.h.slice();
      h[h.length - 1] = bad;
      expectError(() => Object.assign(stream, { state: { ...before, h } }), "ERR_NAN", /state/);
      expect(stream.state).toEqual(before);
    }
    expect(stream.step(good).every(Number.isFinite)).toBe(true);
  });

  it.each(CELLS)("%s: forward refuses them within the lengths", async (_, Network) => {
    const rt = await startRuntime();
    const network = new Network(rt, { inputSize: 3, hiddenSize: 5 });
    const [T, B, I] = [4, 2, 3];
    const lengths = [2, 4];
    for (const bad of BAD) {
      for (let at = 0; at < T * B * I; at++) {
        const x = rt.tensor(
          Float32Array.from({ length: T * B * I }, (_, i) => (i === at ? bad : 0.5)),
          [T, B, I],
        );
        const [step, sequence] = [Math.floor(at / (B * I)), Math.floor(at / I) % B];
        const padding = step >= lengths[sequence]!;
        if (padding)
          expect(network.forward(x, { lengths }).output.toArray().every(Number.isFinite)).toBe(true);
        else expectError(() => network.forward(x, { lengths }), "ERR_NAN", /forward: x is/);
        expectError(() => network.forward(x), "ERR_NAN", /forward: x is/);
      }
      const x = rt.zeros([T, B, I]);
      const h0 = rt.tensor(
        Float32Array.from({ length: 10 }, (_, i) => (i === 7 ? bad : 0)),
        [1, 2, 5],
      );
      expectError(() => network.forward(x, { h0 }), "ERR_NAN", /forward: h0 is/);
    }
  });

  it("loadStateDict refuses them, strings and other kinds of arrays, and changes nothing", async () => {
    const rt = await startRuntime();
    const layer = new nn.Linear(rt, { inFeatures: 2, outFeatures: 1 });
    const before = layer.stateDict();
    const load = (data: unknown) => () =>
      layer.loadStateDict({ ...before, bias: { shape: [1], data: data as Float32Array } });
    for (const data of [
      Float32Array.of(Number.NaN),
      Float32Array.of(Number.POSITIVE_INFINITY),
      ["1"],
      [1],
      Int32Array.of(1),
      Float64Array.of(1),
      "1",
    ]) {
      expectError(load(data), "ERR_VALUE", /bias: expected finite numbers, Float32Array/);
      expect(layer.stateDict()).toEqual(before);
    }
    expect(load(Float32Array.of(1))).not.toThrow();
  });
});
