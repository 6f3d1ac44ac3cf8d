import { expect, it } from "vitest";
import { meanAbsoluteError, meanSquaredError } from "../../src/autograd/regression-loss.ts";
import { gradcheck } from "../gradcheck.ts";
import { random } from "../random.ts";
import { describeRuntimes, expectError, gradientOf } from "../runtimes.ts";
import { expectSame } from "../same.ts";

// To add a regression loss, add it to LOSSES and add a row with its value and its gradient, computed by hand from four
// differences that are exact in float32. One of them is 0, where a gradient is easily wrong. The gradients start at 1, so
// that a loss which overwrites instead of adding fails. Add a loss of classes to "cross-entropy" in gradients.test.ts, with
// each reduction, and its float64 formula to reference/loss.ts. Which loss a task minimises is tested with its family in
// test/models.

/** Differences 1, -2, 0 and -3.5; every number is exact in float32. */
const ROWS = [
  { name: "meanSquaredError", loss: meanSquaredError, value: 17.25 / 4, gradient: [0.5, -1, 0, -1.75] },
  { name: "meanAbsoluteError", loss: meanAbsoluteError, value: 6.5 / 4, gradient: [0.25, -0.25, 0, -0.25] },
];

describeRuntimes("regression losses", (rt) => {
  it.each(ROWS)("$name: value, and gradients of both sides", ({ loss: lossOf, value, gradient }) => {
    const prediction = rt().tensor([1, -2, 3, 1.5], [2, 2], { requiresGrad: true });
    const target = rt().tensor([0, 0, 3, 5], [2, 2], { requiresGrad: true });
    prediction.gradPtr();
    prediction.grad!.data.fill(1);
    const loss = lossOf(prediction, target);
    expect(loss.shape).toEqual([]);
    expect(loss.item()).toBe(value);
    loss.backward();
    const begun = gradient.map((g) => 1 + g);
    expectSame(gradientOf(prediction), begun);
    const mirrored = gradient.map((g) => -g);
    expectSame(gradientOf(target), mirrored);
  });

  it.each(ROWS)("$name: gradient by central differences", ({ loss: lossOf }) => {
    const x = rt().tensor(random(1).array(15), [3, 5], { requiresGrad: true });
    const y = rt().tensor(random(2).array(15), [3, 5]);
    x.data.forEach((value, i) => {
      if (Math.abs(value - y.data[i]!) < 0.05) x.data[i] = y.data[i]! + 0.1; // away from the corner of |x|
    });
    lossOf(x, y).backward();
    const loss = () => rt().noGrad(() => rt().scope(() => lossOf(x, y).item()));
    gradcheck(loss, x.data as Float32Array, gradientOf(x), { eps: 1 / 128 });
  });

  it.each(ROWS)("$name refuses shapes that differ and indices", ({ name, loss: lossOf }) => {
    const x = rt().zeros([2, 3]);
    expectError(() => lossOf(x, rt().zeros([3, 2])), "ERR_SHAPE", name, "[2,3]", "[3,2]");
    expectError(() => lossOf(x, rt().tensor(new Int32Array(6), [2, 3])), "ERR_DTYPE", name);
  });
});
