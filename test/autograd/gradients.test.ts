import { beforeEach, describe, expect, it } from "vitest";
import { exp, relu, sigmoid, tanh } from "../../src/autograd/activation.ts";
import { attention } from "../../src/autograd/attention.ts";
import { type BatchNormOptions, batchNorm } from "../../src/autograd/batch-norm.ts";
import { binaryCrossEntropy } from "../../src/autograd/binary-cross-entropy.ts";
import { crossEntropy } from "../../src/autograd/cross-entropy.ts";
import { ctcLoss } from "../../src/autograd/ctc.ts";
import { dropout } from "../../src/autograd/dropout.ts";
import { add, mean, multiply, scale, sum } from "../../src/autograd/elementwise.ts";
import { embedding } from "../../src/autograd/embedding.ts";
import { layerNorm } from "../../src/autograd/layer-norm.ts";
import { linear } from "../../src/autograd/linear.ts";
import { matmul } from "../../src/autograd/matmul.ts";
import { pointwise } from "../../src/autograd/pointwise.ts";
import { POOLINGS, pool } from "../../src/autograd/pool.ts";
import { rearrange } from "../../src/autograd/rearrange.ts";
import { recurrent } from "../../src/autograd/recurrent.ts";
import { concat, gatherRows, reshape, slice, stack } from "../../src/autograd/shape.ts";
import { logSoftmax, softmax } from "../../src/autograd/softmax.ts";
import { sumLast } from "../../src/autograd/sum-last.ts";
import * as nn from "../../src/nn/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import type { Tensor } from "../../src/runtime/tensor.ts";
import { gradcheck } from "../gradcheck.ts";
import { random } from "../random.ts";
import { describeRuntimes, gradientOf } from "../runtimes.ts";
import { CELLS } from "./cells.ts";

// To add an operation, add an `it` with its name: make each input that has a gradient with `leaf(...shape)`, and pass
// `checkGradients` a function that applies the operation, once for each option that changes the gradient. Return several
// results as a list: they are checked together. Keep inputs away from corners (see relu), or use a smaller `eps` and a
// larger `tolerance`. Every element costs two forward passes, so ten to twenty elements are enough. Choose sizes that are
// not multiples of 4, as the kernels work on four floats at once. Errors are tested in errors.test.ts, values against
// PyTorch in pytorch.test.ts (fixtures/make_fixtures.py), kernels in test/assembly.

/**
 * Compares the gradients of sum(w * f()) for random w with central differences, for every leaf. The gradients start at 1, so
 * that an operation which overwrites instead of adding fails.
 */
function checkGradients(
  rt: Runtime,
  leaves: Record<string, Tensor>,
  f: () => Tensor | Tensor[],
  tolerance = 2e-3,
  eps = 1 / 128,
): void {
  const outputs = () => [f()].flat();
  const weights = outputs().map(({ size }, i) => random(900 + i).array(size));
  const loss = () =>
    rt.noGrad(() =>
      rt.scope(() => {
        let total = 0;
        outputs().forEach((y, i) => {
          y.data.forEach((value, j) => {
            total += value * weights[i]![j]!;
          });
        });
        return total;
      }),
    );
  for (const leaf of Object.values(leaves)) {
    leaf.gradPtr();
    leaf.grad!.data.fill(1);
  }
  const { position } = rt.random.state;
  const same = () => {
    rt.random.state = { seed: 1, position }; // every evaluation draws the same dropout masks
  };
  same();
  const results = outputs();
  rt.backward(
    results,
    results.map((y, i) => rt.tensor(weights[i]!, y.shape)),
  );
  for (const [label, leaf] of Object.entries(leaves)) {
    const analytic = gradientOf(leaf).map((g) => g - 1);
    const evaluate = () => {
      same();
      return loss();
    };
    gradcheck(evaluate, leaf.data as Float32Array, analytic, { label, tolerance, eps });
  }
}

