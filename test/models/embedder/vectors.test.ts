import { expect, it } from "vitest";
import { FeatureScaling, type Vector } from "../../../src/data/feature-scaling.ts";
import { ContrastBatches } from "../../../src/models/embedder/batches.ts";
import { SequenceEmbedder } from "../../../src/models/embedder/model.ts";
import type { EmbedderPair } from "../../../src/models/embedder/pairs.ts";
import {
  checkEmbedderSpec,
  defaultEmbedderSpec,
  type EmbedderSpec,
} from "../../../src/models/embedder/spec.ts";
import { EmbedderTrainer, evaluateEmbedder } from "../../../src/models/embedder/trainer.ts";
import { loadModel, serializeModel } from "../../../src/network/model-file.ts";
import { measure } from "../../../src/runtime/meta.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { gradcheck } from "../../gradcheck.ts";
import { describeRuntimes, expectError, gradientOf, startRuntime } from "../../runtimes.ts";
import { expectResumed } from "../family.ts";
import { newEmbedder } from "./embedders.ts";

const FEATURES = 3;
/** Two drawings of the same line, with as many steps as they like. */
const draw = (i: number, steps: number, shift: number): Vector[] =>
  Array.from({ length: steps }, (_, t) => [
    Math.cos(i) * (t / steps) + shift,
    Math.sin(i) * (t / steps) - shift,
    5,
  ]);
const LINES: readonly EmbedderPair[] = Array.from({ length: 24 }, (_, i) => [
  draw(i, 3 + (i % 3), 0.01),
  draw(i, 2 + (i % 4), -0.02),
]);
const SEQUENCES = LINES.map(([sequence]) => sequence);
const SMALL = { hidden: 6, size: 4, dropout: 0 };
const scaling = FeatureScaling.of(LINES.flat() as readonly (readonly Vector[])[], FEATURES);
const make = (rt: Runtime, spec: Partial<EmbedderSpec> = {}) =>
  new SequenceEmbedder(rt, { ...defaultEmbedderSpec("word", FEATURES), ...SMALL, ...spec }, { scaling });

describeRuntimes("an embedder of vectors", (rt) => {
  it.each([{}, { pooling: "last", cell: "gru", layers: 2 }] as const)(
    "has the gradient of its loss: %j",
    (spec) => {
      const model = make(rt(), spec);
      const read = (sequence: EmbedderPair[0]) => model.ids(sequence);
      const batch = new ContrastBatches(LINES.slice(0, 4), read, { batch: 4, width: FEATURES }).at(0);
      expect(batch.inputs).toHaveLength(batch.steps * 8 * FEATURES);
      model.loss(batch).loss.backward();
      const loss = () => rt().scope(() => model.loss(batch).loss.item());
      for (const [label, tensor] of Object.entries(model.parameters()))
        gradcheck(loss, tensor.data as Float32Array, gradientOf(tensor), {
          tolerance: 1e-2,
          label,
          eps: 1 / 512,
        });
    },
  );

  it("gives a sequence the same vector alone, in a batch and after its file", () => {
    const model = make(rt(), { layers: 2 });
    const size = Object.values(model.parameters()).reduce((sum, tensor) => sum + tensor.size, 0);
    expect(measure((meta) => SequenceEmbedder.build(meta, model.spec, model.tables))).toBe(size);
    const together = model.encode(SEQUENCES);
    SEQUENCES.forEach((sequence, i) => {
      model.encode([sequence])[0]!.forEach((value, k) => {
        expect(value).toBeCloseTo(together[i]![k]!, 5);
      });
    });
    const again = loadModel(rt(), serializeModel(model), [SequenceEmbedder]);
    expect(again.encode(SEQUENCES)).toEqual(together);
    expect([again.vocabulary, again.tables.scaling]).toEqual([undefined, scaling]);
  });

  it("knows equal sequences by their numbers", () => {
    const pairs: EmbedderPair[] = [
      [[[1, 2, 3]], [[4, 5, 6]]],
      [[Float32Array.of(1, 2, 3)], [[7, 8, 9]]],
      [[[1, 2, 3.5]], [[7, 8, 9.5]]],
    ];
    const model = make(rt());
    const read = (sequence: EmbedderPair[0]) => model.ids(sequence);
    const { mask } = new ContrastBatches(pairs, read, { batch: 3, width: FEATURES }).at(0);
    expect([...mask].map((value) => value < 0)).toEqual([false, true, false, true, ...Array(5).fill(false)]);
  });

  it("refuses texts, wrong vectors and wrong tables, and vectors if it reads texts", () => {
    const model = make(rt());
    const message = "input 1 is a text, but the model reads vectors of 3 numbers";
    expectError(() => model.encode(["a"]), "ERR_DATA", message);
    expectError(
      () => model.encode([[[1, 2, 3]], []]),
      "ERR_DATA",
      "sequence 2 is empty, expected at least one",
    );
    expectError(() => model.encode([[[1, 2]]]), "ERR_DATA", "step 1 has 2 numbers, expected 3");
    expectError(() => model.encode([[[1, 2, Number.NaN]]]), "ERR_DATA", "numbers that are not finite");
    expectError(() => evaluateEmbedder(model, [LINES[0]!, [[], [[1, 2, 3]]]]), "ERR_DATA", "has no vectors");
    const texts = newEmbedder(rt());
    expectError(() => texts.encode(SEQUENCES), "ERR_DATA", "input 1 is a list of vectors");
    expectError(
      () => new SequenceEmbedder(rt(), model.spec, texts.tables),
      "ERR_VALUE",
      "the tables have no scaling and a vocabulary",
    );
  });

  it.each([
    [{ features: 0.5 }, "features is 0.5"],
    [{ embedding: 4 }, "embedding is 4, but features is 3"],
    [{ freezeVectors: true }, "freezeVectors is true"],
  ])("refuses the spec %j", (wrong, message) => {
    const spec = { ...defaultEmbedderSpec("word", FEATURES), ...wrong };
    expectError(() => checkEmbedderSpec(spec), "ERR_VALUE", message);
  });
});

