import { expect, it } from "vitest";
import { SequenceBatches } from "../../src/data/sequence-batches.ts";
import { UnrolledError } from "../../src/errors.ts";
import { damaged, expectFinite } from "../../src/network/damaged.ts";
import { fitting, readInBatches } from "../../src/network/read.ts";
import * as nn from "../../src/nn/index.ts";
import { describeRuntimes, expectError } from "../runtimes.ts";

describeRuntimes("reading in batches", (rt) => {
  const inputs = [3, 1, 4, 2, 5].map((length, n) => new Int32Array(length).fill(n));
  const batches = () => new SequenceBatches({ inputs, targets: inputs }, { batch: 2 });
  const module = () => new nn.Linear(rt(), { inFeatures: 1, outFeatures: 1 });

  it("gives what is made of each sequence in the order of the sequences", () => {
    const found = readInBatches(module(), batches(), ({ lengths, inputs }) =>
      lengths.map((length, b) => [inputs[b], length]),
    );
    expect(found).toEqual(inputs.map(({ length }, n) => [n, length]));
  });

  it("reads in inference mode and records nothing; what is made in between is freed", () => {
    const linear = module();
    const { used } = rt().memory;
    readInBatches(linear, batches(), ({ sequences }) => {
      expect(linear.training).toBe(false);
      expect(linear.forward(rt().zeros([1])).requiresGrad).toBe(false);
      return [...sequences];
    });
    expect(linear.training).toBe(true);
    expect(rt().memory.used).toBe(used);
    const fails = () => {
      throw new Error("stop");
    };
    expect(() => readInBatches(linear, batches(), fails)).toThrow("stop");
    expect(linear.training).toBe(true);
    expect(rt().memory.used).toBe(used);
  });
});

it("names the sequence that does not fit into the memory", () => {
  const fails = (code: "ERR_MEMORY" | "ERR_SHAPE") => () => {
    throw new UnrolledError(code, "it cannot grow");
  };
  expectError(
    () => fitting("text 3", 5_000_000, fails("ERR_MEMORY")),
    "ERR_MEMORY",
    /^text 3 is too long to read: its 5000000 tokens .*--cut N/,
  );
  expectError(() => fitting("text 3", 5, fails("ERR_SHAPE")), "ERR_SHAPE", "it cannot grow");
  expect(fitting("text 3", 5, () => 7)).toBe(7);
});

it("numbers that are not finite reveal damaged weights", () => {
  const numbers = [1, 0, -2];
  expect(expectFinite("scores", numbers)).toBe(numbers);
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const message = "the scores are not finite; the model's weights are damaged";
    expectError(() => expectFinite("scores", Float32Array.of(1, wrong)), "ERR_NAN", message);
  }
  expect(damaged("the loss is NaN").code).toBe("ERR_NAN");
});
