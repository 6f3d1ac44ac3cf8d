import { expect, it } from "vitest";
import { activation } from "../../src/autograd/activation.ts";
import { add, sum } from "../../src/autograd/elementwise.ts";
import { layerNorm } from "../../src/autograd/layer-norm.ts";
import { linear } from "../../src/autograd/linear.ts";
import { reshape } from "../../src/autograd/shape.ts";
import * as nn from "../../src/nn/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { expectClose } from "../close.ts";
import { random } from "../random.ts";
import { describeRuntimes, expectError, gradientOf, startRuntime } from "../runtimes.ts";
import { CELLS } from "./cells.ts";

describeRuntimes("recurrent networks", (rt, variant) => {
  const ones = (shape: readonly number[]) =>
    rt().tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape);

  it.each([
    ["tanh", {}],
    ["relu", {}],
    ["softsign", { activations: ["softsign"] }],
    ["tanh", { activations: ["tanh"] }],
  ] as const)("RNN, gates normalised: h' = %s of the normalised sum plus biases (%o)", (f, options) => {
    const nonlinearity = f === "relu" ? f : "tanh";
    const rnn = new nn.RNN(rt(), { inputSize: 3, hiddenSize: 5, gateNorm: true, nonlinearity, ...options });
    const { weightIh, weightHh, biasIh, biasHh, norm } = rnn.layers[0]!;
    const [x, h0] = [rt().tensor(random(1).array(6), [2, 3]), rt().tensor(random(2).array(10), [2, 5])];
    const a = add(linear(x, weightIh), linear(h0, weightHh));
    const expected = activation(layerNorm(a, { weight: norm, bias: add(biasIh!, biasHh!) }), f);
    const { output } = rnn.forward(reshape(x, [1, 2, 3]), { h0: reshape(h0, [1, 2, 5]) });
    expectClose(output.toArray(), Float64Array.from(expected.data), [8, 1e-6]);
  });

  it.each(Object.keys(CELLS))("%s: tokens give what their one-hot vectors give", (name) => {
    const [T, B, V] = [5, 3, 7];
    for (const options of [{}, { bidirectional: true, numLayers: 2, batchFirst: true }, { bias: false }]) {
      const module = CELLS[name]!(rt(), { inputSize: V, hiddenSize: 5, ...options });
      const lengths = [2, 5, 3];
      const tokens = random(3).integers(T * B, V);
      const oneHot = new Float32Array(T * B * V);
      tokens.forEach((token, i) => {
        oneHot[i * V + token] = 1;
      });
      const shape = "batchFirst" in options ? [B, T] : [T, B];
      const run = (x: ReturnType<Runtime["tensor"]>) => {
        const { output, state } = module.forward(x, { lengths });
        rt().backward([output, state.h], [ones(output.shape), ones(state.h.shape)]);
        const gradients = Object.values(module.parameters()).map((p) => {
          const gradient = gradientOf(p);
          p.grad!.data.fill(0);
          return gradient;
        });
        return [output.toArray(), state.h.toArray(), ...gradients];
      };
      const [a, b] = [run(rt().tensor(tokens, shape)), run(rt().tensor(oneHot, [...shape, V]))];
      a.forEach((values, i) => {
        expectClose(values, b[i]!, [4, 1e-6], `${name} tensor ${i}`);
      });
    }
  });

  it.each(Object.keys(CELLS))("%s: what padding holds does not matter", (name) => {
    const [T, B, I] = [4, 3, 2];
    for (const [batchFirst, lengths] of [
      [true, [2, 4, 3]],
      [false, [4, 3, 1]],
    ] as const) {
      const module = CELLS[name]!(rt(), { inputSize: I, hiddenSize: 3, batchFirst, bidirectional: true });
      const isPadding = (row: number) =>
        batchFirst ? row % T >= lengths[Math.floor(row / T)]! : Math.floor(row / B) >= lengths[row % B]!;
      const shape = batchFirst ? [B, T] : [T, B];
      const run = (padding: number, tokens: boolean) => {
        for (const p of Object.values(module.parameters())) p.grad!.data.fill(0);
        const values = tokens ? random(8).integers(T * B, I) : random(8).array(T * B * I);
        const width = tokens ? 1 : I;
        const filled = values.map((value, i) => (isPadding(Math.floor(i / width)) ? padding : value));
        const x = rt().tensor(filled, tokens ? shape : [...shape, I], { requiresGrad: !tokens });
        const first = random(9).array(2 * B * 3);
        const [h0, c0] = [0, 1].map(() => rt().tensor(first, [2, B, 3], { requiresGrad: true }));
        const { output, state } = module.forward(x, {
          lengths,
          h0: h0!,
          ...(module.cells[0]!.memory && { c0: c0! }),
        });
        const results = [output, state.h, ...(state.c ? [state.c] : [])];
        rt().backward(
          results,
          results.map(({ shape }) => ones(shape)),
        );
        const leaves = [
          ...Object.values(module.parameters()),
          h0!,
          ...(state.c ? [c0!] : []),
          ...(tokens ? [] : [x]),
        ];
        return [...results.map((result) => result.toArray()), ...leaves.map(gradientOf)];
      };
      expect(run(Number.NaN, false)).toEqual(run(0, false));
      expect(run(-1, true)).toEqual(run(0, true));
    }
  });

  it.each(Object.keys(CELLS))("%s: a few tokens of many give what their one-hot vectors give", (name) => {
    const [T, B, V] = [2, 2, 9];
    const module = CELLS[name]!(rt(), { inputSize: V, hiddenSize: 5 });
    const tokens = Int32Array.of(8, 0, 3, 8);
    const oneHot = new Float32Array(T * B * V);
    tokens.forEach((token, i) => {
      oneHot[i * V + token] = 1;
    });
    const run = (x: ReturnType<Runtime["tensor"]>) => {
      for (const p of Object.values(module.parameters())) p.grad!.data.fill(0);
      const { output } = module.forward(x);
      output.backward(ones(output.shape));
      return [output.toArray(), ...Object.values(module.parameters()).map(gradientOf)];
    };
    const want = run(rt().tensor(oneHot, [T, B, V]));
    run(rt().tensor(tokens, [T, B])).forEach((values, i) => {
      expectClose(values, want[i]!, [4, 1e-6], `${name} tensor ${i}`);
    });
  });

  it("without a gradient, keep nothing but what they return", () => {
    const lstm = new nn.LSTM(rt(), { inputSize: 2, hiddenSize: 3, numLayers: 3, bidirectional: true });
    const x = rt().zeros([4, 2, 2]);
    const { used } = rt().memory;
    const { output, state } = rt().noGrad(() => lstm.forward(x, { lengths: [2, 4] }));
    for (const tensor of [output, state.h, state.c!]) tensor.dispose();
    expect(rt().memory.used).toBe(used);
  });

  it("cut into blocks of steps, a long sequence gives what its parts give one after the other", () => {
    const [T, B, I, H] = [700, 2, 3, 4]; // 512 rows a block: three blocks
    for (const name of Object.keys(CELLS)) {
      const module = CELLS[name]!(rt(), { inputSize: I, hiddenSize: H });
      const data = random(4).array(T * B * I);
      const whole = module.forward(rt().tensor(data, [T, B, I]));
      rt().backward([whole.output], [ones([T, B, H])]);
      const want = Object.values(module.parameters()).map(gradientOf);
      for (const p of Object.values(module.parameters())) p.grad!.data.fill(0);

      const outputs: number[] = [];
      const parts = [];
      let state: nn.RecurrentState | undefined;
      for (let t = 0; t < T; t += 100) {
        const x = rt().tensor(data.slice(t * B * I, (t + 100) * B * I), [100, B, I]);
        const part = module.forward(x, { ...(state && { h0: state.h }), ...(state?.c && { c0: state.c }) });
        state = part.state;
        outputs.push(...part.output.toArray());
        parts.push(part.output);
      }
      rt().backward(
        parts,
        parts.map(({ shape }) => ones(shape)),
      );
      expectClose(outputs, whole.output.data, [1, 0], `${name} output`);
      Object.entries(module.parameters()).forEach(([key, p], i) => {
        const scale = Math.max(...want[i]!.map(Math.abs));
        expectClose(gradientOf(p), want[i]!, [10 * scale, 0], `${name} ${key}`);
      });
    }
  });

  it("dropout between layers acts in training alone, and repeats with its seed", async () => {
    const make = (runtime: Runtime) =>
      new nn.LSTM(runtime, { inputSize: 4, hiddenSize: 16, numLayers: 2, dropout: 0.5 });
    const run = (module: nn.LSTM) =>
      module.forward(module.runtime.tensor(random(5).array(12), [3, 1, 4])).output.toArray();
    const [a, b] = [make(rt()), make(await startRuntime(variant))];
    const first = run(a);
    expect(run(a), "another mask each time").not.toEqual(first);
    expect(run(b), "the same masks from the same seed").toEqual(first);
    expect(a.training).toBe(true);
    a.train(false);
    const inference = run(a);
    expect(run(a)).toEqual(inference);
    expect(inference).not.toEqual(first);
    const plain = new nn.LSTM(rt(), { inputSize: 4, hiddenSize: 16, numLayers: 2 });
    plain.loadStateDict(a.stateDict());
    expect(run(plain)).toEqual(inference);
    a.train();
    expect(run(a)).not.toEqual(inference);
  });

  it("the Dropout module zeroes about the share p and scales the rest", () => {
    const dropout = new nn.Dropout(rt(), { p: 0.25 });
    const x = ones([4000]);
    const y = dropout.forward(x).toArray();
    const kept = y.filter((value) => value !== 0);
    expect(new Set(kept)).toEqual(new Set([Math.fround(1 / 0.75)]));
    expect(kept.length / 4000).toBeCloseTo(0.75, 1);
    expect(dropout.train(false).forward(x)).toBe(x);
  });

  it("an empty sequence in a batch keeps its initial state", () => {
    const lstm = new nn.LSTM(rt(), { inputSize: 2, hiddenSize: 3, bidirectional: true });
    const h0 = rt().tensor(random(6).array(12), [2, 2, 3], { requiresGrad: true });
    const { output, state } = lstm.forward(ones([4, 2, 2]), {
      h0,
      c0: rt().zeros([2, 2, 3]),
      lengths: [0, 3],
    });
    for (const d of [0, 1]) {
      expect(state.h.toArray().slice(d * 6, d * 6 + 3)).toEqual(h0.toArray().slice(d * 6, d * 6 + 3));
    }
    const firstRow = [0, 1, 2, 3].flatMap((t) => [...output.toArray().slice(t * 12, t * 12 + 6)]);
    expect(firstRow.every((value) => value === 0)).toBe(true);
    sum(state.h).backward();
    expect([...gradientOf(h0).slice(0, 3)]).toEqual([1, 1, 1]);
  });

  it("refuses invalid options", () => {
    const before = rt().memory.used;
    const sizes = { inputSize: 2, hiddenSize: 3 };
    for (const [name, make] of Object.entries(CELLS)) {
      for (const [options, ...patterns] of [
        [{ inputSize: 0 }, "inputSize is 0", "from 1"],
        [{ hiddenSize: 2.5 }, "hiddenSize is 2.5"],
        [{ hiddenSize: undefined as never }, "hiddenSize is undefined"],
        [{ numLayers: 0 }, "numLayers is 0"],
        [{ dropout: 1 }, "dropout is 1", "p < 1"],
        [{ dropout: -0.5 }, "dropout is -0.5"],
      ] as const) {
        expectError(() => make(rt(), { ...sizes, ...options }), "ERR_VALUE", ...patterns);
      }
      expect(rt().memory.used, name).toBe(before);
    }
    expectError(
      () => new nn.RNN(rt(), { ...sizes, nonlinearity: "elo" as "relu" }),
      "ERR_VALUE",
      "elo",
      "leakyRelu",
    );
    expectError(() => new nn.Linear(rt(), { inFeatures: 0, outFeatures: 1 }), "ERR_VALUE", "inFeatures is 0");
    expectError(
      () => new nn.Linear(rt(), { inFeatures: 1, outFeatures: 0 }),
      "ERR_VALUE",
      "outFeatures is 0",
    );
    expectError(
      () => new nn.Embedding(rt(), { numEmbeddings: 0, embeddingDim: 1 }),
      "ERR_VALUE",
      "numEmbeddings is 0",
    );
    const embedding = { numEmbeddings: 3, embeddingDim: 1, paddingIdx: 3 };
    expectError(() => new nn.Embedding(rt(), embedding), "ERR_VALUE", "paddingIdx is 3", "0 to 2");
    expectError(() => new nn.Dropout(rt(), { p: 1 }), "ERR_VALUE", "p is 1");
    for (const Type of [nn.RNN, nn.GRU, nn.LSTM, nn.Linear, nn.Embedding]) {
      const make = Type as new (runtime: Runtime, options?: object) => nn.Module;
      expectError(() => new make(rt()), "ERR_VALUE", Type.name, "options");
    }
    expect(rt().memory.used).toBe(before);
  });

  it("refuses inputs that do not fit, saying what was given and expected", () => {
    const gru = new nn.GRU(rt(), { inputSize: 3, hiddenSize: 2, numLayers: 2, batchFirst: true });
    const zeros = (...shape: number[]) => rt().zeros(shape);
    const x = zeros(4, 5, 3);
    expectError(
      () => gru.forward(zeros(4, 5, 2)),
      "ERR_SHAPE",
      "GRU.forward",
      "[4,5,2]",
      /\[B, T, 3\] or int32 \[B, T\]/,
    );
    expectError(() => gru.forward(zeros(4, 3)), "ERR_SHAPE", "[4,3]");
    expectError(() => gru.forward(zeros(0, 5, 3)), "ERR_SHAPE");
    expectError(() => gru.forward(zeros(4, 0, 3)), "ERR_SHAPE");
    expectError(() => gru.forward(rt().tensor(Int32Array.of(0, 3), [1, 2])), "ERR_VALUE", "3", "0 to 2");
    expectError(() => gru.forward(rt().tensor(Int32Array.of(0, 1), [2])), "ERR_SHAPE", "int32 [2]");
    expectError(() => gru.forward(x, { h0: zeros(2, 5, 2) }), "ERR_SHAPE", "h0 is [2,5,2], expected [2,4,2]");
    expectError(() => gru.forward(x, { c0: zeros(2, 4, 2) }), "ERR_VALUE", "only an LSTM");
    expectError(
      () => gru.forward(x, { h0: rt().tensor(new Int32Array(16), [2, 4, 2]) }),
      "ERR_DTYPE",
      "int32",
    );
    expectError(() => gru.forward(x, { lengths: [1, 2] }), "ERR_SHAPE", "2 lengths", "expected 4");
    for (const bad of [-1, 6, 1.5]) {
      expectError(() => gru.forward(x, { lengths: [1, 2, 3, bad] }), "ERR_VALUE", `${bad}`, "0 to 5");
    }
    gru.dispose();
    expectError(() => gru.forward(x), "ERR_DISPOSED");
  });
});
