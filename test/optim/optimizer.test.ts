import { describe, expect, it } from "vitest";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import type { Tensor } from "../../src/runtime/tensor.ts";
import { random } from "../random.ts";
import { describeRuntimes, expectError, gradientOf } from "../runtimes.ts";

// To add an optimiser, add it to OPTIMIZERS with options that make it keep all the moments it can have: it must go on from
// a copied state as if never stopped, and count steps for each parameter. Its numbers are tested in two other places: five
// steps of its kernel against the float64 formula of reference/optim.ts in assembly/optim.test.ts, and those of the class
// against torch.optim in pytorch.test.ts (`optimiser_cases` in fixtures/make_fixtures.py).

type Parameters = Record<string, Tensor>;

const OPTIMIZERS: Record<string, (parameters: Parameters) => optim.Optimizer> = {
  "SGD with momentum": (p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9 }),
  RMSprop: (p) => new optim.RMSprop(p, { centered: true, momentum: 0.5 }),
  Adagrad: (p) => new optim.Adagrad(p, { initialAccumulatorValue: 0.1, lrDecay: 0.1 }),
  Adadelta: (p) => new optim.Adadelta(p),
  Adam: (p) => new optim.Adam(p, { amsgrad: true }),
  AdamW: (p) => new optim.AdamW(p),
};

function parameters(rt: Runtime): Parameters {
  return {
    a: rt.tensor(random(1).array(6), [2, 3], { requiresGrad: true }),
    b: rt.tensor(random(2).array(5), [5], { requiresGrad: true }),
  };
}

function step(optimizer: optim.Optimizer, params: Parameters, k: number): void {
  optimizer.zeroGrad();
  for (const p of Object.values(params)) p.backward(p.runtime.tensor(random(10 + k).array(p.size), p.shape));
  optimizer.step();
}

const values = (params: Parameters) => Object.values(params).map((p) => p.toArray());

