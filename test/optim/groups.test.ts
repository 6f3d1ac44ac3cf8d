import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { add, multiply, sum } from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import type { Tensor } from "../../src/runtime/tensor.ts";
import { describeRuntimes, expectError } from "../runtimes.ts";

const OPTIMIZERS = {
  SGD: optim.SGD,
  RMSprop: optim.RMSprop,
  Adagrad: optim.Adagrad,
  Adadelta: optim.Adadelta,
  Adam: optim.Adam,
  AdamW: optim.AdamW,
};

type Name = keyof typeof OPTIMIZERS;

interface Case {
  options: Record<string, number>;
  group: { lr: number; weight_decay: number };
  steps: [number[], number[]][];
}

const cases = JSON.parse(readFileSync(new URL("groups.json", import.meta.url), "utf8")) as Record<Name, Case>;

const camelCase = (options: Record<string, number>) =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );

describeRuntimes("groups of parameters", (rt) => {
  it.each(Object.keys(cases) as Name[])("%s gives PyTorch's numbers, also if the rate changes", (name) => {
    const { options, group, steps } = cases[name];
    const a = rt().tensor([1, -2, 0.5], [3], { requiresGrad: true });
    const b = rt().tensor([0.25, 3], [2], { requiresGrad: true });
    const optimizer = new OPTIMIZERS[name](
      [{ a }, { parameters: { b }, ...camelCase(group) }],
      camelCase(options) as unknown as optim.SGDOptions,
    );
    for (const [k, expected] of steps.entries()) {
      if (k === 1) optimizer.lr *= 0.5;
      optimizer.zeroGrad();
      rt().scope(() => add(sum(multiply(a, a)), sum(multiply(b, multiply(b, b)))).backward());
      optimizer.step();
      for (const [i, tensor] of [a, b].entries()) {
        tensor.toArray().forEach((value, j) => {
          expect(value).toBeCloseTo(expected[i]![j]!, 5);
        });
      }
    }
    expect(Object.keys(optimizer.stateDict().tensors)).toContain("1.b.step");
  });

  it("are checked", () => {
    const w = rt().zeros([1], { requiresGrad: true });
    const make = (group: object, lr = 1) => new optim.SGD([{ parameters: { w }, ...group }], { lr });
    expectError(() => make({ lr: -1 }), "ERR_VALUE", "lr of 0.w is -1");
    expectError(() => make({ weightDecay: Number.NaN }), "ERR_VALUE", "weightDecay of 0.w");
    expectError(() => make({ weight_decay: 1 }), "ERR_VALUE", "weightDecay");
    expectError(() => make({ lr: 1 }, 0), "ERR_VALUE", "lr is 0");
    expectError(
      () => new optim.SGD([{ w }, { parameters: { w }, lr: 1 }], { lr: 1 }),
      "ERR_VALUE",
      "given twice",
    );
    // a module may call a parameter so
    expect(() => new optim.SGD([{ parameters: w }], { lr: 1 })).not.toThrow();
  });
});

describeRuntimes("frozen parameters", (rt) => {
  const loss = (parameters: Record<string, Tensor>) =>
    rt().scope(() =>
      Object.values(parameters)
        .map((p) => sum(multiply(p, p)))
        .reduce(add)
        .backward(),
    );
  const pair = () => ({
    a: rt().tensor([1, 2], [2], { requiresGrad: true }),
    b: rt().tensor([3], [1], { requiresGrad: true }),
  });

  it("stay as they are and have no gradient and no moments", () => {
    const p = pair();
    p.a.requiresGrad = false;
    const adam = new optim.AdamW(p, { lr: 0.1 });
    loss(p);
    adam.step();
    expect([...p.a.data]).toEqual([1, 2]);
    expect(p.a.grad).toBeNull();
    expect(p.b.data[0]).toBeLessThan(3);
    expect(Object.keys(adam.stateDict().tensors)).toEqual(["b.exp_avg", "b.exp_avg_sq", "b.step"]);
  });

  it("are left alone if they are frozen behind the optimiser's back, and trained again", () => {
    const [p, q] = [pair(), pair()];
    const [one, other] = [p, q].map((parameters) => new optim.Adam(parameters, { lr: 0.1 }));
    const step = (optimizer: optim.Optimizer, parameters: typeof p) => {
      optimizer.zeroGrad();
      loss(parameters);
      optimizer.step();
    };
    step(one!, p);
    const after = [...p.a.data];
    p.a.requiresGrad = false;
    step(one!, p);
    expect([...p.a.data]).toEqual(after);
    p.a.requiresGrad = true;
    step(one!, p);
    step(other!, q);
    step(other!, q);
    expect([...p.a.data], "as if the step in between had not been").toEqual([...q.a.data]);
    expect(one!.stateDict().tensors["a.step"]!.data[0]).toBe(2);
  });

  it("get moments when they are trained for the first time", () => {
    const p = pair();
    p.a.requiresGrad = false;
    const adam = new optim.Adam(p, { lr: 0.1 });
    p.a.requiresGrad = true;
    loss(p);
    adam.step();
    expect(p.a.data[0]).toBeCloseTo(0.9, 5);
    const q = pair();
    q.a.requiresGrad = false;
    const copy = new optim.Adam(q);
    q.a.requiresGrad = true;
    copy.loadStateDict(adam.stateDict());
    expect(copy.stateDict()).toEqual(adam.stateDict());
  });

  it("get no gradient in any layer, while the others keep theirs", () => {
    const sizes = { inputSize: 2, hiddenSize: 3 };
    const layers = [
      new nn.LSTM(rt(), { ...sizes, bidirectional: true, numLayers: 2 }),
      new nn.LSTM(rt(), { ...sizes, peepholes: true, norm: "layer" }),
      new nn.GRU(rt(), { ...sizes, resetAfter: false }),
      new nn.RNN(rt(), sizes),
    ];
    const x = rt().tensor([1, 2, 3, 4, -1, 0.5], [3, 1, 2]);
    for (const layer of layers) {
      const parameters = layer.parameters();
      const gradients = () => {
        for (const p of Object.values(parameters)) p.grad?.data.fill(0);
        rt().scope(() => {
          const { output } = layer.forward(x);
          sum(multiply(output, output)).backward();
        });
        return Object.fromEntries(
          Object.entries(parameters).map(([name, { grad }]) => [name, grad?.toArray()]),
        );
      };
      const all = gradients();
      for (const [name, parameter] of Object.entries(parameters)) {
        parameter.requiresGrad = false;
        expect(gradients(), name).toEqual({ ...all, [name]: undefined });
        parameter.requiresGrad = true;
      }
      expect(gradients()).toEqual(all);
    }
  });

  it("are leaves of float32", () => {
    const p = pair();
    rt().scope(() => {
      const y = multiply(p.a, p.a);
      expectError(() => (y.requiresGrad = false), "ERR_STATE", "result of an operation");
    });
    expectError(() => (rt().tensor(Int32Array.of(1)).requiresGrad = true), "ERR_DTYPE", "int32");
    const constant = rt().zeros([1]);
    expectError(() => new optim.SGD({ constant, ...p }, { lr: 1 }), "ERR_STATE", "constant");
    constant.requiresGrad = true;
    expect(() => new optim.SGD({ constant, ...p }, { lr: 1 })).not.toThrow();
  });
});
