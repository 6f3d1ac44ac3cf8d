import { expect, it } from "vitest";
import { exp, relu, sigmoid, tanh } from "../../src/autograd/activation.ts";
import { batchNorm } from "../../src/autograd/batch-norm.ts";
import { binaryCrossEntropy } from "../../src/autograd/binary-cross-entropy.ts";
import { CELLS } from "../../src/autograd/cells.ts";
import { crossEntropy } from "../../src/autograd/cross-entropy.ts";
import { ctcLoss } from "../../src/autograd/ctc.ts";
import { dropout } from "../../src/autograd/dropout.ts";
import { add, mean, multiply, scale, sum } from "../../src/autograd/elementwise.ts";
import { embedding } from "../../src/autograd/embedding.ts";
import { layerNorm } from "../../src/autograd/layer-norm.ts";
import { linear } from "../../src/autograd/linear.ts";
import { recurrent } from "../../src/autograd/recurrent.ts";
import { concat, gatherRows, reshape, slice, stack } from "../../src/autograd/shape.ts";
import { logSoftmax, softmax } from "../../src/autograd/softmax.ts";
import type { Tensor } from "../../src/runtime/tensor.ts";
import { describeRuntimes, expectError } from "../runtimes.ts";

describeRuntimes("operations refuse", (rt) => {
  const zeros = (...shape: number[]) => rt().zeros(shape);
  const ids = (...values: number[]) => rt().tensor(Int32Array.from(values), [values.length]);

  /** Every operation applied to one tensor. */
  const unary: Record<string, (x: Tensor) => unknown> = {
    ...{ exp, sigmoid, tanh, relu, sum, mean, softmax, logSoftmax },
    add: (x) => add(x, x),
    multiply: (x) => multiply(x, x),
    scale: (x) => scale(x, 2),
    reshape: (x) => reshape(x, x.shape),
    slice: (x) => slice(x, 0, 1),
    concat: (x) => concat([x, x]),
    stack: (x) => stack([x, x]),
    gatherRows: (x) => gatherRows(x, Int32Array.of(0), [3]),
    dropout: (x) => dropout(x, 0.5),
    layerNorm: (x) => layerNorm(x),
    batchNorm: (x) => batchNorm(x, { training: true }),
    linear: (x) => linear(x, rt().zeros([2, 3])),
    crossEntropy: (x) => crossEntropy(x, ids()),
    ctcLoss: (x) => ctcLoss(x, ids(1)),
    embedding: (x) => embedding(ids(0), x),
  };

  it.each(Object.keys(unary))("%s: int32 data, disposed tensors", (name) => {
    const apply = unary[name]!;
    expectError(() => apply(rt().tensor(Int32Array.of(1, 2, 3), [3])), "ERR_DTYPE", "int32", "float32");
    const gone = zeros(3);
    gone.dispose();
    expectError(() => apply(gone), "ERR_DISPOSED", "disposed");
  });

  it("shapes that do not match", () => {
    expectError(() => add(zeros(2, 3), zeros(3, 2)), "ERR_SHAPE", "add", "[2,3]", "[3,2]");
    expectError(() => multiply(zeros(2), zeros(3)), "ERR_SHAPE", "multiply", "[2]", "[3]");
    expectError(() => linear(zeros(4, 2), zeros(5, 3)), "ERR_SHAPE", "[4,2]", "[5,3]", "expected");
    expectError(() => linear(zeros(3), zeros(3)), "ERR_SHAPE", "expected");
    expectError(() => linear(zeros(4, 3), zeros(5, 3), zeros(3)), "ERR_SHAPE", "bias is [3], expected [5]");
    expectError(() => embedding(ids(0), zeros(3)), "ERR_SHAPE", "[3]", "expected [V, D]");
    expectError(() => concat([]), "ERR_SHAPE", "no tensors");
    expectError(() => concat([zeros(2, 3), zeros(3, 3)]), "ERR_SHAPE", "[3,3]", "[2,3]");
    expectError(() => concat([zeros(), zeros()]), "ERR_SHAPE", "last axis");
    expectError(() => stack([]), "ERR_SHAPE", "no tensors");
    expectError(() => stack([zeros(2), zeros(3)]), "ERR_SHAPE", "[3]", "[2]");
  });

  it("new shapes with another number of elements", () => {
    expectError(() => reshape(zeros(2, 3), [4]), "ERR_SHAPE", "6", "4");
    expectError(() => reshape(zeros(2, 3), [-2, -3]), "ERR_SHAPE", "whole numbers");
    expectError(() => slice(zeros(3, 2), 2, 2), "ERR_SHAPE", "start 2 and length 2", "at most 3");
    expectError(() => slice(zeros(3, 2), -1, 1), "ERR_SHAPE", "start -1");
    expectError(() => slice(zeros(3, 2), 0.5, 1), "ERR_SHAPE", "start 0.5");
    expectError(() => gatherRows(zeros(3, 2), Int32Array.of(0, 1), [3, 2]), "ERR_SHAPE", "2 rows", "[3,2]");
    expectError(() => gatherRows(zeros(3, 2), Int32Array.of(0, 1), [1, 4]), "ERR_SHAPE", "[1,4]");
    expectError(
      () => gatherRows(zeros(3, 2), Int32Array.of(0, 3), [2, 2]),
      "ERR_VALUE",
      "row is 3",
      "0 to 2",
    );
  });

  it("indices and options out of range", () => {
    expectError(() => embedding(ids(0, 3), zeros(3, 2)), "ERR_VALUE", "index 3 at position 1", "0 to 2");
    expectError(() => embedding(ids(-1), zeros(3, 2)), "ERR_VALUE", "index -1");
    expectError(() => embedding(zeros(1), zeros(3, 2)), "ERR_DTYPE", "Int32Array");
    for (const paddingIdx of [3, -1, 0.5]) {
      expectError(
        () => embedding(ids(0), zeros(3, 2), { paddingIdx }),
        "ERR_VALUE",
        `${paddingIdx}`,
        "0 to 2",
      );
    }
    for (const p of [-0.1, 1, Number.NaN]) {
      expectError(() => dropout(zeros(2), p), "ERR_VALUE", `p is ${p}`, "0 <= p < 1");
    }
  });

  it("normalisation: invalid parameters, batchSizes and rows", () => {
    for (const [name, norm] of Object.entries({ layerNorm, batchNorm })) {
      const x = zeros(2, 3, 4);
      expectError(() => norm(x, { weight: zeros(3) }), "ERR_SHAPE", `${name}: weight is [3], expected [4]`);
      expectError(() => norm(x, { bias: zeros(1, 4) }), "ERR_SHAPE", "bias is [1,4], expected [4]");
      expectError(() => norm(x, { bias: ids(1, 2, 3, 4) }), "ERR_DTYPE");
      expectError(() => norm(zeros()), "ERR_SHAPE", name, "x is []", "[..., N]");
      expectError(() => norm(zeros(3, 0)), "ERR_SHAPE", "x is [3,0]");
      expectError(
        () => norm(x, { batchSizes: Int32Array.of(1) }),
        "ERR_SHAPE",
        "1 batchSizes",
        "expected T for",
      );
      expectError(() => norm(zeros(6, 4), { batchSizes: new Int32Array(6) }), "ERR_SHAPE", "[T, B, N]");
      for (const count of [-1, 4]) {
        expectError(
          () => norm(x, { batchSizes: Int32Array.of(3, count) }),
          "ERR_VALUE",
          `${count}`,
          "0 to 3",
        );
      }
      for (const eps of [-1e-5, Number.NaN, Number.POSITIVE_INFINITY]) {
        expectError(() => norm(x, { eps }), "ERR_VALUE", `eps is ${eps}`);
      }
    }
    const [runningMean, runningVar] = [zeros(4), zeros(4)];
    expectError(
      () => batchNorm(zeros(5, 4), { runningMean }),
      "ERR_VALUE",
      "runningMean and runningVar, or neither",
    );
    expectError(
      () => batchNorm(zeros(5, 4), { runningVar, training: true }),
      "ERR_VALUE",
      "runningMean and runningVar, or neither",
    );
    expectError(
      () => batchNorm(zeros(5, 4), { runningMean: zeros(3), runningVar }),
      "ERR_SHAPE",
      "runningMean is [3]",
    );
    const statistics = { runningMean, runningVar, training: true };
    expectError(() => batchNorm(zeros(1, 4), statistics), "ERR_SHAPE", "has 1 row taking part", "at least 2");
    expectError(() => batchNorm(zeros(4)), "ERR_SHAPE", "at least 2");
    const batchSizes = Int32Array.of(1, 0);
    expectError(() => batchNorm(zeros(2, 3, 4), { ...statistics, batchSizes }), "ERR_SHAPE", "at least 2");
    expect([...runningMean.data, ...runningVar.data]).toEqual(new Array(8).fill(0));
  });

  it("binary cross-entropy: invalid targets, weights and options", () => {
    const logits = zeros(2, 3);
    expectError(() => binaryCrossEntropy(logits, zeros(3)), "ERR_SHAPE", "[2,3]", "[3]");
    expectError(() => binaryCrossEntropy(logits, ids(0, 1)), "ERR_DTYPE");
    for (const wrong of [-0.1, 1.5, Number.NaN, -100]) {
      const targets = zeros(2, 3);
      targets.data[4] = wrong;
      expectError(() => binaryCrossEntropy(logits, targets), "ERR_VALUE", "position 4", "expected 0 to 1");
    }
    for (const shape of [[2], [3, 2], [1, 2, 3]]) {
      const weight = zeros(...shape);
      expectError(() => binaryCrossEntropy(logits, zeros(2, 3), { weight }), "ERR_SHAPE", "last axes");
    }
    const loud = rt().zeros([2, 3], { requiresGrad: true });
    expectError(() => binaryCrossEntropy(logits, loud), "ERR_VALUE", "must not require a gradient");
    expectError(() => binaryCrossEntropy(logits, zeros(2, 3), { weight: loud }), "ERR_VALUE", "gradient");
    const reduction = "max" as "mean";
    expectError(() => binaryCrossEntropy(logits, zeros(2, 3), { reduction }), "ERR_VALUE", "reduction");
  });

  it("cross-entropy: invalid targets, weights and options", () => {
    const logits = zeros(2, 3);
    expectError(() => crossEntropy(logits, ids(0)), "ERR_SHAPE", "[2,3]", "[1]", "expected");
    expectError(() => crossEntropy(logits, zeros(2)), "ERR_SHAPE", "[2]", "float32 [..., C]");
    expectError(() => crossEntropy(zeros(), ids()), "ERR_SHAPE");
    expectError(() => crossEntropy(logits, ids(0, 3)), "ERR_VALUE", "index 3", "0 to 2");
    expectError(() => crossEntropy(logits, ids(0, -1)), "ERR_VALUE", "index -1");
    const weight = zeros(2);
    expectError(
      () => crossEntropy(logits, ids(0, 1), { weight }),
      "ERR_SHAPE",
      "weight is [2], expected [3]",
    );
    expectError(() => crossEntropy(logits, ids(0, 1), { weight: ids(1, 1, 1) }), "ERR_DTYPE");
    for (const labelSmoothing of [-0.1, 1.1, Number.NaN]) {
      expectError(() => crossEntropy(logits, ids(0, 1), { labelSmoothing }), "ERR_VALUE", "0 to 1");
    }
    const soft = rt().zeros([2, 3], { requiresGrad: true });
    expectError(() => crossEntropy(logits, soft), "ERR_VALUE", "must not require a gradient");
    const loud = rt().zeros([3], { requiresGrad: true });
    expectError(
      () => crossEntropy(logits, ids(0, 1), { weight: loud }),
      "ERR_VALUE",
      "must not require a gradient",
    );
    const reduction = "average" as "mean";
    expectError(
      () => crossEntropy(logits, ids(0, 1), { reduction }),
      "ERR_VALUE",
      "average",
      "mean or sum or none",
    );
  });

  it("ctc loss: targets, lengths and options that do not fit", () => {
    const logits = zeros(5, 2, 3);
    const padded = (...values: number[]) => rt().tensor(Int32Array.from(values), [2, values.length / 2]);
    expectError(() => ctcLoss(zeros(5, 3), padded(1, 2)), "ERR_SHAPE", "logits are [5,3]", "[T, B, C]");
    expectError(() => ctcLoss(logits, zeros(2, 2)), "ERR_DTYPE", "targets are float32", "Int32Array");
    expectError(() => ctcLoss(logits, ids(1, 2)), "ERR_SHAPE", "[2, S]", "targetLengths");
    const three = rt().tensor(Int32Array.of(1, 1, 1), [3, 1]);
    expectError(() => ctcLoss(logits, three), "ERR_SHAPE", "[3,1]", "[2, S]");
    for (const blank of [-1, 3, 0.5]) {
      expectError(() => ctcLoss(logits, padded(1, 2), { blank }), "ERR_VALUE", "blank", "0 to 2");
    }
    expectError(() => ctcLoss(logits, padded(1, 0)), "ERR_VALUE", "target 0 of sequence 1 is 0, the blank");
    expectError(
      () => ctcLoss(logits, padded(1, 2, 1, 3)),
      "ERR_VALUE",
      "target 1 of sequence 1 is 3",
      "0 to 2",
    );
    expectError(() => ctcLoss(logits, padded(1, -1)), "ERR_VALUE", "is -1");
    const lengths = (inputLengths: number[], targetLengths = [1, 1]) =>
      ctcLoss(logits, padded(1, 2), { inputLengths, targetLengths });
    expectError(() => lengths([5]), "ERR_SHAPE", "inputLengths: 1 number,", "2 sequences");
    expectError(() => lengths([5, 6]), "ERR_VALUE", "inputLengths[1] is 6", "0 to 5");
    expectError(() => lengths([5, -1]), "ERR_VALUE", "inputLengths[1] is -1");
    expectError(() => lengths([5, 5], [1, 2]), "ERR_VALUE", "targetLengths[1] is 2", "0 to 1");
    expectError(
      () => ctcLoss(logits, ids(1, 2, 1), { targetLengths: [1, 1] }),
      "ERR_SHAPE",
      "sum 2, expected 3",
    );
    const reduction = "average" as "mean";
    expectError(() => ctcLoss(logits, padded(1, 2), { reduction }), "ERR_VALUE", "mean or sum or none");
    const zeroInfinity = 1 as unknown as boolean;
    expectError(() => ctcLoss(logits, padded(1, 2), { zeroInfinity }), "ERR_VALUE", "true or false");
    // Padding may have any values, and lengths may be 0.
    expect(ctcLoss(logits, padded(1, -100, 0, 9), { targetLengths: [1, 0] }).item()).toBeGreaterThan(0);
    expect(ctcLoss(logits, ids(), { inputLengths: [0, 0], targetLengths: [0, 0] }).item()).toBe(0);
  });

  it("recurrent: tensors that do not match the cell", () => {
    const weights = { weightIh: zeros(8, 3), weightHh: zeros(8, 2), biasIh: zeros(8), biasHh: zeros(8) };
    const run = (x: Tensor, options = {}, other = {}) =>
      recurrent(CELLS.lstm(1, {})[0]!, x, { ...weights, ...other }, options);
    run(zeros(2, 1, 3));
    expectError(() => run(zeros(0, 1, 3)), "ERR_SHAPE", "at least 1 step");
    expectError(() => run(zeros(2, 0, 3)), "ERR_SHAPE", "at least 1 step and row");
    expectError(() => run(zeros(2, 1, 3), { h0: ids(0, 0) }), "ERR_DTYPE");
    expectError(() => run(zeros(2, 1, 3), {}, { peephole: ids(1, 2, 3, 4, 5, 6) }), "ERR_DTYPE");
    expectError(
      () => recurrent(CELLS.gru(1, {})[0]!, zeros(2, 1, 3), weights, { c0: zeros(1, 2) }),
      "ERR_VALUE",
      "only an LSTM",
    );
    const tokens = rt().tensor(Int32Array.of(0, 3), [2, 1]);
    expectError(() => run(tokens), "ERR_VALUE", "index 3", "0 to 2");
  });

  it("and leave memory and random numbers as they were", () => {
    const [a, b, cube, bad] = [zeros(2, 3), zeros(3, 2), zeros(2, 1, 3), ids(0, 7)];
    const before = [rt().memory, rt().random.state];
    for (const call of [
      () => add(a, b),
      () => linear(a, b),
      () => embedding(bad, a),
      () => crossEntropy(a, bad),
      () => ctcLoss(cube, bad),
      () => dropout(a, 2),
      () => reshape(a, [7]),
    ]) {
      expect(call).toThrow();
    }
    expect([rt().memory, rt().random.state]).toEqual(before);
  });
});
