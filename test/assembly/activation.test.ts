import { expect, it } from "vitest";
import { activationCode } from "../../src/autograd/activation.ts";
import type { Placement } from "../arena.ts";
import { type Build, describeBuilds } from "../builds.ts";
import { expectClose, expectRelative } from "../close.ts";
import { random } from "../random.ts";
import { curve, type NamedCurve } from "../reference/curves.ts";
import { expectSame } from "../same.ts";
import { SIZES } from "./sizes.ts";

/** Every activation, with every sign that its parameters may have. */
const ACTIVATIONS: NamedCurve[] = [
  { name: "exp" },
  { name: "sigmoid" },
  { name: "tanh" },
  { name: "relu" },
  { name: "affine", alpha: -1.5, beta: 0.25 },
  { name: "leakyRelu", alpha: 0.125 },
  { name: "leakyRelu", alpha: 0 },
  { name: "thresholdedRelu", alpha: 0.75 },
  { name: "thresholdedRelu", alpha: -0.75 },
  { name: "scaledTanh", alpha: 1.75, beta: -0.5 },
  { name: "scaledTanh", alpha: -0.5, beta: -2 },
  { name: "hardSigmoid", alpha: 0.25, beta: 0.5 },
  { name: "hardSigmoid", alpha: -0.5, beta: 0.25 },
  { name: "elu", alpha: 1.5 },
  { name: "elu", alpha: 0 },
  { name: "softsign" },
  { name: "softplus" },
  { name: "logSigmoid" },
];
const CASES = ACTIVATIONS.map((activation) => ({
  label: `${activation.name}(${[activation.alpha, activation.beta].filter((p) => p !== undefined)})`,
  activation,
}));

/** Returns number, alpha and beta in the form that the kernels take. */
const parameters = ({ name, alpha = 0, beta = 0 }: NamedCurve) => ({
  id: activationCode("", name).id,
  ab: [alpha, beta] as const,
});

function forward({ kernels, arena }: Build, activation: NamedCurve, x: ArrayLike<number>): Float32Array {
  const { id, ab } = parameters(activation);
  const y = arena.output(x);
  kernels.activation_forward(id, y.ptr, y.ptr, x.length, ...ab);
  return y.values;
}

/** Returns the slopes that the kernel computes from outputs y. */
function slopes({ kernels, arena }: Build, activation: NamedCurve, y: Float32Array): Float32Array {
  const { id, ab } = parameters(activation);
  const dx = arena.output(new Float32Array(y.length));
  const dy = new Float32Array(y.length).fill(1);
  kernels.activation_backward(id, dx.ptr, arena.input(dy), arena.input(y), y.length, ...ab);
  return dx.values;
}

/** Calls `test` for every size, with each of `count` operands in turn unaligned and then last in memory. */
function everyPlacement(
  { arena }: Build,
  count: number,
  test: (n: number, placed: (operand: number) => Placement) => void,
): void {
  for (let operand = 0; operand < count; operand++) {
    arena.clear();
    for (const n of SIZES) test(n, (i) => ({ unaligned: i === operand }));
    for (const n of [1, 4, 9]) {
      arena.check();
      arena.clear(); // only one block can be the last
      test(n, (i) => ({ last: i === operand }));
    }
    arena.check();
  }
}

const values = (n: number, scale = 4) => random(n).array(n, scale);

