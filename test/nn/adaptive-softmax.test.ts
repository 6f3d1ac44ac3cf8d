import { describe, expect, it } from "vitest";
import { linear } from "../../src/autograd/linear.ts";
import { softmax } from "../../src/autograd/softmax.ts";
import * as nn from "../../src/nn/index.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { fixtures } from "../fixtures/load.ts";
import { gradcheck } from "../gradcheck.ts";
import { random } from "../random.ts";
import { describeRuntimes, expectError, gradientOf } from "../runtimes.ts";

const SIZES = { inFeatures: 6, classes: 23, cutoffs: [5, 11], divValue: 2, headBias: true };

function inputs(rt: Runtime, rows: number) {
  return rt.tensor(random(3).array(rows * SIZES.inFeatures), [rows, SIZES.inFeatures], {
    requiresGrad: true,
  });
}

const table = (rt: Runtime) =>
  new nn.Embedding(rt, { numEmbeddings: SIZES.classes, embeddingDim: SIZES.inFeatures });

describeRuntimes("AdaptiveSoftmax", (rt) => {
  it.each(fixtures("adaptive_softmax"))(
    "has PyTorch's losses, log-probabilities and gradients: $name",
    (fixture) => {
      const { in_features, classes, cutoffs, div_value, head_bias } = fixture.config;
      const module = new nn.AdaptiveSoftmax(rt(), {
        inFeatures: in_features,
        classes,
        cutoffs,
        divValue: div_value,
        headBias: head_bias,
      });
      module.loadStateDict(fixture.group("param"));
      const { shape, data } = fixture.float("in.x");
      const x = rt().tensor(data, shape, { requiresGrad: true });
      const targets = rt().tensor(Int32Array.from(fixture.tensors["in.target"]!.data), [shape[0]!]);
      const loss = module.loss(x, targets);
      const logProbabilities = module.forward(x);
      fixture.check("out.loss", loss.data);
      fixture.check("out.log_prob", logProbabilities.data);
      const w = rt().tensor(fixture.float("loss.w_log_prob").data, logProbabilities.shape);
      rt().backward([loss, logProbabilities], [undefined, w]);
      fixture.check("grad.x", gradientOf(x));
      for (const [name, parameter] of Object.entries(module.parameters())) {
        fixture.check(`grad.${name}`, gradientOf(parameter));
      }
    },
  );

  it.each([false, true])("has the gradients of central differences, tied %s", (tied) => {
    const embedding = table(rt());
    const module = new nn.AdaptiveSoftmax(rt(), { ...SIZES, ...(tied && { weight: embedding.weight }) });
    const x = inputs(rt(), 7);
    const targets = rt().tensor(Int32Array.of(2, 22, -100, 5, 10, 0, 11), [7]);
    const read = () => rt().noGrad(() => rt().scope(() => module.loss(x, targets).item()));
    const leaves = { x, ...module.parameters(), ...(tied && { table: embedding.weight }) };
    rt().scope(() => module.loss(x, targets).backward());
    for (const [label, leaf] of Object.entries(leaves)) {
      gradcheck(read, leaf.data as Float32Array, gradientOf(leaf), { label, tolerance: 2e-3, eps: 1 / 64 });
    }
  });

  it("shares the rows of all classes of a tied weight", () => {
    const { weight } = table(rt());
    const module = new nn.AdaptiveSoftmax(rt(), { ...SIZES, weight });
    expect(Object.entries(module.parameters()).map(([name, { shape }]) => [name, shape])).toEqual([
      ["clusters.weight", [2, 6]],
      ["head.bias", [7]],
    ]);
    const x = inputs(rt(), 4);
    rt().scope(() => module.loss(x, rt().tensor(Int32Array.of(1, 8, 7, 4), [4])).backward());
    const gradient = gradientOf(weight);
    const used = (from: number, to: number) =>
      gradient.subarray(6 * from, 6 * to).some((value) => value !== 0);
    expect([used(0, 5), used(5, 11), used(11, 23)]).toEqual([true, true, false]);
  });

  it("has the probabilities of a full softmax within a cluster, if the weight is shared", () => {
    const { weight } = table(rt());
    const module = new nn.AdaptiveSoftmax(rt(), { ...SIZES, weight });
    const x = inputs(rt(), 2);
    const full = linear(x, weight).data;
    const own = module.forward(x).data;
    for (const [from, to] of [
      [5, 11],
      [11, 23],
    ] as const) {
      for (let c = from; c < to; c++) expect(own[c]! - own[from]!).toBeCloseTo(full[c]! - full[from]!, 4);
    }
  });

  it("is a distribution whose logarithms are the losses", () => {
    const module = new nn.AdaptiveSoftmax(rt(), SIZES);
    const x = inputs(rt(), 23);
    const logProbabilities = module.forward(x);
    const probabilities = softmax(logProbabilities).data;
    logProbabilities.data.forEach((value, i) => {
      expect(Math.exp(value)).toBeCloseTo(probabilities[i]!, 6);
    });
    const own = logProbabilities.toArray().filter((_, i) => i % 24 === 0);
    const mean = -own.reduce((sum, value) => sum + value, 0) / 23;
    const targets = rt().tensor(
      Int32Array.from({ length: 23 }, (_, i) => i),
      [23],
    );
    expect(module.loss(x, targets).item()).toBeCloseTo(mean, 5);
  });

  it.each([[[23]], [[23, 1]], [[1, 23]]])("takes x and targets of any leading axes: %j", (lead) => {
    const module = new nn.AdaptiveSoftmax(rt(), SIZES);
    const x = rt().tensor(random(4).array(23 * 6), [...lead, 6]);
    const targets = Int32Array.from({ length: 23 }, (_, i) => (7 * i) % 23);
    const flat = rt().tensor(x.toArray(), [23, 6]);
    const expected = module.loss(flat, rt().tensor(targets, [23])).item();
    expect(module.loss(x, rt().tensor(targets, lead)).item()).toBe(expected);
    expect(module.forward(x).shape).toEqual([...lead, 23]);
  });

  it.each([false, true])("streams the same log-probabilities, tied %s", (tied) => {
    const module = new nn.AdaptiveSoftmax(rt(), { ...SIZES, ...(tied && { weight: table(rt()).weight }) });
    const x = inputs(rt(), 3);
    const expected = module.forward(x).toArray();
    const packed = module.pack();
    const stream = packed.stream();
    for (const row of [0, 2, 1]) {
      const own = expected.subarray(23 * row, 23 * (row + 1));
      stream.run(x.ptr + 4 * 6 * row);
      for (const word of [0, 4, 5, 10, 11, 22])
        expect(stream.logProbability(word)).toBeCloseTo(own[word]!, 5);
      const all = rt().floats(stream.outputPtr, 23);
      all.forEach((value, word) => {
        expect(value).toBeCloseTo(own[word]!, 5);
        expect(stream.logProbability(word)).toBe(value);
      });
    }
    stream.dispose();
    packed.dispose();
    expectError(() => stream.run(x.ptr), "ERR_DISPOSED");
  });

  it("frees the memory of packed weights and streams, and of losses", () => {
    const module = new nn.AdaptiveSoftmax(rt(), SIZES);
    const x = inputs(rt(), 4);
    const targets = rt().tensor(Int32Array.of(1, 8, 20, 4), [4]);
    const { used } = rt().memory;
    const packed = module.pack();
    packed.stream().dispose();
    packed.dispose();
    rt().scope(() => module.loss(x, targets).item());
    expectError(
      () => rt().scope(() => module.loss(x, rt().tensor(Int32Array.of(1, 8, 23, 4), [4]))),
      "ERR_VALUE",
      "AdaptiveSoftmax: index 23 at position 2, expected 0 to 22",
    );
    expect(rt().memory.used).toBe(used);
  });
});

describe("options of AdaptiveSoftmax", () => {
  it.each([[[]], [[0]], [[23]], [[5, 5]], [[9, 4]], [[1.5]], ["5"], [undefined]])(
    "refuses cutoffs %j",
    async (cutoffs) => {
      const { startRuntime } = await import("../runtimes.ts");
      const rt = await startRuntime();
      const options = { ...SIZES, cutoffs } as nn.AdaptiveSoftmaxOptions;
      expectError(
        () => new nn.AdaptiveSoftmax(rt, options),
        "ERR_VALUE",
        "expected ascending whole numbers from 1 to 22",
      );
      expect(rt.memory.used).toBe(0);
      rt.dispose();
    },
  );
});
