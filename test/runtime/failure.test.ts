import { afterEach, expect, it, vi } from "vitest";
import { batchNorm } from "../../src/autograd/batch-norm.ts";
import { crossEntropy } from "../../src/autograd/cross-entropy.ts";
import { mean } from "../../src/autograd/elementwise.ts";
import { embedding } from "../../src/autograd/embedding.ts";
import { linear } from "../../src/autograd/linear.ts";
import { gatherRows } from "../../src/autograd/shape.ts";
import { UnrolledError } from "../../src/errors.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import { Heap } from "../../src/runtime/heap.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { describeRuntimes, expectError } from "../runtimes.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** Everything that allocates more than one block, with operands made beforehand. */
const WORK: Record<string, (rt: Runtime) => () => unknown> = {
  "an LSTM": (rt) => () => new nn.LSTM(rt, { inputSize: 3, hiddenSize: 4, numLayers: 2 }),
  "a Linear": (rt) => () => new nn.Linear(rt, { inFeatures: 3, outFeatures: 4 }),
  "a BatchNorm": (rt) => () => new nn.BatchNorm(rt, { numFeatures: 4 }),
  batchNorm: (rt) => {
    const x = rt.zeros([4, 3], { requiresGrad: true });
    return () => batchNorm(x, { training: true });
  },
  "an Embedding": (rt) => () => new nn.Embedding(rt, { numEmbeddings: 3, embeddingDim: 4 }),
  "an optimiser": (rt) => {
    const lstm = new nn.LSTM(rt, { inputSize: 3, hiddenSize: 4 });
    return () => new optim.Adam(lstm.parameters(), { amsgrad: true });
  },
  "packed weights": (rt) => {
    const gru = new nn.GRU(rt, { inputSize: 3, hiddenSize: 4, numLayers: 2, resetAfter: false });
    return () => gru.pack();
  },
  "packed weights for tokens": (rt) => {
    const lstm = new nn.LSTM(rt, { inputSize: 3, hiddenSize: 4 });
    const table = rt.zeros([7, 3]);
    return () => lstm.pack({ tokens: table });
  },
  "a stream": (rt) => {
    const packed = new nn.LSTM(rt, { inputSize: 3, hiddenSize: 4 }).pack();
    return () => packed.stream();
  },
  "a forward pass": (rt) => {
    const lstm = new nn.LSTM(rt, { inputSize: 3, hiddenSize: 4, numLayers: 2, bidirectional: true });
    const [x, h0] = [rt.zeros([5, 2, 3], { requiresGrad: true }), rt.zeros([4, 2, 4])];
    return () => lstm.forward(x, { h0, lengths: [2, 5] });
  },
  "a pass without gradient": (rt) => {
    const gru = new nn.GRU(rt, { inputSize: 3, hiddenSize: 4, numLayers: 2, batchFirst: true });
    const x = rt.zeros([5, 2, 3]);
    return () => rt.noGrad(() => gru.forward(x));
  },
  crossEntropy: (rt) => {
    const logits = rt.zeros([4, 3], { requiresGrad: true });
    const targets = rt.tensor(new Int32Array(4), [4]);
    return () => crossEntropy(logits, targets);
  },
  gatherRows: (rt) => {
    const x = rt.zeros([4, 3], { requiresGrad: true });
    return () => gatherRows(x, Int32Array.of(3, 1), [2, 3]);
  },
  linear: (rt) => {
    const [x, w] = [rt.zeros([4, 3]), rt.zeros([2, 3], { requiresGrad: true })];
    return () => linear(x, w);
  },
  mean: (rt) => {
    const x = rt.zeros([4, 3], { requiresGrad: true });
    return () => mean(x);
  },
};

describeRuntimes("a memory that is full", (rt) => {
  it.each(Object.keys(WORK))("keeps nothing of %s, wherever it fails", (name) => {
    const run = WORK[name]!(rt());
    const allocate = Heap.prototype.allocate;
    let left = 0;
    vi.spyOn(Heap.prototype, "allocate").mockImplementation(function (this: Heap, bytes) {
      if (left-- === 0) throw new UnrolledError("ERR_MEMORY", "full");
      return allocate.call(this, bytes);
    });
    const { used } = rt().memory;
    let failures = 0;
    for (let n = 0; ; n++) {
      left = n;
      try {
        run();
        break;
      } catch (error) {
        expect(error).toMatchObject({ code: "ERR_MEMORY" });
        failures++;
        expect(rt().memory.used, `after ${n} blocks`).toBe(used);
      }
    }
    expect(failures).toBeGreaterThan(0);
  });

  it("keeps nothing of a network that is too large, and continues", () => {
    const { used } = rt().memory;
    expectError(() => new nn.LSTM(rt(), { inputSize: 2, hiddenSize: 2 ** 17 }), "ERR_MEMORY");
    expectError(
      () => new nn.Embedding(rt(), { numEmbeddings: 2 ** 26, embeddingDim: 2 ** 26 }),
      "ERR_MEMORY",
    );
    expect(rt().memory.used).toBe(used);
    const table = rt().zeros([2, 2], { requiresGrad: true });
    expect(embedding(rt().tensor(Int32Array.of(1), [1]), table).size).toBe(2);
  });

  it("keeps no graph of a pass that failed", () => {
    const x = rt().tensor([2], [1], { requiresGrad: true });
    const y = mean(x);
    expect(() =>
      rt().frame(() => {
        mean(y);
        throw new Error("inside");
      }),
    ).toThrow("inside");
    y.backward();
    expect(x.grad!.item()).toBe(1);
  });
});
