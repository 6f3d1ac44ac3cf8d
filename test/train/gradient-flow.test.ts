import { describe, expect, it } from "vitest";
import { reshape, slice } from "../../src/autograd/shape.ts";
import * as nn from "../../src/nn/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import type { Tensor } from "../../src/runtime/tensor.ts";
import { diagnoseFlow, recordGradientFlow } from "../../src/train/gradient-flow.ts";
import { expectClose } from "../close.ts";
import { CELLS } from "../nn/cells.ts";
import { random } from "../random.ts";
import { describeRuntimes, expectError } from "../runtimes.ts";

const [T, B, I, H] = [6, 3, 2, 5];

/** Runs sum(v * x) backwards: its gradient with respect to x is v. */
function backwardFrom(rt: Runtime, x: Tensor, v: Float32Array): void {
  reshape(x, [x.size]).backward(rt.tensor(v, [x.size]));
}

/** Makes a relu RNN with positive states: h<t> = factor * h<t-1> + x<t>, so that dL/dh falls by exactly `factor` per step. */
function linear(rt: Runtime, factor: number, numLayers = 1, bidirectional = false): nn.Recurrent {
  const module = new nn.RNN(rt, {
    inputSize: H,
    hiddenSize: H,
    nonlinearity: "relu",
    numLayers,
    bidirectional,
  });
  for (const { weightIh, weightHh, biasIh, biasHh } of module.layers) {
    const width = weightIh.shape[1]!;
    weightIh.data.fill(0);
    for (let i = 0; i < H; i++) weightIh.data[i * width + i] = 1;
    weightHh.data.fill(0);
    for (let i = 0; i < H; i++) weightHh.data[i * H + i] = factor;
    biasIh!.data.fill(0);
    biasHh!.data.fill(0);
  }
  return module;
}

const ones = (rt: Runtime, ...shape: number[]) =>
  rt.tensor(new Float32Array(shape.reduce((a, b) => a * b)).fill(1), shape);