describeRuntimes("gradients agree with central differences", (rt) => {
  let seed = 0;
  beforeEach(() => {
    seed = 0;
  });
  const leaf = (...shape: number[]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return rt().tensor(random(++seed).array(size), shape, { requiresGrad: true });
  };

  it.each(POOLINGS)("pool %s", (how) => {
    const x = leaf(4, 3, 6);
    checkGradients(rt(), { x }, () => pool(x, how, { lengths: [4, 1, 2], directionSize: 3 }), 2e-3, 1 / 512);
    checkGradients(rt(), { x }, () => pool(x, how), 2e-3, 1 / 512);
  });

  it.each(Object.entries({ exp, sigmoid, tanh, relu }))("%s", (_, f) => {
    const x = leaf(3, 5);
    x.data.forEach((value, i) => {
      if (Math.abs(value) < 0.05) x.data[i] = 0.1; // away from the corner of relu
    });
    checkGradients(rt(), { x }, () => f(x));
  });

  it("add, multiply, scale, sum, mean", () => {
    const [a, b] = [leaf(2, 7), leaf(2, 7)];
    checkGradients(rt(), { a, b }, () => add(a, b));
    checkGradients(rt(), { a, b }, () => multiply(a, b));
    checkGradients(rt(), { a }, () => [multiply(a, a), scale(a, -1.75)]);
    checkGradients(rt(), { b }, () => [sum(b), mean(b)]);
  });

  it("reshape, slice, concat, stack, gatherRows", () => {
    const [a, b, c] = [leaf(4, 2, 3), leaf(4, 2, 5), leaf(4, 2, 3)];
    checkGradients(rt(), { a }, () => [reshape(a, [6, 4]), slice(a, 1, 2), slice(a, 3, 1)]);
    checkGradients(rt(), { b, c }, () => [concat([b, c, b]), stack([c, c])]);
    const x = leaf(5, 3);
    checkGradients(rt(), { x }, () => gatherRows(x, Int32Array.of(4, 0, 0, 2, 4, 4), [2, 3, 3]));
  });

  it("linear over no features gives the bias", () => {
    const [w, b] = [rt().zeros([2, 0]), rt().tensor([1, 2], [2], { requiresGrad: true })];
    const y = linear(rt().zeros([3, 0]), w, b);
    expect([...y.toArray()]).toEqual([1, 2, 1, 2, 1, 2]);
    y.backward(rt().tensor([1, 2, 3, 4, 5, 6], [3, 2]));
    expect([...gradientOf(b)]).toEqual([9, 12]);
    expect(gatherRows(rt().zeros([3, 0]), Int32Array.of(2, 0), [2, 0]).size).toBe(0);
  });

  it("linear, with a bias and without", () => {
    const [x, w, b] = [leaf(2, 3, 5), leaf(9, 5), leaf(9)];
    checkGradients(rt(), { x, w, b }, () => linear(x, w, b));
    const y = leaf(7, 5);
    checkGradients(rt(), { y }, () => linear(y, w));
  });

  it("softmax and logSoftmax", () => {
    const x = leaf(3, 7);
    checkGradients(rt(), { x }, () => [softmax(x), logSoftmax(x)]);
  });

  const normalised = () => ({ x: leaf(4, 3, 5), weight: leaf(5), bias: leaf(5) });
  const batchSizes = Int32Array.of(3, 2, 2, 0);

  it("layerNorm, with weight and bias and without, sequences of different length", () => {
    const { x, weight, bias } = normalised();
    checkGradients(rt(), { x, weight, bias }, () => [
      layerNorm(x, { weight, bias }),
      layerNorm(x, { weight, eps: 0.5 }),
      layerNorm(x, { bias, batchSizes }),
      layerNorm(x, { weight, batchSizes }),
      layerNorm(x),
    ]);
    const constant = rt().tensor(random(3).array(60), [4, 3, 5]);
    const normalizedShape = [3, 5];
    const affine = { weight: leaf(3, 5), bias: leaf(3, 5) };
    checkGradients(rt(), { x, ...affine }, () => [
      layerNorm(x, { ...affine, normalizedShape }),
      layerNorm(x, { normalizedShape }),
    ]);
    checkGradients(rt(), { weight, bias }, () => layerNorm(constant, { weight, bias, batchSizes }));
  });

  it.each<[string, BatchNormOptions]>([
    ["in training", { training: true }],
    ["in training, larger eps", { training: true, eps: 0.5 }],
    ["in training, sequences of different length", { training: true, batchSizes }],
    ["in inference", { training: false }],
    ["in inference, sequences of different length", { training: false, batchSizes }],
  ])("batchNorm %s", (_, options) => {
    const { x, weight, bias } = normalised();
    const running = () => ({
      runningMean: rt().tensor(random(4).array(5), [5]),
      runningVar: rt().tensor(random(5).array(5).map(Math.abs), [5]),
    });
    checkGradients(rt(), { x, weight, bias }, () => [
      batchNorm(x, { weight, bias, ...options, ...running() }),
      batchNorm(x, { weight, ...options }),
      batchNorm(x, { bias, ...options, ...running() }),
      batchNorm(x, options),
    ]);
    const constant = rt().tensor(random(3).array(60), [4, 3, 5]);
    checkGradients(rt(), { weight, bias }, () => batchNorm(constant, { weight, bias, ...options }));
  });

  it("attention, dot product and additive, sources of different length", () => {
    for (const [M, B, Tx, A, D] of [
      [3, 2, 4, 5, 7],
      [1, 1, 1, 1, 1],
      [5, 3, 9, 8, 8],
    ] as const) {
      const lengths = [Tx, 1, Math.ceil(Tx / 2)].slice(0, B);
      const [queries, keys, values, score] = [leaf(M, B, A), leaf(Tx, B, A), leaf(Tx, B, D), leaf(A)];
      checkGradients(
        rt(),
        { queries, keys, values },
        () => attention(queries, keys, values, { lengths }).context,
      );
      checkGradients(
        rt(),
        { queries, keys, values, score },
        () => attention(queries, keys, values, { lengths, score }).context,
      );
      // One tensor as keys and values: both gradients are added up in it.
      const memory = leaf(Tx, B, A);
      checkGradients(rt(), { queries, memory }, () => attention(queries, memory, memory).context);
    }
  });

  it("embedding, including padding and repeated indices", () => {
    const weight = leaf(5, 3);
    const indices = rt().tensor(Int32Array.of(4, 1, 1, 0, 4, 1), [3, 2]);
    checkGradients(rt(), { weight }, () => embedding(indices, weight));
  });

  it("dropout keeps its mask for the backward pass", () => {
    const x = leaf(9, 5);
    checkGradients(rt(), { x }, () => dropout(x, 0.4));
  });

  it.each(["mean", "sum", "none"] as const)("binary cross-entropy, reduction %s", (reduction) => {
    const logits = leaf(4, 3, 6);
    const targets = rt().tensor(
      random(5)
        .array(72)
        .map((x) => Math.min(1, Math.abs(x))),
      [4, 3, 6],
    );
    const weight = rt().tensor(random(7).array(6).map(Math.abs), [6]);
    checkGradients(rt(), { logits }, () => [
      binaryCrossEntropy(logits, targets, { reduction }),
      binaryCrossEntropy(logits, targets, { reduction, weight }),
    ]);
  });

  describe("cross-entropy", () => {
    it.each(["mean", "sum", "none"] as const)("reduction %s", (reduction) => {
      const logits = leaf(4, 3, 6);
      const classes = rt().tensor(random(5).integers(12, 6), [4, 3]);
      classes.data[3] = -100;
      const probabilities = softmax(rt().tensor(random(6).array(72), [4, 3, 6]));
      const weight = rt().tensor(random(7).array(6).map(Math.abs), [6]);
      checkGradients(rt(), { logits }, () => [
        crossEntropy(logits, classes, { reduction }),
        crossEntropy(logits, classes, { reduction, labelSmoothing: 0.2, weight }),
        crossEntropy(logits, probabilities, { reduction, labelSmoothing: 0.1, weight }),
      ]);
    });
  });

  it.each(["mean", "sum", "none"] as const)("ctc loss: %s", (reduction) => {
    const logits = leaf(7, 3, 4);
    const targets = rt().tensor(Int32Array.of(1, 1, 3, 2, 2, 1, 3, 3), [8]);
    const options = { inputLengths: [7, 5, 3], targetLengths: [3, 2, 3], zeroInfinity: true };
    checkGradients(rt(), { logits }, () => [
      ctcLoss(logits, targets, { ...options, reduction }),
      ctcLoss(logits, rt().tensor(Int32Array.of(0, 2, 2, 0, 2, 9), [3, 2]), {
        blank: 1,
        inputLengths: [5, 7, 6],
        targetLengths: [2, 2, 1],
        reduction,
      }),
    ]);
  });

  it.each(Object.entries(CELLS))(
    "recurrent: %s, sequences of different length, both directions",
    (_, { cell, bent }) => {
      const [T, B, I, H] = [4, 3, 2, 5];
      const G = cell.gates;
      const [x, h0] = [leaf(T, B, I), leaf(B, H)];
      const c0 = cell.memory ? leaf(B, H) : undefined;
      const [weightIh, weightHh, biasIh, biasHh] = [leaf(G * H, I), leaf(G * H, H), leaf(G * H), leaf(G * H)];
      const peephole = cell.peepholes ? leaf(cell.peepholes * H) : undefined;
      const norm = cell.norms ? leaf(cell.norms * H) : undefined;
      const leaves = {
        ...{ x, h0, ...(c0 && { c0 }), weightIh, weightHh, biasIh, biasHh },
        ...(peephole && { peephole }),
        ...(norm && { norm }),
      };
      const batchSizes = Int32Array.of(3, 2, 2, 1);
      for (const reverse of [false, true]) {
        checkGradients(
          rt(),
          leaves,
          () => {
            const result = recurrent(cell, x, leaves, { h0, ...(c0 && { c0 }), batchSizes, reverse });
            return [result.output, result.h, ...(result.c ? [result.c] : [])];
          },
          ...(bent ? ([2e-2, 1 / 1024] as const) : [3e-3]),
        );
      }
    },
  );

  it("matmul: one matrix for all, or one each", () => {
    const [a, b, c] = [leaf(2, 3, 5), leaf(5, 3), leaf(2, 5, 3)];
    checkGradients(rt(), { a, b, c }, () => [matmul(a, b), matmul(a, c)]);
  });

  it("rearrange: elements that are read twice, once and never, and zeros", () => {
    const [a, b] = [leaf(2, 3), leaf(5)];
    const places = Int32Array.of(1, 0, 11, 7, 1, 3);
    checkGradients(rt(), { a, b }, () => rearrange([a, b], places, [3, 2]));
  });

  it("sumLast", () => {
    const x = leaf(3, 5);
    checkGradients(rt(), { x }, () => sumLast(x));
  });

  it("pointwise: one tensor, two, and one twice", () => {
    const [a, b] = [leaf(2, 3), leaf(2, 3)];
    checkGradients(rt(), { a, b }, () => [
      pointwise("sin", [a], Math.sin, [Math.cos]),
      pointwise("product", [a, b], (x, y) => x * y, [(_, y) => y, (x) => x]),
    ]);
  });

  it("a bidirectional GRU of two layers with dropout, a linear layer and smoothed cross-entropy", () => {
    const [T, B, I, H, C] = [4, 3, 3, 4, 5];
    const gru = new nn.GRU(rt(), {
      inputSize: I,
      hiddenSize: H,
      numLayers: 2,
      bidirectional: true,
      dropout: 0.3,
    });
    const head = new nn.Linear(rt(), { inFeatures: 2 * H, outFeatures: C });
    const x = leaf(T, B, I);
    const targets = rt().tensor(random(8).integers(T * B, C), [T, B]);
    const leaves = { x, ...gru.parameters(), weight: head.weight, bias: head.bias! };
    checkGradients(rt(), leaves, () =>
      crossEntropy(head.forward(gru.forward(x, { lengths: [2, 4, 3] }).output), targets, {
        labelSmoothing: 0.1,
        reduction: "sum",
      }),
    );
  });
});
