import { expect, it } from "vitest";
import * as nn from "../../src/nn/index.ts";
import { describeRuntimes, gradientOf } from "../runtimes.ts";

describeRuntimes("Embedding", (rt) => {
  const run = (options: Partial<nn.EmbeddingModuleOptions>) => {
    const module = new nn.Embedding(rt(), { numEmbeddings: 4, embeddingDim: 2, ...options });
    const indices = Int32Array.of(3, 1, 3, 3, 0, 1);
    const y = module.forward(rt().tensor(indices, [2, 3]));
    expect([...y.shape]).toEqual([2, 3, 2]);
    y.backward(rt().tensor([1, 10, 2, 20, 3, 30, 5, 50, 6, 60, 4, 40], [2, 3, 2]));
    return [...gradientOf(module.weight)];
  };

  it("adds up the gradients of an index that occurs again", () => {
    expect(run({})).toEqual([6, 60, 6, 60, 0, 0, 9, 90]);
  });

  it("gives the padding index no gradient", () => {
    expect(run({ paddingIdx: 3 })).toEqual([6, 60, 6, 60, 0, 0, 0, 0]);
  });

  it("divides by how often an index occurs, on request", () => {
    expect(run({ scaleGradByFreq: true })).toEqual([6, 60, 3, 30, 0, 0, 3, 30]);
  });
});
