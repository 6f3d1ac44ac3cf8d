import { expect, it } from "vitest";
import * as nn from "../../src/nn/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { describeRuntimes, expectError, startRuntime } from "../runtimes.ts";

class Tagger extends nn.Module {
  readonly embedding: nn.Embedding;
  readonly lstm: nn.LSTM;
  readonly head: nn.Linear;

  constructor(rt: Runtime) {
    super(rt);
    this.embedding = this.child(
      "embedding",
      new nn.Embedding(rt, { numEmbeddings: 5, embeddingDim: 3, paddingIdx: 1 }),
    );
    this.lstm = this.child("lstm", new nn.LSTM(rt, { inputSize: 3, hiddenSize: 2, bidirectional: true }));
    this.head = this.child("head", new nn.Linear(rt, { inFeatures: 4, outFeatures: 2 }));
  }
}

describeRuntimes("modules", (rt, variant) => {
  it("have PyTorch's names and shapes", () => {
    const shapes = (module: nn.Module) =>
      Object.fromEntries(Object.entries(module.stateDict()).map(([name, { shape }]) => [name, shape]));
    expect(shapes(new nn.GRU(rt(), { inputSize: 3, hiddenSize: 2, numLayers: 2, bias: false }))).toEqual({
      weight_ih_l0: [6, 3],
      weight_hh_l0: [6, 2],
      weight_ih_l1: [6, 2],
      weight_hh_l1: [6, 2],
    });
    expect(shapes(new Tagger(rt()))).toEqual({
      "embedding.weight": [5, 3],
      "lstm.weight_ih_l0": [8, 3],
      "lstm.weight_hh_l0": [8, 2],
      "lstm.bias_ih_l0": [8],
      "lstm.bias_hh_l0": [8],
      "lstm.weight_ih_l0_reverse": [8, 3],
      "lstm.weight_hh_l0_reverse": [8, 2],
      "lstm.bias_ih_l0_reverse": [8],
      "lstm.bias_hh_l0_reverse": [8],
      "head.weight": [2, 4],
      "head.bias": [2],
    });
  });

  it("begin with PyTorch's bounds, no two tensors alike", () => {
    const { lstm, head, embedding } = new Tagger(rt());
    const bounded = (values: ArrayLike<number>, bound: number) =>
      expect(Array.from(values).every((value) => Math.abs(value) <= bound)).toBe(true);
    for (const { data } of Object.values(lstm.parameters())) bounded(data, Math.SQRT1_2);
    bounded(head.weight.data, 0.5);
    expect([...embedding.weight.toArray().slice(3, 6)], "the padding row").toEqual([0, 0, 0]);
    const firsts = Object.values(new Tagger(rt()).stateDict()).map(({ data }) => data[0]);
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it("give and take state dictionaries, also across runtimes", async () => {
    const [a, b] = [new Tagger(rt()), new Tagger(await startRuntime(variant, 9))];
    const state = a.stateDict();
    b.loadStateDict(state);
    expect(b.stateDict()).toEqual(state);
    a.head.bias!.data.fill(7);
    expect(state["head.bias"]!.data[0], "a copy").not.toBe(7);
    b.head.bias!.data.fill(8);
    expect(a.head.bias!.data[0]).toBe(7);
  });

  it("stay as they are when a state dictionary does not fit", () => {
    const module = new Tagger(rt());
    const before = module.stateDict();
    const other = () =>
      Object.fromEntries(
        Object.entries(module.stateDict()).map(([name, t]) => [name, { ...t, data: t.data.map(() => 5) }]),
      );
    const { "head.bias": _, ...missing } = other();
    expectError(() => module.loadStateDict(missing), "ERR_FORMAT", "head.bias is missing");
    const extra = { ...other(), "head.gain": { shape: [1], data: new Float32Array(1) } };
    expectError(() => module.loadStateDict(extra), "ERR_FORMAT", "head.gain is unknown");
    const wrong = { ...other(), "head.bias": { shape: [1, 2], data: new Float32Array(2) } };
    expectError(() => module.loadStateDict(wrong), "ERR_SHAPE", "head.bias is [1,2]", "expected [2]");
    const short = { ...other(), "head.bias": { shape: [2], data: new Float32Array(1) } };
    expectError(() => module.loadStateDict(short), "ERR_SHAPE", "with 1 element,");
    const nothing = { ...other(), "head.bias": null as never };
    expectError(() => module.loadStateDict(nothing), "ERR_FORMAT", "head.bias is missing");
    expectError(() => module.loadStateDict(null as never), "ERR_VALUE", "loadStateDict");
    expect(module.stateDict()).toEqual(before);
  });

  it("switch between training and inference with all their parts", () => {
    const module = new Tagger(rt());
    expect(module.train(false)).toBe(module);
    expect([module.training, module.lstm.training, module.head.training]).toEqual([false, false, false]);
    module.train();
    expect([module.training, module.lstm.training]).toEqual([true, true]);
  });

  it("give back their memory", () => {
    const { used } = rt().memory;
    const module = new Tagger(rt());
    expect(rt().memory.used).toBeGreaterThan(used);
    module.dispose();
    module.dispose();
    expect(rt().memory.used).toBe(used);
    expectError(() => module.stateDict(), "ERR_DISPOSED");
  });
});

it("are named in messages if the code is minified, too", async () => {
  const minified: typeof import("../../src/index.ts") = await import(
    new URL("../../dist/index.js", import.meta.url).href
  );
  const rt = await minified.createRuntime();
  for (const name of ["RNN", "GRU", "LSTM"] as const) {
    const options = { inputSize: 2, hiddenSize: 0 };
    expect(() => new minified.nn[name](rt, options)).toThrow(`${name}: hiddenSize is 0`);
    const network = new minified.nn[name](rt, { ...options, hiddenSize: 3 });
    expect(() => network.forward(rt.zeros([1, 1, 1]))).toThrow(`${name}.forward: x is float32 [1,1,1]`);
  }
  for (const name of ["LayerNorm", "BatchNorm"] as const) {
    expect(() => new minified.nn[name](rt, { numFeatures: 0 })).toThrow(`${name}: numFeatures is 0`);
    const norm = new minified.nn[name](rt, { numFeatures: 2 });
    expect(() => norm.forward(rt.zeros([3, 3]))).toThrow(`${name}.forward: x is [3,3]`);
  }
  rt.dispose();
});
