import { expect, it } from "vitest";
import { exp } from "../../src/autograd/activation.ts";
import { scale, sum } from "../../src/autograd/elementwise.ts";
import { gatherRows } from "../../src/autograd/shape.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import type { Tensor } from "../../src/runtime/tensor.ts";
import { describeRuntimes, expectError, gradientOf } from "../runtimes.ts";

describeRuntimes("scope", (rt) => {
  it("frees what was made inside and returns the result", () => {
    const { used } = rt().memory;
    let inside: Tensor | undefined;
    const result = rt().scope(() => {
      inside = exp(rt().tensor([1, 2], [2]));
      return "done";
    });
    expect(result).toBe("done");
    expect(inside!.disposed).toBe(true);
    expectError(() => inside!.data, "ERR_DISPOSED", "[2]", /scope/);
    expect(rt().memory.used).toBe(used);
  });

  it("keeps tensors that are returned, in nested arrays and objects", () => {
    const { used } = rt().memory;
    const kept = rt().scope(() => {
      const make = (value: number) => rt().tensor([value], [1]);
      make(9);
      return { a: make(1), list: [make(2), { deep: [make(3)] }], none: null, number: 4 };
    });
    const [second, { deep }] = kept.list as [Tensor, { deep: Tensor[] }];
    expect([kept.a, second, deep[0]!].map((tensor) => tensor.item())).toEqual([1, 2, 3]);
    for (const tensor of [kept.a, second, deep[0]!]) tensor.dispose();
    expect(rt().memory.used).toBe(used);
  });

  it("keeps tensors in objects without a prototype and in cycles", () => {
    const bare: Record<string, unknown> = rt().scope(() => {
      const object = Object.assign(Object.create(null), { x: rt().tensor([1], [1]) });
      object.self = [object];
      return object;
    });
    expect((bare.x as Tensor).item()).toBe(1);
  });

  it("removes the entries made inside, also if an outer one has run backward", () => {
    const x = rt().tensor([1], [1, 1], { requiresGrad: true });
    x.gradPtr();
    const { used } = rt().memory;
    const outer = exp(x);
    rt().scope(() => {
      gatherRows(x, Int32Array.of(0, 0), [2, 1]); // keeps a block for its backward pass
      outer.backward();
    });
    outer.dispose();
    expect(rt().memory.used).toBe(used);
  });

  it("does not affect tensors made before", () => {
    const x = rt().tensor([1], [1]);
    rt().scope(() => x);
    rt().scope(() => exp(x));
    expect(x.item()).toBe(1);
  });

  it("passes the result of an inner scope to the outer one", () => {
    const { used } = rt().memory;
    let inner: Tensor | undefined;
    const result = rt().scope(() => {
      inner = rt().scope(() => exp(rt().tensor([0], [1])));
      expect(inner.item()).toBe(1);
      const other = rt().scope(() => scale(inner!, 2));
      return rt().scope(() => scale(other, 3));
    });
    expect(inner!.disposed).toBe(true);
    expect(result.item()).toBe(6);
    result.dispose();
    expect(rt().memory.used).toBe(used);
  });

  it("frees if the function throws, and continues as before", () => {
    const { used } = rt().memory;
    const outer = rt().scope(() => {
      expect(() =>
        rt().scope(() => {
          rt().tensor([1], [1]);
          throw new Error("inside");
        }),
      ).toThrow("inside");
      rt().tensor([2], [1]);
      return rt().tensor([3], [1]);
    });
    expect(outer.item()).toBe(3);
    outer.dispose();
    expect(rt().memory.used).toBe(used);
  });

  it("refuses an asynchronous function", () => {
    const { used } = rt().memory;
    expectError(
      () => rt().scope(async () => rt().tensor([1], [1])),
      "ERR_VALUE",
      "asynchronous",
      "synchronous one",
    );
    expect(rt().memory.used).toBe(used);
    expectError(() => rt().noGrad(async () => 1), "ERR_VALUE", "noGrad", "asynchronous");
  });

  it("allows disposing inside", () => {
    const { used } = rt().memory;
    rt().scope(() => {
      const x = rt().tensor([1], [1]);
      x.dispose();
      x.dispose();
    });
    expect(rt().memory.used).toBe(used);
  });

  it("frees the graph of tensors made inside: the result is constant", () => {
    const x = rt().tensor([1], [1], { requiresGrad: true });
    const y = rt().scope(() => exp(x));
    expect(y.requiresGrad).toBe(false);
    expectError(() => y.backward(), "ERR_STATE", "scope");
    expect(exp(y).requiresGrad).toBe(false);
    const z = rt().scope(() => rt().tensor([1], [1], { requiresGrad: true }));
    expect(z.requiresGrad, "a leaf stays one").toBe(true);
  });

  it("keeps the graph of tensors made before", () => {
    const x = rt().tensor([2], [1], { requiresGrad: true });
    const y = scale(x, 3);
    rt().scope(() => sum(scale(x, 100)));
    y.backward();
    expect([...gradientOf(x)]).toEqual([3]);
  });

  it("keeps a returned gradient, though its tensor is freed", () => {
    const gradient = rt().scope(() => {
      const x = rt().tensor([2], [1], { requiresGrad: true });
      scale(x, 3).backward();
      return x.grad!;
    });
    expect(gradient.item()).toBe(3);
  });

  it("does not free parameters, optimisers and packed weights, wherever they were made", () => {
    const { lstm, optimizer, stream } = rt().scope(() => {
      const lstm = new nn.LSTM(rt(), { inputSize: 2, hiddenSize: 3 });
      const optimizer = new optim.Adam(lstm.parameters());
      return { lstm, optimizer, stream: lstm.pack().stream() };
    });
    rt().scope(() => {
      const { output } = lstm.forward(rt().zeros([4, 1, 2]));
      sum(output).backward();
      optimizer.step();
    });
    expect(stream.step([1, 2])).toHaveLength(3);
    expect(optimizer.stateDict().steps).toBe(1);
  });
});
