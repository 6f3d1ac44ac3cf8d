import { expect, it } from "vitest";
import { nn } from "../../src/index.ts";
import { measure } from "../../src/runtime/meta.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { expectError } from "../runtimes.ts";

it("measures modules without making them: parameters and buffers, not gradients", () => {
  expect(measure((meta) => new nn.Linear(meta, { inFeatures: 5, outFeatures: 3 }))).toBe(18);
  expect(measure((meta) => new nn.BatchNorm(meta, { numFeatures: 4 }))).toBe(4 * 4 + 1);
  const { arrayBuffers } = process.memoryUsage();
  const large = { inputSize: 2 ** 20, hiddenSize: 2 ** 20, numLayers: 2 };
  expect(measure((meta) => new nn.GRU(meta, large))).toBe(2 * 3 * 2 ** 20 * (2 ** 21 + 2));
  expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(2 ** 20);
});

it("counts a weight that two modules share once", () => {
  const tied = (meta: Runtime) => {
    const { weight } = new nn.Embedding(meta, { numEmbeddings: 7, embeddingDim: 3 });
    new nn.Linear(meta, { inFeatures: 3, outFeatures: 7, weight });
  };
  expect(measure(tied)).toBe(7 * 3 + 7);
});

it("stops at its limit, regardless of the rest", () => {
  const linear = { inFeatures: 5, outFeatures: 3 };
  expect(measure((meta) => new nn.Linear(meta, linear), 18)).toBe(18);
  expectError(() => measure((meta) => new nn.Linear(meta, linear), 17), "ERR_MEMORY", "17 numbers");
  const size = Number.MAX_SAFE_INTEGER;
  const identity = { inputSize: 1, hiddenSize: size, identityStart: true };
  expectError(() => measure((meta) => new nn.RNN(meta, identity), 100), "ERR_MEMORY", "hold 100 numbers");
  let made = 0;
  const many = (meta: Runtime) => {
    for (; made < 1e6; made++) new nn.Linear(meta, { inFeatures: 1, outFeatures: 1 });
  };
  expectError(() => measure(many, 100), "ERR_MEMORY");
  expect(made).toBe(50);
});
