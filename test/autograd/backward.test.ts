import { expect, it } from "vitest";
import { exp, tanh } from "../../src/autograd/activation.ts";
import { add, multiply, scale, sum } from "../../src/autograd/elementwise.ts";
import * as nn from "../../src/nn/index.ts";
import { describeRuntimes, expectError, gradientOf, startRuntime } from "../runtimes.ts";

describeRuntimes("backward", (rt) => {
  const leaf = (...values: number[]) => rt().tensor(values, [values.length], { requiresGrad: true });

  it("accumulates over calls until the gradient is cleared", () => {
    const x = leaf(1, 2);
    expect(x.grad).toBeNull();
    sum(scale(x, 3)).backward();
    sum(scale(x, 4)).backward();
    expect([...gradientOf(x)]).toEqual([7, 7]);
    x.grad!.data.fill(0);
    sum(x).backward();
    expect([...gradientOf(x)]).toEqual([1, 1]);
  });

  it("adds up over every use of a tensor", () => {
    const x = leaf(3, -2);
    sum(add(multiply(x, x), x)).backward();
    expect([...gradientOf(x)]).toEqual([7, -3]);
    const y = leaf(5);
    add(y, y).backward();
    expect([...gradientOf(y)]).toEqual([2]);
  });

  it("runs from several outputs with their seeds, one of which may depend on another", () => {
    const x = leaf(1, 2);
    const y = scale(x, 3);
    const z = multiply(y, y);
    rt().backward([y, z], [rt().tensor([1, 10], [2]), rt().tensor([1, 1], [2])]);
    expect([...gradientOf(x)]).toEqual([3 + 18, 30 + 36]);
  });

  it("takes 1 as the seed of a single element, of any rank", () => {
    const x = rt().tensor([4], [1, 1], { requiresGrad: true });
    multiply(x, x).backward();
    expect([...gradientOf(x)]).toEqual([8]);
  });

  it("gives a leaf its own seed", () => {
    const x = leaf(1, 2);
    x.backward(rt().tensor([5, 6], [2]));
    expect([...gradientOf(x)]).toEqual([5, 6]);
  });

  it("skips tensors that need no gradient, and keeps no gradient of intermediate results", () => {
    const [x, fixed] = [leaf(1, 2), rt().tensor([3, 4], [2])];
    const y = multiply(x, fixed);
    sum(y).backward();
    expect([...gradientOf(x)]).toEqual([3, 4]);
    expect([fixed.grad, y.grad]).toEqual([null, null]);
  });

  it("refuses a second pass through the same graph", () => {
    const x = leaf(1);
    const y = exp(x);
    y.backward();
    const before = gradientOf(x);
    expectError(() => y.backward(), "ERR_STATE", "the tensor has no graph");
    expect(gradientOf(x)).toEqual(before);
  });

  it("refuses a graph that another pass has partly freed, and changes nothing", () => {
    const x = leaf(1);
    const y = exp(x);
    const [a, b] = [scale(y, 2), scale(y, 3)];
    a.backward();
    const before = gradientOf(x);
    expectError(() => b.backward(), "ERR_STATE", "all outputs at once");
    expect(gradientOf(x)).toEqual(before);
    const [c, d] = [scale(tanh(x), 2), scale(tanh(x), 3)];
    rt().backward([c, d]);
  });

  it("makes the results it went through constants: a state can be carried over", () => {
    const x = leaf(2);
    const h = scale(x, 2);
    sum(h).backward();
    expect(h.requiresGrad).toBe(false);
    const w = leaf(5);
    multiply(w, h).backward();
    expect([...gradientOf(w)]).toEqual([4]);
    expect([...gradientOf(x)]).toEqual([2]);
  });

  it("keeps the graph of tensors that a pass did not go through", () => {
    const x = leaf(2);
    const [y, z] = [scale(x, 2), scale(x, 5)];
    y.backward();
    z.backward();
    expect([...gradientOf(x)]).toEqual([7]);
  });

  it("needs a tensor that depends on one with requiresGrad", () => {
    expectError(() => sum(rt().tensor([1, 2], [2])).backward(), "ERR_STATE", "requiresGrad");
    const x = leaf(1);
    const y = rt().noGrad(() => exp(x));
    expect(y.requiresGrad).toBe(false);
    expectError(() => y.backward(), "ERR_STATE", "noGrad");
  });

  it("records again after noGrad, also when it threw", () => {
    const x = leaf(1);
    expect(() =>
      rt().noGrad(() => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    expect(exp(x).requiresGrad).toBe(true);
    rt().noGrad(() => rt().noGrad(() => {}));
    expect(exp(x).requiresGrad).toBe(true);
  });

  it("checks seeds before anything is changed", () => {
    const x = leaf(1, 2, 3, 4, 5, 6);
    const y = scale(x, 2);
    const given = (data: number[] | Int32Array, shape: number[]) => rt().tensor(data, shape);
    expectError(() => y.backward(), "ERR_SHAPE", "[6]", "seed");
    expectError(() => y.backward(given([1, 2], [2])), "ERR_SHAPE", /seed is \[2\], expected .*\[6\]/);
    expectError(() => y.backward(given([1, 2, 3, 4, 5, 6], [2, 3])), "ERR_SHAPE", /\[2,3\].*\[6\]/);
    expectError(() => y.backward(given(new Int32Array(6), [6])), "ERR_DTYPE", "int32", "float32");
    const seed = given([1, 1, 1, 1, 1, 1], [6]);
    expectError(() => rt().backward([y, y], [seed]), "ERR_SHAPE", "seed");
    expect(x.grad).toBeNull();
    y.backward(seed);
    expect([...gradientOf(x)]).toEqual([2, 2, 2, 2, 2, 2]);
  });

  it("refuses disposed tensors and says which operation needs them", () => {
    const x = leaf(1, 2);
    const y = exp(x);
    const z = sum(y);
    y.dispose();
    expectError(() => z.backward(), "ERR_DISPOSED", "[2]", "sum needs");
    expectError(() => y.backward(), "ERR_DISPOSED");
    expect(x.grad).toBeNull();
  });

  it("refuses tensors of another runtime", async () => {
    const other = await startRuntime();
    const [x, foreign] = [leaf(1), other.tensor([1], [1], { requiresGrad: true })];
    const y = exp(x);
    expectError(() => add(x, foreign), "ERR_STATE", "another runtime");
    expectError(() => y.backward(other.tensor([1], [1])), "ERR_STATE", "another runtime");
    expectError(() => rt().backward([foreign]), "ERR_STATE", "another runtime");
    const linear = new nn.Linear(rt(), { inFeatures: 1, outFeatures: 1 });
    expectError(() => linear.forward(foreign), "ERR_STATE", "another runtime");
    const gru = new nn.GRU(rt(), { inputSize: 1, hiddenSize: 1 });
    expectError(() => gru.forward(other.zeros([1, 1, 1])), "ERR_STATE", "another runtime");
    y.backward();
    other.dispose();
  });

  it("takes an array of tensors, and forgets operations whose result is gone", () => {
    const x = leaf(1);
    expectError(() => rt().backward(exp(x) as never), "ERR_VALUE", "array");
    const y = exp(x);
    exp(y).dispose();
    y.backward();
    expect(gradientOf(x)[0]).toBeCloseTo(Math.E, 5);
  });

  it("makes the gradient again after it was disposed", () => {
    const x = leaf(1);
    exp(x).backward();
    x.grad!.dispose();
    expect(x.grad).toBeNull();
    scale(x, 3).backward();
    expect([...gradientOf(x)]).toEqual([3]);
  });

  it("frees everything of a step that was recorded", () => {
    const x = leaf(...new Array(100).fill(0.5));
    x.gradPtr();
    const step = () =>
      rt().scope(() => {
        sum(tanh(exp(x))).backward();
      });
    step();
    const { used } = rt().memory;
    step();
    expect(rt().memory.used).toBe(used);
  });
});