describeRuntimes("optimisers", (rt) => {
  it.each(Object.keys(OPTIMIZERS))("%s goes on from a copied state as if never stopped", (name) => {
    const [p, q] = [parameters(rt()), parameters(rt())];
    const first = OPTIMIZERS[name]!(p);
    for (let k = 0; k < 3; k++) step(first, p, k);
    const state = first.stateDict();
    expect(state.steps).toBe(3);
    for (const [key, tensor] of Object.entries(q)) tensor.data.set(p[key]!.data);
    const second = OPTIMIZERS[name]!(q);
    second.loadStateDict(state);
    for (let k = 3; k < 6; k++) {
      step(first, p, k);
      step(second, q, k);
    }
    expect(values(q)).toEqual(values(p));
    expect(second.stateDict()).toEqual(first.stateDict());
    expect(first.stateDict()).not.toEqual(state);
  });

  it("follow a learning rate that is changed", () => {
    const p = { w: rt().tensor([1], [1], { requiresGrad: true }) };
    const sgd = new optim.SGD(p, { lr: 1 });
    sgd.lr = 0.25;
    p.w.backward();
    sgd.step();
    expect(p.w.item()).toBe(0.75);
  });

  it("leave parameters without a gradient alone", () => {
    const p = parameters(rt());
    const sgd = new optim.SGD(p, { lr: 1, weightDecay: 0.5 });
    const before = values(p);
    p.a!.backward(rt().zeros([2, 3]));
    sgd.step();
    expect(p.b!.toArray()).toEqual(before[1]);
    expect(p.a!.toArray()).not.toEqual(before[0]);
  });

  it("clear gradients only on request", () => {
    const p = parameters(rt());
    const sgd = new optim.SGD(p, { lr: 1 });
    p.b!.backward(rt().tensor([1, 2, 3, 4, 5], [5]));
    sgd.step();
    expect([...gradientOf(p.b!)]).toEqual([1, 2, 3, 4, 5]);
    sgd.zeroGrad();
    expect([...gradientOf(p.b!)]).toEqual([0, 0, 0, 0, 0]);
    expect(p.a!.grad).toBeNull();
  });

  it("refuse a state that does not fit, and stay as they are", () => {
    const p = parameters(rt());
    const adam = new optim.Adam(p);
    step(adam, p, 0);
    const before = adam.stateDict();
    const { "a.exp_avg": moved, ...missing } = before.tensors;
    const load =
      (tensors: typeof before.tensors, steps = 7) =>
      () =>
        adam.loadStateDict({ steps, tensors });
    expectError(load(missing), "ERR_FORMAT", "a.exp_avg is missing", "[2,3]");
    const turned = { shape: [3, 2], data: moved!.data };
    expectError(load({ ...before.tensors, "b.exp_avg": turned }), "ERR_FORMAT", "b.exp_avg is [3,2]", "[5]");
    const short = { shape: [5], data: new Float32Array(4) };
    expectError(load({ ...before.tensors, "b.exp_avg": short }), "ERR_FORMAT", "with 4 elements");
    expectError(load(before.tensors, -1), "ERR_FORMAT", "steps is -1");
    expect(adam.stateDict()).toEqual(before);
  });

  it("refuse options outside their range, and missing parameters", () => {
    const p = parameters(rt());
    const { used } = rt().memory;
    for (const make of [
      () => new optim.SGD(p, { lr: -1 }),
      () => new optim.SGD(p, { lr: Number.NaN }),
      () => new optim.SGD(p, {} as optim.SGDOptions),
      () => new optim.SGD(p, { lr: 1, momentum: -1 }),
      () => new optim.SGD(p, { lr: 1, weightDecay: -1 }),
      () => new optim.SGD(p, { lr: 1, nesterov: true }),
      () => new optim.RMSprop(p, { alpha: 1 }),
      () => new optim.RMSprop(p, { eps: -1 }),
      () => new optim.Adagrad(p, { lrDecay: -1 }),
      () => new optim.Adadelta(p, { rho: 1.5 }),
      () => new optim.Adam(p, { betas: [0.9, 1] }),
      () => new optim.Adam(p, { betas: [0.9] as never }),
      () => new optim.SGD(p, { lr: 1, momentum: 0.5, dampening: Number.NaN }),
      () => new optim.Adam({}),
      () => new optim.Adam(undefined as never),
    ]) {
      expectError(make, "ERR_VALUE", "optimiser");
    }
    expectError(() => new optim.SGD(p, undefined as never), "ERR_VALUE", "optim.SGD: options are undefined");
    expectError(() => new optim.Adam({ w: rt().zeros([1]) }), "ERR_STATE", "w does not require a gradient");
    expect(rt().memory.used - used).toBeLessThan(128);
  });

  it.each(Object.keys(OPTIMIZERS))("%s counts the steps of each parameter by itself", (name) => {
    const [p, q] = [parameters(rt()), parameters(rt())];
    const both = OPTIMIZERS[name]!(p);
    const alone = OPTIMIZERS[name]!({ b: q.b! });
    const grad = (tensor: Tensor) => tensor.backward(rt().tensor([1, -2, 3, -4, 5], [5]));
    p.a!.backward(rt().zeros([2, 3]));
    for (let k = 0; k < 3; k++) both.step();
    for (const [optimizer, { b }] of [
      [both, p],
      [alone, q],
    ] as const) {
      grad(b!);
      optimizer.step();
    }
    expect(p.b!.toArray()).toEqual(q.b!.toArray());
    expect(both.steps).toBe(4);
    expect(both.stateDict().tensors["b.step"]!.data[0]).toBe(1);
  });

  it("refuse unknown names in a state, missing ones, and what is no state", () => {
    const sgd = new optim.SGD(parameters(rt()), { lr: 1 });
    const { steps, tensors } = sgd.stateDict();
    const extra = { ...tensors, "c.step": tensors["a.step"]! };
    expectError(() => sgd.loadStateDict({ steps, tensors: extra }), "ERR_FORMAT", "c.step is unknown");
    const empty = { ...tensors, "a.step": null as never };
    expectError(() => sgd.loadStateDict({ steps, tensors: empty }), "ERR_FORMAT", "a.step is missing");
    expectError(() => sgd.loadStateDict(null as never), "ERR_VALUE", "state");
  });

  it.each(Object.keys(OPTIMIZERS))("%s cannot be used after dispose", (name) => {
    const p = parameters(rt());
    const optimizer = OPTIMIZERS[name]!(p);
    step(optimizer, p, 0);
    const state = optimizer.stateDict();
    const before = values(p);
    optimizer.dispose();
    optimizer.dispose();
    for (const use of [
      () => optimizer.step(),
      () => optimizer.loadStateDict(state),
      () => optimizer.stateDict(),
    ]) {
      expectError(use, "ERR_DISPOSED", "optimiser");
    }
    expect([values(p), optimizer.steps]).toEqual([before, 1]);
  });

  it("take the parameters of several modules, whatever their names", () => {
    const sizes = { inFeatures: 2, outFeatures: 3 };
    const [a, b] = [new nn.Linear(rt(), sizes), new nn.Linear(rt(), sizes)];
    const all = [a.parameters(), b.parameters()];
    const adam = new optim.Adam(all);
    expect(Object.keys(adam.stateDict().tensors)).toEqual(
      ["0.weight", "0.bias", "1.weight", "1.bias"].flatMap((name) =>
        ["exp_avg", "exp_avg_sq", "step"].map((quantity) => `${name}.${quantity}`),
      ),
    );
    for (const { bias } of [a, b]) bias!.backward(rt().tensor([3, 0, 0], [3]));
    expect(optim.clipGradNorm(all, 100)).toBeCloseTo(Math.sqrt(18), 5);
    optim.clipGradValue(all, 1);
    expect([a, b].map(({ bias }) => gradientOf(bias!)[0])).toEqual([1, 1]);
    expectError(
      () => new optim.Adam([a.parameters(), a.parameters()]),
      "ERR_VALUE",
      "1.weight is given twice",
    );
    expectError(() => new optim.Adam(a as never), "ERR_VALUE", "parameters()");
  });

  it("refuse an invalid learning rate, and change nothing", () => {
    const linear = new nn.Linear(rt(), { inFeatures: 2, outFeatures: 3 });
    const sgd = new optim.SGD(linear.parameters(), { lr: 0.1 });
    const [weights, state] = [linear.stateDict(), sgd.stateDict()];
    for (const lr of [Number.NaN, -1, Number.POSITIVE_INFINITY, undefined, "1", null, 1n, Symbol()]) {
      const assign = () => {
        sgd.lr = lr as never;
      };
      expectError(assign, "ERR_VALUE", "lr is ");
    }
    expect(sgd.lr).toBe(0.1);
    expect([linear.stateDict(), sgd.stateDict()]).toEqual([weights, state]);
  });

  it("give back their memory, and say when their parameters are gone", () => {
    const { used } = rt().memory;
    const linear = new nn.Linear(rt(), { inFeatures: 2, outFeatures: 3 });
    const adam = new optim.Adam(linear.parameters());
    linear.dispose();
    expectError(() => adam.step(), "ERR_DISPOSED");
    expect(adam.steps).toBe(0);
    adam.dispose();
    expect(rt().memory.used).toBe(used);
    expectError(() => new optim.Adam(linear.parameters()), "ERR_DISPOSED");
  });
});

