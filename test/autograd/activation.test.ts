import { expect, it } from "vitest";
import { activation, logSigmoid, softplus } from "../../src/autograd/activation.ts";
import { expectClose } from "../close.ts";
import { curve, type NamedCurve } from "../reference/curves.ts";
import { describeRuntimes, expectError, gradientOf } from "../runtimes.ts";

/** The activations with ONNX's parameters, which are the defaults; those of hardSigmoid are also Keras 2's. */
const DEFAULTS: NamedCurve[] = [
  { name: "exp" },
  { name: "sigmoid" },
  { name: "tanh" },
  { name: "relu" },
  { name: "affine", alpha: 1, beta: 0 },
  { name: "leakyRelu", alpha: 0.01 },
  { name: "thresholdedRelu", alpha: 1 },
  { name: "scaledTanh", alpha: 1, beta: 1 },
  { name: "hardSigmoid", alpha: 0.2, beta: 0.5 },
  { name: "elu", alpha: 1 },
  { name: "softsign" },
  { name: "softplus" },
  { name: "logSigmoid" },
];

describeRuntimes("activation", (rt) => {
  const x = Float32Array.from({ length: 210 }, (_, i) => (i - 104.7) / 35);

  const check = (given: Parameters<typeof activation>[1], named: NamedCurve) => {
    const leaf = rt().tensor(x, [30, 7], { requiresGrad: true });
    const y = activation(leaf, given);
    y.backward(rt().tensor(new Float32Array(210).fill(1), [30, 7]));
    const { f, slope } = curve(named);
    expectClose(y.data, Float64Array.from(x, f), [Math.exp(3), 0], named.name);
    expectClose(gradientOf(leaf), Float64Array.from(x, slope), [Math.exp(3), 0], `slope of ${named.name}`);
  };

  it.each(DEFAULTS)("$name without parameters has ONNX's", (named) => {
    check(named.name, named);
    check({ name: named.name }, named);
  });

  it.each(["affine", "scaledTanh", "hardSigmoid"] as const)(
    "%s takes alpha and beta, or one of them",
    (name) => {
      const { alpha, beta } = DEFAULTS.find((named) => named.name === name)!;
      check({ name, alpha: 0.75, beta: -0.5 }, { name, alpha: 0.75, beta: -0.5 });
      check({ name, alpha: 0.75 }, { name, alpha: 0.75, beta: beta! });
      check({ name, beta: -0.5 }, { name, alpha: alpha!, beta: -0.5 });
    },
  );

  it("softplus and logSigmoid are among them; unknown names are refused", () => {
    const given = rt().tensor(x, [210]);
    expect(softplus(given).toArray()).toEqual(activation(given, "softplus").toArray());
    expect(logSigmoid(given).toArray()).toEqual(activation(given, "logSigmoid").toArray());
    expectError(() => activation(given, "gelu" as never), "ERR_VALUE", "gelu", "softsign");
    expectError(() => activation(rt().tensor(new Int32Array(2), [2]), "elu"), "ERR_DTYPE", "elu");
  });
});