describeBuilds("activations", (build) => {
  const { kernels: k, arena } = build;

  it.each(CASES)("$label computes the function, also in place", ({ activation }) => {
    const { id, ab } = parameters(activation);
    const { f } = curve(activation);
    everyPlacement(build, 2, (n, placed) => {
      const x = values(n);
      const y = arena.output(n, placed(0));
      k.activation_forward(id, y.ptr, arena.input(x, placed(1)), n, ...ab);
      expectClose(y.values, Float64Array.from(x, f), [Math.max(...Array.from(x, f)), 0]);
      expectSame(forward(build, activation, x), y.values);
    });
  });

  it.each(CASES)("$label adds its slope times the gradient, from the output", ({ activation }) => {
    const { id, ab } = parameters(activation);
    const { f, slope } = curve(activation);
    everyPlacement(build, 3, (n, placed) => {
      const { array } = random(n + 100);
      const [x, dx, dy] = [values(n, 2), array(n), array(n)];
      const out = arena.output(dx, placed(0));
      const y = arena.input(Float32Array.from(x, f), placed(2));
      k.activation_backward(id, out.ptr, arena.input(dy, placed(1)), y, n, ...ab);
      expectClose(
        out.values,
        Float64Array.from(dx, (d, i) => d + dy[i]! * slope(x[i]!)),
        [Math.max(...Array.from(x, slope)), 0],
      );
    });
  });

  it.each(CASES)("$label at the ends of the number line", ({ activation }) => {
    const { f } = curve(activation);
    const magnitudes = [
      0,
      1e-45,
      1e-40,
      2 ** -126,
      1e-30,
      1e-7,
      1,
      20,
      50,
      87,
      88,
      90,
      104,
      1e4,
      3e38,
      Infinity,
    ];
    // For the sigmoid below -87, math.ts states an absolute error.
    const x = Float32Array.from(
      magnitudes.flatMap((m) => (activation.name === "sigmoid" && m > 87 ? [m] : [m, -m])),
    );
    const y = forward(build, activation, x);
    expectRelative(y, Float64Array.from(x, f).map(Math.fround), 2e-6);
    const finite = y.filter(Number.isFinite);
    expect(slopes(build, activation, finite).every(Number.isFinite)).toBe(true);
  });

  it.each(CASES)("$label keeps NaN", ({ activation }) => {
    for (const n of [1, 3, 4, 7]) {
      expect(forward(build, activation, new Float32Array(n).fill(Number.NaN)).every(Number.isNaN)).toBe(true);
    }
  });

  it.each(CASES)("$label flushes subnormal gradients", ({ activation }) => {
    const { id, ab } = parameters(activation);
    const tiny = new Float32Array(7).fill(1e-39);
    const out = arena.output(tiny);
    k.activation_backward(id, out.ptr, arena.input(tiny), arena.input(tiny.map(() => 0.5)), 7, ...ab);
    expectSame(out.values, new Float32Array(7));
  });

  it.each(CASES)("$label is the same at every position, also backward", ({ activation }) => {
    const { id, ab } = parameters(activation);
    for (const value of values(40)) {
      const y = forward(build, activation, Array<number>(7).fill(value)); // four in a vector, three in the tail
      expect(new Set(y).size, `at ${value}`).toBe(1);
      const dx = arena.output(new Float32Array(7).fill(0.3));
      const dy = arena.input(new Float32Array(7).fill(0.9));
      k.activation_backward(id, dx.ptr, dy, arena.input(y), 7, ...ab);
      expect(new Set(dx.values).size, `slope at ${value}`).toBe(1);
    }
  });

  it.each(CASES)("$label does nothing for n = 0", ({ activation }) => {
    const { id, ab } = parameters(activation);
    const out = arena.output([]);
    k.activation_forward(id, out.ptr, out.ptr, 0, ...ab);
    k.activation_backward(id, out.ptr, out.ptr, out.ptr, 0, ...ab);
  });

  it.each(["relu", "leakyRelu", "elu"] as const)("the gradient of %s passes if the output is NaN", (name) => {
    const y = new Float32Array(7).fill(Number.NaN);
    const dx = slopes(build, { name, alpha: 0.5 }, y);
    expect(dx.every((d) => d === 1 || Number.isNaN(d))).toBe(true);
  });

  it("slopes at a bend are those to its left", () => {
    const at = (activation: NamedCurve, y: number) => slopes(build, activation, Float32Array.of(y))[0];
    expect(at({ name: "relu" }, 0)).toBe(0);
    expect(at({ name: "leakyRelu", alpha: 0.25 }, 0)).toBe(0.25);
    expect(at({ name: "elu", alpha: 0.25 }, 0)).toBe(0.25);
    expect(at({ name: "thresholdedRelu", alpha: 0.25 }, 0)).toBe(0);
    for (const y of [0, 1]) expect(at({ name: "hardSigmoid", alpha: 0.25, beta: 0.5 }, y)).toBe(0);
  });

  it("thresholdedRelu keeps the threshold itself, as ONNX defines it for its recurrent operators", () => {
    const x = Float32Array.of(0.75, 0.7499999, -0.75, -0.7500001);
    expectSame(forward(build, { name: "thresholdedRelu", alpha: 0.75 }, x), [0.75, 0, 0, 0]);
    expectSame(forward(build, { name: "thresholdedRelu", alpha: -0.75 }, x), [0.75, x[1]!, -0.75, 0]);
  });

  it("logSigmoid is that of the other side of softplus, and its slope keeps its relative precision", () => {
    const x = Float32Array.from({ length: 120 }, (_, i) => i - 59.5);
    const y = forward(build, { name: "logSigmoid" }, x);
    const softplus = forward(
      build,
      { name: "softplus" },
      x.map((value) => -value),
    );
    expectSame(
      y,
      softplus.map((value) => -value),
    );
    expectRelative(
      slopes(build, { name: "logSigmoid" }, y),
      x.map(curve({ name: "logSigmoid" }).slope),
      2e-6,
    );
  });

  it("slopes of softplus and elu keep their relative precision where they vanish", () => {
    const x = Float32Array.from({ length: 60 }, (_, i) => -i - 0.5);
    const softplus = forward(build, { name: "softplus" }, x);
    expectRelative(
      slopes(build, { name: "softplus" }, softplus),
      x.map(curve({ name: "softplus" }).slope),
      2e-6,
    );
  });
});