describeRuntimes("clipping", (rt) => {
  it("refuses invalid limits", () => {
    const p = parameters(rt());
    for (const bad of [-1, Number.NaN]) {
      expectError(() => optim.clipGradNorm(p, bad), "ERR_VALUE", `${bad}`, "at least 0");
      expectError(() => optim.clipGradValue(p, bad), "ERR_VALUE", `${bad}`, "at least 0");
    }
    for (const bad of [0, 1.5, -2]) expectError(() => optim.clipGradNorm(p, 1, bad), "ERR_VALUE", `${bad}`);
  });

  it("counts only parameters that have a gradient", () => {
    const p = parameters(rt());
    expect(optim.clipGradNorm(p, 1)).toBe(0);
    p.b!.backward(rt().tensor([3, 0, 0, 4, 0], [5]));
    expect(optim.clipGradNorm(p, 2.5)).toBe(5);
    expect(gradientOf(p.b!)[3]).toBeCloseTo(2, 5);
    expect(optim.clipGradNorm(p, 100, 1)).toBeCloseTo(3.5, 5);
  });
});

describe("schedules", () => {
  const at = (schedule: optim.Schedule, ...done: number[]) => done.map((n) => Number(schedule(n).toFixed(6)));

  it("fall in steps, exponentially, along a cosine", () => {
    expect(at(optim.stepDecay({ every: 3 }), 0, 2, 3, 6)).toEqual([1, 1, 0.1, 0.01]);
    expect(at(optim.exponentialDecay({ gamma: 0.5 }), 0, 1, 2)).toEqual([1, 0.5, 0.25]);
    expect(at(optim.exponentialDecay({ gamma: 0.97, after: 10 }), 0, 9, 10, 11)).toEqual([
      1, 1, 0.97, 0.9409,
    ]);
    expect(at(optim.cosine({ total: 4, floor: 0.2 }), 0, 2, 4, 9)).toEqual([1, 0.6, 0.2, 0.2]);
    expect(at(optim.linear({ total: 8 }), 0, 1, 4, 8, 9)).toEqual([1, 0.875, 0.5, 0, 0]);
    expect(at(optim.linear({ total: 4, floor: 0.5 }), 0, 2, 4, 9)).toEqual([1, 0.75, 0.5, 0.5]);
  });

  it("follow the cosine without Math.cos, never below the floor", () => {
    const total = 1000;
    const factors = Array.from({ length: total + 2 }, (_, i) => optim.cosine({ total })(i));
    factors.forEach((factor, i) => {
      const exact = (1 + Math.cos(Math.PI * Math.min(1, i / total))) / 2;
      expect(Math.abs(factor - exact)).toBeLessThan(1e-15);
      expect(factor).toBeGreaterThanOrEqual(0);
    });
    expect(factors[0]).toBe(1);
    expect(factors[total]).toBeLessThan(1e-30);
    // The same bits in every engine, as it uses only products, quotients and sums.
    const bits = new Uint32Array(Float64Array.of(factors[1]!, factors[333]!, factors[999]!).buffer);
    expect([...bits].map((word) => word.toString(16))).toEqual([
      "d35340ff",
      "3feffffa",
      "aa646230",
      "3fe803b6",
      "fc02d937",
      "3ec4b2b2",
    ]);
  });

  it("rise first, then follow another", () => {
    const then = optim.stepDecay({ every: 2, gamma: 0.5 });
    expect(at(optim.warmUp({ units: 4, then }), 0, 1, 3, 4, 5, 6)).toEqual([0.25, 0.5, 1, 1, 1, 0.5]);
  });

  it("fall when the loss does not", () => {
    const next = optim.onPlateau({ patience: 1, gamma: 0.5 });
    let seen: optim.Plateau | undefined;
    const factors = [3, 2, 2, 2, 2, Number.NaN, 1, 1, 1].map((loss) => {
      seen = JSON.parse(JSON.stringify(next(loss, seen))) as optim.Plateau; // it can be stored
      return seen.factor;
    });
    expect(factors).toEqual([1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]);
    expect(seen).toEqual({ best: 1, waited: 2, factor: 0.125 });
    expect(next(Number.NaN)).toEqual({ best: null, waited: 1, factor: 1 });
  });

  it("refuse invalid lengths", () => {
    expectError(() => optim.stepDecay({ every: 0 }), "ERR_VALUE", "every is 0");
    expectError(() => optim.cosine({ total: -1 }), "ERR_VALUE", "total is -1");
    expectError(() => optim.linear({ total: 0 }), "ERR_VALUE", "total is 0");
    expectError(() => optim.warmUp({ units: Number.NaN }), "ERR_VALUE", "units is NaN");
    expectError(() => optim.stepDecay({ every: 1, gamma: Number.NaN }), "ERR_VALUE", "gamma is NaN");
    expectError(() => optim.exponentialDecay({ gamma: -1 }), "ERR_VALUE", "gamma is -1");
    expectError(() => optim.exponentialDecay({ gamma: 1, after: Number.NaN }), "ERR_VALUE", "after");
    expectError(() => optim.onPlateau({ gamma: Number.NaN }), "ERR_VALUE", "gamma is NaN");
    for (const patience of [-1, 1.5, Number.NaN]) {
      expectError(() => optim.onPlateau({ patience }), "ERR_VALUE", `patience is ${patience}`);
    }
  });
});
