import { expect, it } from "vitest";
import { crossEntropy } from "../../src/autograd/cross-entropy.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import { random } from "../random.ts";
import { describeRuntimes } from "../runtimes.ts";

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