describeRuntimes("recordGradientFlow", (rt) => {
  it.each([0.5, 0.9, 1, 1.25])("a linear network with factor %f: the closed form", (factor) => {
    const module = linear(rt(), factor);
    const x = ones(rt(), 20, B, H);
    const [flow] = recordGradientFlow(module, () => {
      const { state } = module.forward(x);
      backwardFrom(rt(), state.h, new Float32Array(B * H).fill(2));
    });
    const expected = Float64Array.from({ length: 20 }, (_, d) => 2 * Math.sqrt(H) * factor ** d);
    expect({ ...flow, norms: [] }).toEqual({ layer: 0, direction: 0, norms: [] });
    expectClose(flow!.norms, expected, [20, 0]);
    expect(diagnoseFlow(flow!).factor).toBeCloseTo(factor, 6);
  });

  it("two linear layers: the lower one collects (d + 1) paths", () => {
    const module = linear(rt(), 0.9, 2);
    const flow = recordGradientFlow(module, () => {
      backwardFrom(
        rt(),
        slice(module.forward(ones(rt(), 12, B, H)).output, 11, 1),
        new Float32Array(B * H).fill(1),
      );
    });
    expect(flow.map(({ layer, direction }) => [layer, direction])).toEqual([
      [0, 0],
      [1, 0],
    ]);
    const expected = Float64Array.from({ length: 12 }, (_, d) => Math.sqrt(H) * (d + 1) * 0.9 ** d);
    expectClose(flow[0]!.norms, expected, [40, 0]);
  });

  it.each(Object.keys(CELLS))(
    "%s: each sequence from its own last step, against the rest run alone from the state before",
    (name) => {
      const lengths = [2, 6, 4];
      const module = CELLS[name]!(rt(), { inputSize: I, hiddenSize: H });
      const data = random(1).array(T * B * I);
      const v = random(2).array(B * H);
      const flow = recordGradientFlow(module, () => {
        backwardFrom(rt(), module.forward(rt().tensor(data, [T, B, I]), { lengths }).state.h, v);
      });
      const squares = new Float64Array(T);
      const counts = new Float64Array(T);
      lengths.forEach((length, b) => {
        const x = rt().tensor(
          Array.from({ length: length * I }, (_, i) => data[(Math.floor(i / I) * B + b) * I + (i % I)]!),
          [length, 1, I],
        );
        for (let d = 0; d < length; d++) {
          let gradient: ArrayLike<number> = v.subarray(b * H, (b + 1) * H);
          if (d > 0) {
            const { h, c } = module.forward(slice(x, 0, length - d)).state;
            const h0 = rt().tensor(h.toArray(), [1, 1, H], { requiresGrad: true });
            const c0 = c && rt().tensor(c.toArray(), [1, 1, H]);
            const rest = module.forward(slice(x, length - d, d), { h0, ...(c0 && { c0 }) });
            backwardFrom(rt(), rest.state.h, v.slice(b * H, (b + 1) * H));
            gradient = h0.grad!.data;
          }
          for (let i = 0; i < H; i++) squares[d]! += gradient[i]! ** 2;
          counts[d]!++;
        }
      });
      expectClose(
        flow[0]!.norms,
        squares.map((square, d) => Math.sqrt(square / counts[d]!)),
        [4, 1e-7],
      );
    },
  );

  it("backwards, distance counts from the first step", () => {
    const module = linear(rt(), 0.8, 1, true);
    const [forwards, backwards] = recordGradientFlow(module, () => {
      const { state } = module.forward(ones(rt(), 9, 2, H), { lengths: [5, 9] });
      backwardFrom(rt(), state.h, new Float32Array(2 * 2 * H).fill(1));
    });
    const expected = Float64Array.from({ length: 9 }, (_, d) => Math.sqrt(H) * 0.8 ** d);
    expect(backwards).toMatchObject({ layer: 0, direction: 1 });
    expectClose(forwards!.norms, expected, [20, 0]);
    expectClose(backwards!.norms, expected, [20, 0]);
  });

  it("a network that runs in reverse is one that runs backwards", () => {
    const module = new nn.GRU(rt(), { inputSize: I, hiddenSize: H, numLayers: 2, reverse: true });
    const twin = new nn.GRU(rt(), { inputSize: I, hiddenSize: H, numLayers: 2 });
    twin.loadStateDict(module.stateDict());
    const x = random(1).array(T * I);
    const turned = x.map((_, i) => x[(T - 1 - Math.floor(i / I)) * I + (i % I)]!);
    const record = (net: nn.Recurrent, data: Float32Array) =>
      recordGradientFlow(net, () => {
        const { state } = net.forward(rt().tensor(data, [T, 1, I]));
        backwardFrom(rt(), state.h, random(2).array(state.h.size));
      });
    const flow = record(module, x);
    expect(flow.map(({ layer, direction }) => [layer, direction])).toEqual([
      [0, 1],
      [1, 1],
    ]);
    const expected = record(twin, turned);
    expect(flow.map(({ norms }) => norms)).toEqual(expected.map(({ norms }) => norms));
  });

  it("the root mean square over sequences, and over several passes", () => {
    const module = linear(rt(), 0.9);
    const pass = (steps: number, ...scales: number[]) => {
      const { state } = module.forward(ones(rt(), steps, scales.length, H));
      backwardFrom(
        rt(),
        state.h,
        Float32Array.from({ length: scales.length * H }, (_, i) => scales[Math.floor(i / H)]!),
      );
    };
    const [flow] = recordGradientFlow(module, () => {
      pass(3, 1, 2, 3);
      pass(5, 7);
    });
    const squares = [63 / 4, 63 / 4, 63 / 4, 49, 49];
    expectClose(
      flow!.norms,
      Float64Array.from(squares, (square, d) => Math.sqrt(H * square) * 0.9 ** d),
      [20, 0],
    );
  });

  it("if every step has a loss, their gradients add up from the end", () => {
    const module = linear(rt(), 0.5);
    const [flow] = recordGradientFlow(module, () => {
      const { output } = module.forward(ones(rt(), 8, B, H));
      backwardFrom(rt(), output, new Float32Array(output.size).fill(1));
    });
    expectClose(
      flow!.norms,
      Float64Array.from({ length: 8 }, (_, d) => Math.sqrt(H) * (2 - 0.5 ** d)),
      [20, 0],
    );
  });

  it("leaves the module's own observer in place and lets it see everything", () => {
    const module = linear(rt(), 0.9);
    const seen: number[] = [];
    const observer = (_: unknown, step: number) => seen.push(step);
    module.onStateGradient = observer;
    const run = () =>
      backwardFrom(rt(), module.forward(ones(rt(), 3, 1, H)).output, new Float32Array(3 * H).fill(1));
    recordGradientFlow(module, run);
    expect(seen).toEqual([2, 1, 0]);
    expect(module.onStateGradient).toBe(observer);
  });

  it("without a backward pass, or with an asynchronous one: an error, and the module is as before", () => {
    const module = linear(rt(), 0.9);
    expectError(
      () => recordGradientFlow(module, () => module.forward(ones(rt(), 3, 1, H))),
      "ERR_STATE",
      "backward",
    );
    expectError(() => recordGradientFlow(module, async () => {}), "ERR_VALUE", "asynchronous");
    expect(module.onStateGradient).toBeUndefined();
  });

  it("is plain JSON, and memory stops growing", () => {
    const module = new nn.LSTM(rt(), { inputSize: H, hiddenSize: H, numLayers: 2, bidirectional: true });
    const record = () =>
      rt().scope(() =>
        recordGradientFlow(module, () => {
          const { output } = module.forward(ones(rt(), T, B, H), { lengths: [3, 6, 1] });
          backwardFrom(rt(), output, new Float32Array(output.size).fill(1));
        }),
      );
    const flow = record();
    const places = flow.map(({ layer, direction, norms }) => [layer, direction, norms.length]);
    expect(places).toEqual([0, 1].flatMap((layer) => [0, 1].map((direction) => [layer, direction, T])));
    expect(JSON.parse(JSON.stringify(flow))).toEqual(flow);
    const before = rt().memory;
    for (let i = 0; i < 50; i++) record();
    expect(rt().memory).toEqual(before);
  });
});

