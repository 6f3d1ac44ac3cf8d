import { expect, it, vi } from "vitest";
import * as nn from "../../src/nn/index.ts";
import { expectClose } from "../close.ts";
import { random } from "../random.ts";
import { describeRuntimes, expectError, gradientOf } from "../runtimes.ts";
import { CELLS } from "./cells.ts";

const CONNECTIONS = ["plain", "residual", "dense", "highway"] as const;
const NORMS = ["none", "layer", "batch"] as const;
const joints = CONNECTIONS.flatMap((connections) => NORMS.map((norm) => ({ connections, norm })));
const [T, B, I, H] = [5, 3, 4, 6];

describeRuntimes("stacks with connections and norms", (rt) => {
  /** Makes a network whose norms and running statistics differ from their initial values. */
  const make = (options: Partial<nn.RecurrentModuleOptions>, name = "LSTM") => {
    const module = CELLS[name]!(rt(), { inputSize: I, hiddenSize: H, numLayers: 3, ...options });
    const state = module.stateDict();
    Object.entries(state).forEach(([key, { data }], i) => {
      if (!/norm|highway/.test(key)) return;
      const moved = random(i)
        .array(data.length)
        .map((x) => 1 + x / 2);
      if (data instanceof Float32Array) data.set(moved);
    });
    module.loadStateDict(state);
    return module;
  };
  const ones = (shape: readonly number[]) =>
    rt().tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape);

  it.each(joints.flatMap((joint) => Object.keys(CELLS).map((name) => ({ name, ...joint }))))(
    "$name, $connections, norm $norm: a stream gives what the whole sequence gives, and allocates nothing",
    ({ name, ...joint }) => {
      for (const batch of [1, B]) {
        const module = make(joint, name).train(false);
        const x = random(1).array(T * batch * I);
        const { output, state } = rt().noGrad(() => module.forward(rt().tensor(x, [T, batch, I])));
        const stream = module.pack().stream({ batch });
        const allocate = vi.spyOn(rt(), "allocate");
        const width = batch * module.outputSize;
        for (let t = 0; t < T; t++) {
          const got = stream.step(x.subarray(t * batch * I, (t + 1) * batch * I));
          expectClose(got, output.data.subarray(t * width, (t + 1) * width), [1, 0], `step ${t}`);
        }
        expect(allocate).not.toHaveBeenCalled();
        allocate.mockRestore();
        expectClose(stream.state.h, state.h.data, [1, 0], "h");
      }
    },
  );

  it.each(joints)(
    "$connections, norm $norm: a stream that goes back to a state gives its output again",
    (joint) => {
      const { used } = rt().memory;
      const module = make(joint);
      const packed = module.pack();
      const [a, b] = [packed.stream(), packed.stream()];
      const first = a.step([1, 2, 3, 4]).slice();
      const { state } = a;
      a.step([4, 3, 2, 1]);
      b.state = state;
      const at = (stream: nn.RecurrentStream) => rt().floats(stream.outputPtr, module.outputSize).slice();
      expect(at(b)).toEqual(first);
      b.reset();
      expect(at(b), "as at the beginning").toEqual(at(packed.stream()));
      for (const part of [a, b]) part.dispose();
      expect(rt().memory.used).toBeGreaterThan(used);
    },
  );

  it("give back all memory", () => {
    const { used } = rt().memory;
    for (const joint of joints) {
      const module = make(joint);
      const packed = module.pack();
      packed.stream({ batch: 2 }).dispose();
      packed.dispose();
      module.dispose();
    }
    expect(rt().memory.used).toBe(used);
  });

  it.each(joints)(
    "$connections, norm $norm: what padding holds, and gradients that arrive there, do not matter",
    (joint) => {
      const lengths = [2, 5, 3];
      const module = make({ ...joint, bidirectional: true });
      const run = (padding: number, seed: number) => {
        for (const p of Object.values(module.parameters())) p.grad!.data.fill(0);
        const behind = (row: number) => Math.floor(row / B) >= lengths[row % B]!;
        const filled = random(8)
          .array(T * B * I)
          .map((x, i) => (behind(Math.floor(i / I)) ? padding : x));
        const x = rt().tensor(filled, [T, B, I], { requiresGrad: true });
        const { output } = module.forward(x, { lengths });
        const width = module.outputSize;
        const up = Float32Array.from(output.data, (_, i) => (behind(Math.floor(i / width)) ? seed : 1));
        output.data.forEach((y, i) => {
          if (behind(Math.floor(i / width))) expect(y).toBe(0);
        });
        output.backward(rt().tensor(up, output.shape));
        return [gradientOf(x), ...Object.values(module.parameters()).map(gradientOf)];
      };
      expect(run(Number.NaN, 100)).toEqual(run(0, 0));
    },
  );

  it("give batch first what they give time first", () => {
    for (const joint of joints) {
      const [a, b] = [make(joint), make({ ...joint, batchFirst: true })];
      b.loadStateDict(a.stateDict());
      const data = random(2).array(T * B * I);
      const turned = new Float32Array(data.length);
      for (let t = 0; t < T; t++)
        for (let n = 0; n < B; n++)
          turned.set(data.subarray((t * B + n) * I, (t * B + n + 1) * I), (n * T + t) * I);
      const [y, z] = [a.forward(rt().tensor(data, [T, B, I])), b.forward(rt().tensor(turned, [B, T, I]))];
      const W = a.outputSize;
      expect(z.output.shape).toEqual([B, T, W]);
      for (let t = 0; t < T; t++)
        for (let n = 0; n < B; n++) {
          const row = (from: Float32Array, i: number) => from.subarray(i * W, (i + 1) * W);
          expectClose(row(z.output.toArray(), n * T + t), row(y.output.toArray(), t * B + n));
        }
    }
  });

  it("refuse unknown kinds, and dropout on tokens", () => {
    expectError(
      () => make({ connections: "skip" as "plain" }),
      "ERR_VALUE",
      'connections is "skip"',
      "highway",
    );
    expectError(() => make({ norm: "group" as "none" }), "ERR_VALUE", 'norm is "group"', "batch");
    expectError(() => make({ inputDropout: 1 }), "ERR_VALUE", "inputDropout is 1");
    const tokens = rt().tensor(Int32Array.of(0, 1), [2, 1]);
    expectError(
      () => make({ inputDropout: 0.5 }).forward(tokens),
      "ERR_VALUE",
      "inputDropout is 0.5",
      "embed",
    );
  });

  const zerosOf = (y: Float32Array, n: number) =>
    Array.from({ length: y.length / n }, (_, t) =>
      Array.from(y.subarray(t * n, (t + 1) * n), (v) => v === 0),
    );

  it("variational dropout keeps its mask for all steps, forward and backward; another call draws another", () => {
    const x = rt().tensor(new Float32Array(7 * 5 * 3).fill(2), [7, 5, 3], { requiresGrad: true });
    const drop = new nn.Dropout(rt(), { p: 0.4, variational: true });
    const y = drop.forward(x);
    y.backward(ones(y.shape));
    const masks = zerosOf(y.toArray(), 15);
    for (const mask of masks) expect(mask).toEqual(masks[0]);
    expect(new Set(masks[0]).size).toBe(2);
    expect(gradientOf(x)).toEqual(y.toArray().map((v) => v / 2));
    expect(zerosOf(drop.forward(x).toArray(), 15)[0]).not.toEqual(masks[0]);
    expect(drop.train(false).forward(x)).toBe(x);
  });

  it("one mask each for input and layers, drawn again at each step or kept", () => {
    // An identity: the state is the input, relu(1 x + 0 h), so the output shows what is dropped.
    const identity = (options: object) => {
      const rnn = new nn.RNN(rt(), {
        inputSize: 8,
        hiddenSize: 8,
        numLayers: 2,
        nonlinearity: "relu",
        bias: false,
        ...options,
      });
      for (const [name, { data }] of Object.entries(rnn.parameters())) {
        data.fill(0);
        if (name.includes("_ih_")) for (let i = 0; i < 8; i++) data[9 * i] = 1;
      }
      const y = rnn.forward(ones([20, 2, 8])).output.toArray();
      return zerosOf(y, 16);
    };
    for (const where of [{ dropout: 0.5 }, { inputDropout: 0.5 }]) {
      const kept = identity({ ...where, variationalDropout: true });
      for (const mask of kept) expect(mask).toEqual(kept[0]);
      expect(new Set(kept[0]).size).toBe(2);
      expect(new Set(identity(where).map(String)).size).toBeGreaterThan(10);
    }
    const skipped = identity({ dropout: 0.5, connections: "residual" });
    expect(skipped.flat().some(Boolean), "what goes around a layer is not dropped").toBe(false);
  });
});

