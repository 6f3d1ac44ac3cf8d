import { expect, it } from "vitest";
import { exp, logSigmoid, relu, sigmoid, tanh } from "../../src/autograd/activation.ts";
import { binaryCrossEntropy } from "../../src/autograd/binary-cross-entropy.ts";
import { crossEntropy } from "../../src/autograd/cross-entropy.ts";
import { ctcLoss } from "../../src/autograd/ctc.ts";
import { embedding } from "../../src/autograd/embedding.ts";
import { linear } from "../../src/autograd/linear.ts";
import { logSoftmax, softmax } from "../../src/autograd/softmax.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import type { Tensor } from "../../src/runtime/tensor.ts";
import type { Kind } from "../fixtures/configs.ts";
import { type Fixture, fixtures } from "../fixtures/load.ts";
import { describeRuntimes, gradientOf } from "../runtimes.ts";

function tensor<K extends Kind>(
  rt: Runtime,
  fixture: Fixture<K>,
  name: string,
  requiresGrad = false,
): Tensor {
  const { shape, data } = fixture.tensors[name]!;
  return rt.tensor(data as Float32Array | Int32Array, shape, { requiresGrad });
}

/** Transposes [N,P,Q] to [N,Q,P]. */
function swapLastTwo(values: ArrayLike<number>, N: number, P: number, Q: number): Float32Array {
  return Float32Array.from({ length: N * P * Q }, (_, i) => {
    const [n, q, p] = [Math.floor(i / (P * Q)), Math.floor(i / P) % Q, i % P];
    return values[(n * P + p) * Q + q]!;
  });
}

describeRuntimes("operations against PyTorch", (rt) => {
  it.each(fixtures("activation"))("activation: $name", (fixture) => {
    const x = tensor(rt(), fixture, "in.x", true);
    const y = { exp, relu, sigmoid, tanh, log_sigmoid: logSigmoid }[fixture.config.fn](x);
    fixture.check("out.y", y.data);
    y.backward(rt().tensor(new Float32Array(y.size).fill(1), y.shape));
    fixture.check("grad.x", gradientOf(x));
  });

  it.each([...fixtures("softmax"), ...fixtures("log_softmax")])("$kind: $name", (fixture) => {
    const x = tensor(rt(), fixture, "in.x", true);
    const y = (fixture.kind === "softmax" ? softmax : logSoftmax)(x);
    fixture.check("out.y", y.data);
    const values = y.toArray();
    const seed = fixture.float("loss.w").data.map((w, i) => (Number.isFinite(values[i]!) ? w : 0));
    y.backward(rt().tensor(seed, y.shape));
    fixture.check("grad.x", gradientOf(x));
  });

  it.each(fixtures("cross_entropy"))("cross entropy: $name", (fixture) => {
    const { reduction, ignore_index, label_smoothing } = fixture.config;
    const { shape, data } = fixture.float("in.logits");
    const [N, C, T = 1] = shape as [number, number, number?];
    const lead = shape.length === 3 ? [N, T] : [N];
    const logits = rt().tensor(swapLastTwo(data, N, C, T), [...lead, C], { requiresGrad: true });
    const targets = fixture.has("in.target")
      ? tensor(rt(), fixture, "in.target")
      : rt().tensor(swapLastTwo(fixture.float("in.target_prob").data, N, C, T), [...lead, C]);
    const loss = crossEntropy(logits, targets, {
      reduction,
      ignoreIndex: ignore_index,
      labelSmoothing: label_smoothing,
      ...(fixture.has("in.weight") && { weight: tensor(rt(), fixture, "in.weight") }),
    });
    expect([...loss.shape]).toEqual(fixture.float("out.loss").shape);
    fixture.check("out.loss", loss.data);
    loss.backward(reduction === "none" ? tensor(rt(), fixture, "loss.w") : undefined);
    fixture.check("grad.logits", swapLastTwo(gradientOf(logits), N, T, C));
  });

  it.each(fixtures("binary_cross_entropy"))("binary cross entropy: $name", (fixture) => {
    const { reduction } = fixture.config;
    const logits = tensor(rt(), fixture, "in.logits", true);
    const loss = binaryCrossEntropy(logits, tensor(rt(), fixture, "in.target"), {
      reduction,
      ...(fixture.has("in.weight") && { weight: tensor(rt(), fixture, "in.weight") }),
    });
    expect([...loss.shape]).toEqual(fixture.float("out.loss").shape);
    fixture.check("out.loss", loss.data);
    loss.backward(reduction === "none" ? tensor(rt(), fixture, "loss.w") : undefined);
    fixture.check("grad.logits", gradientOf(logits));
  });

  it.each(fixtures("ctc_loss"))("ctc loss: $name", (fixture) => {
    const { blank, reduction, zero_infinity } = fixture.config;
    const logits = tensor(rt(), fixture, "in.logits", true);
    const loss = ctcLoss(logits, tensor(rt(), fixture, "in.targets"), {
      inputLengths: fixture.index("in.input_lengths").data,
      targetLengths: fixture.index("in.target_lengths").data,
      blank,
      reduction,
      zeroInfinity: zero_infinity,
    });
    expect([...loss.shape]).toEqual(fixture.float("out.loss").shape);
    fixture.check("out.loss", loss.data);
    loss.backward(reduction === "none" ? tensor(rt(), fixture, "loss.w") : undefined);
    fixture.check("grad.logits", gradientOf(logits));
  });

  it.each(fixtures("embedding"))("embedding: $name", (fixture) => {
    const weight = tensor(rt(), fixture, "param.weight", true);
    const { padding_idx } = fixture.config;
    const y = embedding(tensor(rt(), fixture, "in.index"), weight, {
      ...(padding_idx !== null && { paddingIdx: padding_idx }),
    });
    expect([...y.shape]).toEqual(fixture.float("out.y").shape);
    fixture.check("out.y", y.data);
    y.backward(tensor(rt(), fixture, "loss.w_out"));
    fixture.check("grad.weight", gradientOf(weight));
  });

  it.each(fixtures("linear"))("linear: $name", (fixture) => {
    const x = tensor(rt(), fixture, "in.x", true);
    const weight = tensor(rt(), fixture, "param.weight", true);
    const bias = fixture.config.bias ? tensor(rt(), fixture, "param.bias", true) : undefined;
    const y = linear(x, weight, bias);
    fixture.check("out.y", y.data);
    y.backward(tensor(rt(), fixture, "loss.w_out"));
    fixture.check("grad.x", gradientOf(x));
    fixture.check("grad.weight", gradientOf(weight));
    if (bias) fixture.check("grad.bias", gradientOf(bias));
  });
});
