import { expect, it } from "vitest";
import { crossEntropy } from "../../src/autograd/cross-entropy.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import { random } from "../random.ts";
import { describeRuntimes, expectError } from "../runtimes.ts";

describeRuntimes("memory is given back once", (rt) => {
  const parts = {
    FeedForward: () => new nn.FeedForward(rt(), { inFeatures: 4, outFeatures: 4, hidden: [4] }),
    LayerNorm: () => new nn.LayerNorm(rt(), { numFeatures: 4 }),
    BatchNorm: () => new nn.BatchNorm(rt(), { numFeatures: 4 }),
    GRU: () => new nn.GRU(rt(), { inputSize: 4, hiddenSize: 4, norm: "layer", connections: "highway" }),
  };

  it.each(Object.keys(parts) as (keyof typeof parts)[])("%s: packed weights and streams", (name) => {
    const module = parts[name]();
    const packed = module.pack();
    const open = () => ("stream" in packed ? packed.stream() : undefined);
    const stream = open();
    const held = rt().memory.used;
    const other = open();
    other?.dispose();
    other?.dispose();
    expect(rt().memory.used).toBe(held);
    stream?.dispose();
    packed.dispose();
    // Blocks of the same sizes take the place of the packed weights.
    const next = Array.from({ length: 40 }, (_, i) => rt().tensor(new Float32Array(4 + i).fill(i), [4 + i]));
    const used = rt().memory.used;
    stream?.dispose();
    packed.dispose();
    expect(rt().memory.used).toBe(used);
    next.forEach((tensor, i) => {
      expect(tensor.toArray()).toEqual(new Float32Array(4 + i).fill(i));
    });
    if ("stream" in packed)
      expectError(open, "ERR_DISPOSED", "the packed network was disposed; make another");
    module.dispose();
    const rest = rt().memory.used;
    expectError(() => module.pack(), "ERR_DISPOSED");
    expect(rt().memory.used).toBe(rest);
  });

  it("a stream of a feed-forward network does not outlive its weights", () => {
    const packed = parts.FeedForward().pack();
    const [x, stream, other] = [rt().zeros([4]).ptr, packed.stream(), packed.stream()];
    other.dispose();
    expectError(() => other.run(x), "ERR_DISPOSED", "the stream was disposed; make another");
    packed.dispose();
    expectError(() => stream.run(x), "ERR_DISPOSED", "the packed network was disposed; make another");
    for (const batch of [0, 1.5, Number.NaN]) {
      expectError(() => parts.FeedForward().pack().stream(batch), "ERR_VALUE", `batch is ${batch}`);
    }
  });

  it("by a feed-forward network that does not fit", () => {
    const make = (hidden: unknown) => () =>
      new nn.FeedForward(rt(), { inFeatures: 4, outFeatures: 4, hidden: hidden as number[] });
    expectError(make([1e5, 1e5]), "ERR_MEMORY");
    for (const hidden of [5, null, {}, "64"]) expectError(make(hidden), "ERR_VALUE", "hidden is", "array");
    expect(rt().memory.used).toBe(0);
  });
});

describeRuntimes("memory stops growing", (rt) => {
  it("over 20,000 steps of a stream", () => {
    const stream = new nn.LSTM(rt(), { inputSize: 4, hiddenSize: 16, numLayers: 2 }).pack().stream();
    const x = random(1).array(4);
    stream.step(x);
    const before = rt().memory;
    let last = 0;
    for (let i = 0; i < 20_000; i++) last = stream.step(x)[0]!;
    expect(rt().memory).toEqual(before);
    expect(Number.isFinite(last)).toBe(true);
  });

  it("over 300 training steps with batches of every size", () => {
    const gru = new nn.GRU(rt(), {
      inputSize: 5,
      hiddenSize: 8,
      numLayers: 2,
      bidirectional: true,
      dropout: 0.2,
    });
    const head = new nn.Linear(rt(), { inFeatures: 16, outFeatures: 5 });
    const parameters = { ...gru.parameters(), weight: head.weight, bias: head.bias! };
    const optimizer = new optim.Adam(parameters);
    const step = (T: number, B: number) =>
      rt().scope(() => {
        const tokens = rt().tensor(random(T * 100 + B).integers(T * B, 5), [T, B]);
        const lengths = Array.from({ length: B }, (_, b) => 1 + ((b * 7) % T));
        const { output } = gru.forward(tokens, { lengths });
        optimizer.zeroGrad();
        crossEntropy(head.forward(output), tokens).backward();
        optim.clipGradNorm(parameters, 1);
        optimizer.step();
      });
    const sizes = (i: number) => [1 + ((i * 13) % 17), 1 + ((i * 7) % 11)] as const;
    for (let i = 0; i < 100; i++) step(...sizes(i));
    const before = rt().memory;
    for (let i = 100; i < 300; i++) step(...sizes(i));
    expect(rt().memory).toEqual(before);
  });
});