describeRuntimes("a feed-forward network", (rt) => {
  it("has hidden layers and an output layer that may be another module's weight", () => {
    const net = new nn.FeedForward(rt(), {
      inFeatures: 5,
      hidden: [4, 3],
      outFeatures: 2,
      activation: "tanh",
    });
    const shapes = Object.entries(net.parameters()).map(([name, { shape }]) => [name, [...shape]]);
    expect(Object.fromEntries(shapes)).toEqual({
      weight: [2, 3],
      bias: [2],
      "hidden_l0.weight": [4, 5],
      "hidden_l0.bias": [4],
      "hidden_l1.weight": [3, 4],
      "hidden_l1.bias": [3],
    });
    const tied = new nn.FeedForward(rt(), { inFeatures: 3, outFeatures: 2, weight: net.weight, bias: false });
    expect(tied.parameters()).toEqual({});
    const x = rt().tensor(random(1).array(6), [2, 3]);
    expect(tied.forward(x).shape).toEqual([2, 2]);
    tied.dispose();
    expect(net.forward(rt().zeros([1, 5])).shape).toEqual([1, 2]);
  });

  it.each(["relu", "tanh"] as const)("%s: a stream gives what forward gives", (activation) => {
    const net = new nn.FeedForward(rt(), { inFeatures: 5, hidden: [9, 3], outFeatures: 4, activation });
    const x = rt().tensor(random(1).array(15), [3, 5]);
    const want = net.forward(x).toArray();
    const { used } = rt().memory;
    const packed = net.pack();
    const stream = packed.stream(3);
    stream.run(x.ptr);
    expectClose(rt().floats(stream.outputPtr, 12), want);
    stream.dispose();
    packed.dispose();
    expect(rt().memory.used).toBe(used);
  });

  it("refuses what does not fit", () => {
    const make = (options: object) => () =>
      new nn.FeedForward(rt(), { inFeatures: 5, outFeatures: 2, ...options } as nn.FeedForwardOptions);
    const { used } = rt().memory;
    expectError(make({ hidden: [3, 0] }), "ERR_VALUE", "hidden is 0");
    expectError(make({ activation: "step" }), "ERR_VALUE", "step", "relu");
    expectError(make({ inFeatures: 0, hidden: [4] }), "ERR_VALUE", "inFeatures");
    expect(rt().memory.used).toBe(used);
    expectError(make({ weight: rt().zeros([2, 4]) }), "ERR_SHAPE", "weight is [2,4], expected [2,5]");
  });
});