describe("diagnoseFlow", () => {
  const diagnose = (...norms: number[]) => diagnoseFlow({ norms });

  it("takes any number of steps", () => {
    const norms = Array.from({ length: 200_000 }, () => 2);
    expect(diagnoseFlow({ norms })).toMatchObject({ verdict: "flows", thousandth: null });
  });
  const powers = (factor: number, length = 50) => Array.from({ length }, (_, d) => 3 * factor ** d);

  it.each([
    [0.71, "vanishes", 21],
    [0.93, "vanishes", null],
    [0.934, "flows", null],
    [1, "flows", null],
    [1.07, "flows", null],
    [1.075, "explodes", null],
    [1.3, "explodes", null],
  ])("a factor of %f a step: %s", (factor, verdict, thousandth) => {
    const diagnosis = diagnose(...powers(factor));
    expect(diagnosis).toEqual({ verdict, factor: expect.closeTo(factor, 10), thousandth });
  });

  it("the fit is that of least squares", () => {
    const norms = [1, Math.E, Math.E, Math.E ** 3];
    expect(Math.log(diagnose(...norms).factor)).toBeCloseTo(0.9, 10);
  });

  it("the thousandth is relative to the largest norm, and after it", () => {
    expect(diagnose(1e-4, 1, 0.5, 0.001, 0.0009, 0.0001).thousandth).toBe(4);
  });

  it.each<[string, number[], object]>([
    ["a gradient that ends at 0", [1, 1, 1, 0, 0], { verdict: "vanishes", factor: 1, thousandth: 3 }],
    ["one that is 0 but at the loss", [1, 0, 0], { verdict: "vanishes", factor: 0, thousandth: 1 }],
    ["one that never comes", [0, 0], { verdict: "vanishes", factor: 0, thousandth: null }],
    ["a single step", [2], { verdict: "flows", factor: 1, thousandth: null }],
    ["an overflow", [1, 1, Infinity, NaN], { verdict: "explodes", factor: 1, thousandth: null }],
    [
      "an overflow that stays infinite",
      [1, Infinity, Infinity],
      { verdict: "explodes", factor: 1, thousandth: null },
    ],
  ])("%s", (_, norms, expected) => {
    expect(diagnose(...norms)).toEqual(expected);
  });
});
