import "../../no-liftoff.ts";
import { describe, expect, it, vi } from "vitest";
import { Attention } from "../../../src/nn/attention.ts";
import * as nn from "../../../src/nn/index.ts";
import { random } from "../../random.ts";
import { addProduct, LIMITS, quantize } from "../../reference/int8.ts";
import { describeRuntimes, expectError } from "../../runtimes.ts";
import { expectSame } from "../../same.ts";
import { CELLS } from "../cells.ts";

describeRuntimes("streams with weights of 8 bits", (rt) => {
  const [T, I, H] = [7, 5, 19];

  /** Runs a stream of each type. @returns the maximum difference of their outputs */
  function difference(
    module: nn.Recurrent,
    x: ArrayLike<number>[],
    batch: number,
    tokens: NonNullable<Parameters<nn.Recurrent["pack"]>[0]>["tokens"] = false,
  ): number {
    const [floats, whole] = (["f32", "int8"] as const).map((dtype) =>
      module.pack({ dtype, tokens }).stream({ batch }),
    );
    return x.reduce((most, step) => {
      const want = floats!.step(step);
      return whole!.step(step).reduce((most, y, i) => Math.max(most, Math.abs(y - want[i]!)), most);
    }, 0);
  }

  const steps = (batch: number, tokens: boolean) =>
    Array.from({ length: T }, (_, t) =>
      tokens
        ? random(t).integers(batch, I)
        : random(t)
            .array(batch * I)
            .map((value) => value / 2),
    );

  describe.each(Object.keys(CELLS))("%s", (name) => {
    for (const batch of [1, 3]) {
      for (const numLayers of [1, 2]) {
        for (const tokens of [false, true]) {
          it(`is near to floats: batch ${batch}, ${numLayers} layers, ${tokens ? "tokens" : "features"}`, () => {
            const module = CELLS[name]!(rt(), { inputSize: I, hiddenSize: H, numLayers });
            const found = difference(module, steps(batch, tokens), batch, tokens);
            expect(found).toBeGreaterThan(0);
            expect(found).toBeLessThan(name.includes("normalised") ? 0.2 : 0.04);
          });
        }
      }
    }

    it("a step allocates nothing", () => {
      const stream = CELLS[name]!(rt(), { inputSize: I, hiddenSize: H, numLayers: 2 })
        .pack({ dtype: "int8" })
        .stream();
      const x = random(1).array(I);
      stream.step(x);
      const before = rt().memory;
      const allocate = vi.spyOn(rt(), "allocate");
      for (let i = 0; i < 10; i++) stream.step(x);
      expect(allocate).not.toHaveBeenCalled();
      expect(rt().memory).toEqual(before);
    });

    it.each([false, true])("the packed weights give back their memory, tokens %s", (tokens) => {
      const module = CELLS[name]!(rt(), { inputSize: I, hiddenSize: H, numLayers: 2 });
      const { used } = rt().memory;
      const packed = module.pack({ tokens, dtype: "int8" });
      packed.stream({ batch: 2 }).dispose();
      packed.dispose();
      expect(rt().memory.used).toBe(used);
    });
  });

  it.each(["residual", "dense", "highway"] as const)(
    "%s connections, and normalised outputs",
    (connections) => {
      const lstm = new nn.LSTM(rt(), {
        ...{ inputSize: I, hiddenSize: H, numLayers: 3, connections, norm: "layer" },
      });
      expect(difference(lstm, steps(2, false), 2)).toBeLessThan(0.1);
    },
  );

  it("batch normalisation of the input's products, folded into weights and biases", () => {
    const gru = new nn.GRU(rt(), { inputSize: I, hiddenSize: H, gateNorm: "batch" });
    gru.forward(rt().tensor(random(3).array(40 * I), [8, 5, I]));
    expect(difference(gru, steps(2, false), 2)).toBeLessThan(0.04);
    expect(difference(gru, steps(2, true), 2, true)).toBeLessThan(0.04);
  });

  it("reads tokens through an embedding, also a long one", () => {
    const embedding = new nn.Embedding(rt(), { numEmbeddings: 150, embeddingDim: I });
    const gru = new nn.GRU(rt(), { inputSize: I, hiddenSize: H });
    const tokens = [0, 63, 64, 127, 128, 149].map((token) => [token, 149 - token]);
    expect(difference(gru, tokens, 2, embedding.weight)).toBeLessThan(0.04);
  });

  it("a feed-forward network multiplies with quantised numbers", () => {
    const linear = new nn.FeedForward(rt(), { inFeatures: 21, outFeatures: 37 });
    const x = random(1).array(2 * 21);
    const stream = linear.pack({ dtype: "int8" }).stream(2);
    const input = rt().tensor(x, [2, 21]);
    stream.run(input.ptr);
    const [w, b] = [linear.weight.toArray(), linear.bias!.toArray()];
    const rows = (values: Float32Array, i: number) => values.subarray(i * 21, (i + 1) * 21);
    expectSame(
      rt().floats(stream.outputPtr, 2 * 37),
      Array.from({ length: 2 * 37 }, (_, i) => {
        const activations = quantize(rows(x, Math.floor(i / 37)), LIMITS.activations);
        return addProduct(b[i % 37]!, activations, quantize(rows(w, i % 37), LIMITS.weights));
      }),
    );
  });

  it("attention quantises its queries", () => {
    const [B, D, steps] = [2, 6, 4];
    const attention = new Attention(rt(), { kind: "additive", querySize: H, memorySize: D });
    const memory = rt().tensor(random(1).array(steps * B * D), [steps, B, D]);
    const queries = rt().tensor(random(2).array(B * H), [B, H]);
    const [floats, whole] = (["f32", "int8"] as const).map((dtype) => {
      const stream = attention.stream(memory, [4, 2], 1, dtype);
      stream.run(queries.ptr);
      return stream.weights();
    });
    const most = whole!.reduce((most, y, i) => Math.max(most, Math.abs(y - floats![i]!)), 0);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(0.01);
  });

  it("weights that are whole numbers times a scale lose nothing but rounding", () => {
    const lstm = new nn.LSTM(rt(), { inputSize: I, hiddenSize: H });
    const x = steps(1, false);
    const run = () => {
      const stream = lstm.pack({ dtype: "int8" }).stream();
      return x.map((step) => stream.step(step).slice());
    };
    const before = run();
    for (const { data, shape } of [lstm.layers[0]!.weightIh, lstm.layers[0]!.weightHh]) {
      const width = shape[1]!;
      for (let i = 0; i < data.length; i += width) {
        const { scale, numbers } = quantize(data.slice(i, i + width), LIMITS.weights);
        numbers.forEach((q, j) => {
          data[i + j] = q * scale;
        });
      }
    }
    run().forEach((step, t) => {
      step.forEach((y, i) => {
        expect(Math.abs(y - before[t]![i]!)).toBeLessThan(1e-6);
      });
    });
  });

  it("takes a quarter of the memory", () => {
    const lstm = new nn.LSTM(rt(), { inputSize: 128, hiddenSize: 128 });
    const embedding = rt().tensor(random(1).array(500 * 128), [500, 128]);
    for (const tokens of [false, embedding]) {
      const [floats, whole] = (["f32", "int8"] as const).map((dtype) => {
        const { used } = rt().memory;
        lstm.pack({ dtype, tokens });
        return rt().memory.used - used;
      });
      expect(whole! / floats!).toBeLessThan(0.29);
    }
  });

  it("a matrix with more than 65,536 inputs stays one of floats", () => {
    const linear = new nn.FeedForward(rt(), { inFeatures: 65537, outFeatures: 1 });
    const { used } = rt().memory;
    linear.pack({ dtype: "int8" });
    expect(rt().memory.used - used).toBeGreaterThan(4 * 65537);
  });

  it("refuses other types, and networks that cannot stream", () => {
    const lstm = new nn.LSTM(rt(), { inputSize: I, hiddenSize: H, bidirectional: true });
    expectError(() => lstm.pack({ dtype: "int8" }), "ERR_STATE", "bidirectional");
    // @ts-expect-error a type that does not exist
    expectError(() => lstm.pack({ dtype: "int4" }), "ERR_VALUE", "LSTM.pack: dtype", "int4");
  });
});