const parts = { train: LINES, validation: LINES };
const QUICK = { batch: 12, lr: 0.02, average: 0 } as const;

it("an embedder of vectors learns which belong together", async () => {
  const trainer = new EmbedderTrainer(make(await startRuntime(), { hidden: 16, size: 8 }), parts, QUICK);
  const { meanReciprocalRank } = trainer.validate();
  for (let i = 0; i < 150; i++) trainer.step();
  expect(meanReciprocalRank).toBeLessThan(0.8);
  expect(trainer.validate().meanReciprocalRank).toBeGreaterThan(0.9);
});

it("an embedder of vectors, stopped and resumed, is the one that was not", async () => {
  await expectResumed({
    kinds: [SequenceEmbedder],
    begin: (rt) => new EmbedderTrainer(make(rt, { dropout: 0.2 }), parts, QUICK),
    resume: (model: SequenceEmbedder, recipe) => new EmbedderTrainer(model, parts, recipe),
    ...{ after: 5, iterations: 9, validateEvery: 3 },
  });
});

it("batches refuse sequences that are no whole steps", () => {
  const make = () => new ContrastBatches(LINES, () => new Float32Array(4), { batch: 4, width: FEATURES });
  expectError(make, "ERR_DATA", "sequence 1 has 4 numbers, expected a multiple of width 3");
});

it("sequences are equal if their numbers are in float32, in any kind of list", () => {
  const pairs: EmbedderPair[] = [
    [[[0.1, 2, 3]], [[1, 1, 1]]],
    [[Float32Array.of(0.1, 2, 3)], [[2, 2, 2]]],
    [[[0.2, 2, 3]], [[3, 3, 3]]],
  ];
  const { mask } = new ContrastBatches(pairs, scaling.apply.bind(scaling) as never, {
    batch: 3,
    width: FEATURES,
  }).at(0);
  expect(Array.from(mask, (one) => one < 0)).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 0].map(Boolean));
});

it("the keys of pairs are made once in a run, not in each validation", async () => {
  const model = make(await startRuntime());
  let read = 0;
  const counted = LINES.map(
    ([one, other]): EmbedderPair => [
      one,
      new Proxy(other as readonly Vector[], {
        get(target, name, self) {
          if (name === "map") read++;
          return Reflect.get(target, name, self);
        },
      }),
    ],
  );
  const trainer = new EmbedderTrainer(model, { train: LINES, validation: counted }, { batch: 8 });
  const before = trainer.validate();
  trainer.validate();
  expect(read).toBe(LINES.length);
  expect(before).toEqual(evaluateEmbedder(model, LINES));
});
