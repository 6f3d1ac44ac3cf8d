import { beforeEach, describe, expect, it } from "vitest";
import { POOLINGS } from "../../../src/autograd/pool.ts";
import { ContrastBatches } from "../../../src/models/embedder/batches.ts";
import { SequenceEmbedder } from "../../../src/models/embedder/model.ts";
import { checkEmbedderSpec, defaultEmbedderSpec } from "../../../src/models/embedder/spec.ts";
import { Classifier } from "../../../src/models/labels/classifier.ts";
import { LanguageModel } from "../../../src/models/language-model/model.ts";
import { loadModel, serializeModel } from "../../../src/network/model-file.ts";
import { measure } from "../../../src/runtime/meta.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { gradcheck } from "../../gradcheck.ts";
import { expectError, startRuntime } from "../../runtimes.ts";
import { newEmbedder, PAIRS } from "./embedders.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0);

describe.each(POOLINGS)("an embedder that takes %s", (pooling) => {
  it.each(["word", "char"] as const)(
    "gives a %s sequence the same vector alone and in any batch",
    (level) => {
      const model = newEmbedder(rt, { pooling, level });
      const texts = ["mice", "The cat eats mice.", "never seen", ...PAIRS.map(([text]) => text), "x"];
      const all = model.encode(texts);
      expect(all).toHaveLength(texts.length);
      texts.slice(0, 8).forEach((text, i) => {
        const [alone] = model.encode([text]);
        expect(alone).toHaveLength(7);
        expect(dot(alone!, alone!)).toBeCloseTo(1, 5);
        expect(dot(alone!, all[i]!)).toBeCloseTo(1, 5);
      });
      expect(dot(all[0]!, all[1]!)).toBeLessThan(0.999);
      expect(model.training).toBe(true);
    },
  );
});

describe("the loss", () => {
  it("is the cross-entropy over the cosines of a batch, both ways, without pairs that share a text", () => {
    const pairs = [...PAIRS.slice(0, 5), [PAIRS[0]![0], "mice"] as const, ["birds", PAIRS[1]![1]] as const];
    const model = newEmbedder(rt, { temperature: 0.25 });
    const batch = new ContrastBatches(pairs, (text) => model.ids(text), { batch: 9 }).at(0);
    const { loss, counted, sequences, symbols } = model.loss(batch);
    const [a, b] = [0, 1].map((side) => model.encode(pairs.map((pair) => pair[side]!)));
    const nats = (query: ArrayLike<number>, candidates: readonly ArrayLike<number>[], i: number) => {
      const exps = candidates.map((candidate, j) => {
        const shares = j !== i && [0, 1].some((side) => pairs[i]![side] === pairs[j]![side]);
        return shares ? 0 : Math.exp(dot(query, candidate) / 0.25);
      });
      return -Math.log(exps[i]! / exps.reduce((x, y) => x + y));
    };
    const expected = pairs.map((_, i) => (nats(a![i]!, b!, i) + nats(b![i]!, a!, i)) / 2);
    expect(loss.item()).toBeCloseTo(expected.reduce((x, y) => x + y) / pairs.length, 4);
    expect([counted, sequences]).toEqual([7, 7]);
    expect(symbols).toBe(pairs.flat().reduce((sum, text) => sum + model.ids(text).length, 0));
  });

  it("has gradients that agree with central differences", () => {
    const model = newEmbedder(rt, { hidden: 3, embedding: 2, size: 3, temperature: 0.5, pooling: "mean" });
    const batch = new ContrastBatches(PAIRS.slice(0, 4), (text) => model.ids(text), { batch: 4 }).at(0);
    const value = () => rt.noGrad(() => rt.scope(() => model.loss(batch).loss.item()));
    rt.scope(() => model.loss(batch).loss.backward());
    for (const [name, { data, grad }] of Object.entries(model.parameters())) {
      gradcheck(value, data as Float32Array, grad!.toArray(), { label: name, tolerance: 3e-3 });
    }
  });

  it("tells a text from itself by dropout alone", () => {
    const texts = PAIRS.map(([text]) => [text, text] as const);
    const of = (dropout: number) => {
      const model = newEmbedder(rt, { dropout });
      const batch = new ContrastBatches(texts, (text) => model.ids(text), { batch: 8 }).at(0);
      const { steps, inputs, lengths } = batch;
      const vectors = model.forward(rt.tensor(inputs, [steps, 16]), lengths).toArray();
      return dot(vectors.subarray(0, 7), vectors.subarray(56, 63));
    };
    expect(of(0)).toBeCloseTo(1, 5);
    expect(of(0.3)).toBeLessThan(0.999);
  });
});

it("is the same after its file, which other tasks refuse", () => {
  const model = newEmbedder(rt, { layers: 2, connections: "dense", head: [5] });
  const bytes = serializeModel(model);
  const again = loadModel(rt, bytes, [SequenceEmbedder]);
  expect(again.spec).toEqual(model.spec);
  const texts = PAIRS.map(([text]) => text);
  expect(again.encode(texts)).toEqual(model.encode(texts));
  const parameters = Object.values(model.parameters()).reduce((sum, { size }) => sum + size, 0);
  expect(measure((meta) => SequenceEmbedder.build(meta, model.spec, model.tables))).toBe(parameters);
  expectError(
    () => loadModel(rt, bytes, [LanguageModel]),
    "ERR_FORMAT",
    '"embedder", expected language-model',
  );
  expectError(() => loadModel(rt, bytes, [Classifier]), "ERR_FORMAT", "expected classifier");
});

it("refuses empty texts, damaged weights and wrong specs", () => {
  const model = newEmbedder(rt);
  expect(model.encode([])).toEqual([]);
  expectError(() => model.encode(["mice", " "]), "ERR_DATA", "text 2 is empty");
  model.head.bias!.data[0] = Number.NaN;
  expectError(() => model.encode(["mice"]), "ERR_NAN");
  const spec = defaultEmbedderSpec();
  expectError(() => checkEmbedderSpec({ ...spec, temperature: 0 }), "ERR_VALUE", "temperature is 0");
  expectError(() => checkEmbedderSpec({ ...spec, size: 0 }), "ERR_VALUE", "size is 0");
  expectError(
    () => checkEmbedderSpec({ ...spec, tied: true }),
    "ERR_VALUE",
    "no weight for input and output",
  );
  expectError(() => checkEmbedderSpec({ ...spec, pooling: "sum" }), "ERR_VALUE", "pooling");
});
