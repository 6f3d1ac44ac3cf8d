import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { crossEntropy } from "../../src/autograd/cross-entropy.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { random } from "../random.ts";
import { describeRuntimes, startRuntime } from "../runtimes.ts";

/** SHA-256 of the parameters after 20 steps on the strict build, in every engine and on every CPU. */
const GOLDEN = "d47a4ba494cdc8e85b89862de00c4cc05ad912aaba5c271e44cce9917d9cd3fe";

/** Trains a language model from random weights; returns a hash of its parameters. */
function train(rt: Runtime): string {
  const [T, B, V, H] = [9, 5, 11, 13];
  const lstm = new nn.LSTM(rt, { inputSize: V, hiddenSize: H, numLayers: 2, dropout: 0.1 });
  const head = new nn.Linear(rt, { inFeatures: H, outFeatures: V });
  const parameters = { ...lstm.parameters(), weight: head.weight, bias: head.bias! };
  const optimizer = new optim.Adam(parameters, { lr: 0.01 });
  for (let i = 0; i < 20; i++) {
    rt.scope(() => {
      const tokens = rt.tensor(random(i).integers(T * B, V), [T, B]);
      optimizer.zeroGrad();
      crossEntropy(head.forward(lstm.forward(tokens).output), tokens).backward();
      optim.clipGradNorm(parameters, 0.5);
      optimizer.step();
    });
  }
  const hash = createHash("sha256");
  for (const { data } of Object.values(parameters)) hash.update(data);
  return hash.digest("hex");
}

describeRuntimes("training", (rt, variant) => {
  it("gives the same bits each time, others for another seed", async () => {
    const first = train(rt());
    expect(train(await startRuntime(variant))).toBe(first);
    expect(train(await startRuntime(variant, 2))).not.toBe(first);
    if (variant === "strict") expect(first).toBe(GOLDEN);
  });
});
