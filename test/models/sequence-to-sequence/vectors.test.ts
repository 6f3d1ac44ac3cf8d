import { describe, expect, it } from "vitest";
import { FeatureScaling } from "../../../src/data/feature-scaling.ts";
import { Autoencoder } from "../../../src/models/sequence-to-sequence/autoencoder.ts";
import { PairBatches } from "../../../src/models/sequence-to-sequence/batches.ts";
import { EncoderDecoder } from "../../../src/models/sequence-to-sequence/encoder-decoder.ts";
import {
  evaluateReconstruction,
  ReconstructionTrainer,
} from "../../../src/models/sequence-to-sequence/reconstruction.ts";
import {
  checkAutoencoderSpec,
  checkEncoderDecoderSpec,
  defaultAutoencoderSpec,
  defaultEncoderDecoderSpec,
} from "../../../src/models/sequence-to-sequence/spec.ts";
import { evaluateSequences, SequenceTrainer } from "../../../src/models/sequence-to-sequence/trainer.ts";
import { loadModel, serializeModel } from "../../../src/network/model-file.ts";
import { measure } from "../../../src/runtime/meta.ts";
import { gradcheck } from "../../gradcheck.ts";
import { describeRuntimes, expectError, gradientOf, startRuntime } from "../../runtimes.ts";
import { expectResumed } from "../family.ts";
import { newAutoencoder, newEncoderDecoder, PAIRS, sharpen, WORDS } from "./pairs.ts";
import { newDescriber, newStrokeAutoencoder, STROKE_PAIRS, STROKES, VECTORS } from "./strokes.ts";

const parts = <T>(all: readonly T[]) => ({ train: all.slice(8), validation: all.slice(0, 8) });
const QUICK = { batch: 16, lr: 0.02, average: 0 } as const;

const wrongVectors: readonly (readonly [unknown, RegExp])[] = [
  [[[[1, 2, 3]], []], /sequence 2 is empty, expected at least one vector/],
  [[[[1, 2]]], /step 1 has 2 numbers, expected 3 finite numbers/],
  [
    [
      [
        [1, 2, 3],
        [1, 2, 3, 4],
      ],
    ],
    /step 2 has 4 numbers/,
  ],
  [[[[1, 2, Number.NaN]]], /step 1 has numbers that are not finite/],
  [[["a", "b"]], /step 1 has no numbers/],
  [[[[1, 2, 3], "a"]], /step 2 has no numbers/],
  [["up"], /input 1 is a text, but the model reads vectors of 3 numbers/],
];

describeRuntimes("an encoder-decoder of vectors", (rt) => {
  it.each([
    {},
    { attention: "additive", encoderLayers: 2, encoderHidden: 6, inputDropout: 0 },
    { attention: "none", cell: "lstm", encoderCell: "gru", bidirectional: false },
  ] as const)("has the gradient of its loss: %j", (spec) => {
    const model = newDescriber(rt(), spec);
    const ids = model.encodePairs(STROKE_PAIRS.slice(3, 6));
    const [batch] = [...new PairBatches(ids, { batch: 3, pool: 1 }).once()];
    expect(batch!.sources).toHaveLength(Math.max(...batch!.sourceLengths) * 3 * 3);
    model.loss(batch!).loss.backward();
    const loss = () => rt().scope(() => model.loss(batch!).loss.item());
    for (const [label, tensor] of Object.entries(model.parameters()))
      gradcheck(loss, tensor.data as Float32Array, gradientOf(tensor), { tolerance: 4e-3, label });
  });

  it.each(["dot", "additive", "none"] as const)(
    "with attention %s writes the same alone, in a batch and after its file",
    (attention) => {
      const model = sharpen(newDescriber(rt(), { attention, encoderLayers: 2 }));
      const size = Object.values(model.parameters()).reduce((sum, tensor) => sum + tensor.size, 0);
      expect(measure((meta) => EncoderDecoder.build(meta, model.spec, model.tables))).toBe(size);
      const again = loadModel(rt(), serializeModel(model), [EncoderDecoder]);
      expect(again.tables.scaling).toEqual(model.tables.scaling);
      const { used } = rt().memory;
      for (const beam of [1, 3]) {
        const options = { beam, attention: true };
        const together = model.predict(VECTORS, options);
        expect(again.predict(VECTORS, options)).toEqual(together);
        VECTORS.slice(0, 6).forEach((vectors, i) => {
          const [alone] = model.predict([vectors.map((step) => Float32Array.from(step))], options);
          expect(alone!.text).toBe(together[i]!.text);
          expect(alone!.logProbability).toBeCloseTo(together[i]!.logProbability, 4);
          if (attention !== "none") expect(alone!.attention![0]).toHaveLength(vectors.length);
        });
      }
      expect(rt().memory.used).toBe(used);
    },
  );

  it("has a scaling in its file, and no field of vectors in that of texts", () => {
    const header = (model: EncoderDecoder) => new TextDecoder().decode(serializeModel(model).slice(0, 4000));
    expect(header(newDescriber(rt()))).toMatch(/scaling/);
    expect(header(newEncoderDecoder(rt()))).not.toMatch(/features|scaling/);
  });

  it.each(wrongVectors)("refuses %j", (given, message) => {
    expectError(() => newDescriber(rt()).predict(given as never), "ERR_DATA", message);
  });

  it("refuses vectors if it reads texts", () => {
    const given = [VECTORS[0]!];
    expectError(
      () => newEncoderDecoder(rt()).predict(given),
      "ERR_DATA",
      "input 1 is a list of vectors, but the model reads texts",
    );
    expectError(() => newEncoderDecoder(rt()).write(given), "ERR_DATA", "step 1 is a vector");
    expectError(() => newDescriber(rt()).write([["a"]]), "ERR_DATA", "step 1 has no numbers");
  });

  it("refuses tables that do not fit", () => {
    const [texts, vectors] = [newEncoderDecoder(rt()), newDescriber(rt())];
    const { target } = texts.tables;
    const make = (spec: EncoderDecoder["spec"], tables: object) => () =>
      new EncoderDecoder(rt(), spec, tables as never);
    const { spec } = vectors;
    expectError(make(spec, texts.tables), "ERR_VALUE", "the tables have no scaling and a vocabulary");
    expectError(make(texts.spec, vectors.tables), "ERR_VALUE", "the tables have a scaling of 3 features");
    const wide = FeatureScaling.none(4);
    expectError(make(spec, { scaling: wide, target }), "ERR_VALUE", "features is 3, but the tables have");
    expectError(make(spec, { target }), "ERR_VALUE", "scaling");
  });
});

describe("the spec of an encoder-decoder of vectors", () => {
  const spec = defaultEncoderDecoderSpec("word", "word", 3);
  it.each([
    [{ features: -1 }, "features is -1"],
    [{ lowerCase: true }, "lowerCase is true, but features is 3"],
    [{ freezeVectors: true }, "freezeVectors is true, but embedding is 0"],
    [{ inputDropout: 0.1, embedding: 0 }, "inputDropout is 0.1, but embedding is 0"],
  ])("refuses %j", (wrong, message) => {
    expectError(() => checkEncoderDecoderSpec({ ...spec, ...wrong }), "ERR_VALUE", message);
  });
});

it("an encoder-decoder of vectors learns to say what it reads, also with scheduled sampling", async () => {
  const model = newDescriber(await startRuntime(), { hidden: 24 });
  const trainer = new SequenceTrainer(model, parts(STROKE_PAIRS), { ...QUICK, teacherForcing: 0.8 });
  for (let i = 0; i < 200; i++) trainer.step();
  expect(evaluateSequences(model, parts(STROKE_PAIRS).train).exact).toBeGreaterThan(0.9);
  expect(model.predict([VECTORS[9]!], { beam: 3 })[0]!.text).toBe(STROKES[9]!.text);
});

it("an encoder-decoder of vectors, stopped and resumed, is the one that was not", async () => {
  await expectResumed({
    kinds: [EncoderDecoder],
    begin: (rt) => new SequenceTrainer(newDescriber(rt, { dropout: 0.2 }), parts(STROKE_PAIRS), QUICK),
    resume: (model: EncoderDecoder, recipe) => new SequenceTrainer(model, parts(STROKE_PAIRS), recipe),
    ...{ after: 5, iterations: 9, validateEvery: 3 },
  });
});

describeRuntimes("an autoencoder of vectors", (rt) => {
  it.each([
    {},
    { cell: "lstm", layers: 2, bidirectional: false },
    { encoderLayers: 2, encoderHidden: 6, encoderCell: "lstm" },
  ] as const)("has the gradient of its loss: %j", (spec) => {
    const model = newStrokeAutoencoder(rt(), spec);
    const inputs = VECTORS.slice(3, 6).map((vectors) => model.scaling!.apply(vectors));
    const lengths = inputs.map(({ length }) => length / 3);
    const steps = Math.max(...lengths);
    const padded = new Float32Array(steps * 3 * 3);
    inputs.forEach((numbers, b) => {
      numbers.forEach((value, i) => {
        padded[(Math.floor(i / 3) * 3 + b) * 3 + (i % 3)] = value;
      });
    });
    const sequences = Int32Array.of(0, 1, 2);
    const batch = { steps, lengths, sequences, inputs: padded, targets: padded };
    model.loss(batch).loss.backward();
    const loss = () => rt().scope(() => model.loss(batch).loss.item());
    for (const [label, tensor] of Object.entries(model.parameters()))
      gradcheck(loss, tensor.data as Float32Array, gradientOf(tensor), { tolerance: 4e-3, label });
    // Past the end of a sequence, nothing counts.
    const before = loss();
    for (const [b, length] of lengths.entries())
      for (let t = length; t < steps; t++) padded[(t * 3 + b) * 3] = 7;
    expect(loss()).toBe(before);
  });

  it("gives the same vector and reconstruction alone, in a batch and after its file", () => {
    const model = newStrokeAutoencoder(rt(), { cell: "lstm", dropout: 0.3, layers: 2 });
    const size = Object.values(model.parameters()).reduce((sum, tensor) => sum + tensor.size, 0);
    expect(measure((meta) => Autoencoder.build(meta, model.spec, model.tables))).toBe(size);
    const { used } = rt().memory;
    const together = model.predict(VECTORS);
    expect(rt().memory.used).toBe(used);
    expect(loadModel(rt(), serializeModel(model), [Autoencoder]).predict(VECTORS)).toEqual(together);
    const vectors = model.encode(VECTORS);
    VECTORS.slice(0, 6).forEach((sequence, i) => {
      const [{ vector, output, error }] = model.predict([sequence]) as [(typeof together)[0]];
      expect(vector).toEqual(together[i]!.vector);
      expect(vector).toEqual(vectors[i]);
      expect(vector).toHaveLength(model.vectorSize);
      expect(error).toBeCloseTo(together[i]!.error, 5);
      expect(output).toHaveLength(sequence.length);
      output.forEach((step, t) => {
        step.forEach((value, k) => {
          expect(value).toBeCloseTo(together[i]!.output[t]![k]!, 4);
        });
      });
    });
  });

  it("has errors that belong to its outputs, and whose mean over steps is the loss", () => {
    const model = newStrokeAutoencoder(rt());
    const { mean, deviation } = model.scaling!;
    const found = model.predict(VECTORS);
    let [sum, steps] = [0, 0];
    found.forEach(({ output, error }, i) => {
      const squares = output.flatMap((step, t) =>
        Array.from(step, (value, k) => ((value - VECTORS[i]![t]![k]!) / deviation[k]!) ** 2),
      );
      expect(error).toBeCloseTo(squares.reduce((a, b) => a + b) / squares.length, 4);
      sum += error * output.length;
      steps += output.length;
    });
    expect(evaluateReconstruction(model, VECTORS).mse).toBeCloseTo(sum / steps, 5);
    expect([mean[2], deviation[2]]).toEqual([3, 1]);
  });

  it.each(wrongVectors)("refuses %j", (given, message) => {
    const model = newStrokeAutoencoder(rt());
    for (const read of [() => model.predict(given as never), () => model.encode(given as never)])
      expectError(read, "ERR_DATA", message);
  });

  it("refuses what texts have, and vectors if it reads texts", () => {
    const [texts, vectors] = [newAutoencoder(rt()), newStrokeAutoencoder(rt())];
    expect([vectors.encode([]), vectors.predict([])]).toEqual([[], []]);
    const decoded = [new Float32Array(vectors.vectorSize)];
    for (const write of [
      () => vectors.decode(decoded),
      () => vectors.write([VECTORS[0]!]),
      () => new SequenceTrainer(vectors, { train: PAIRS, validation: PAIRS }),
      () => evaluateSequences(vectors, PAIRS),
    ])
      expectError(write, "ERR_VALUE", "the model reads and gives vectors: it writes no tokens");
    expectError(() => vectors.predict([VECTORS[0]!], { beam: 2 }), "ERR_VALUE", "unknown option beam");
    expectError(() => texts.encode([VECTORS[0]!]), "ERR_DATA", "input 1 is a list of vectors");
    for (const read of [
      () => evaluateReconstruction(texts, VECTORS),
      () => new ReconstructionTrainer(texts, parts(VECTORS)),
    ])
      expectError(read, "ERR_VALUE", "expected an Autoencoder of vectors");
    expectError(
      () => new ReconstructionTrainer(vectors, parts(VECTORS), { teacherForcing: 0.5 }),
      "ERR_VALUE",
      "teacherForcing is 0.5, but the decoder of an autoencoder of vectors reads no targets",
    );
    expectError(() => vectors.encode(WORDS), "ERR_DATA", "input 1 is a text");
  });

  it.each([
    [{ embedding: 4 }, "embedding is 4, but features is 3"],
    [{ tied: true }, "tied is true"],
    [{ freezeVectors: true }, "freezeVectors is true"],
  ])("refuses the spec %j", (wrong, message) => {
    const spec = { ...defaultAutoencoderSpec("char", 3), ...wrong };
    expectError(() => checkAutoencoderSpec(spec), "ERR_VALUE", message);
  });
});

it("an autoencoder of vectors learns to give them back", async () => {
  const model = newStrokeAutoencoder(await startRuntime(), { hidden: 24 });
  const trainer = new ReconstructionTrainer(model, parts(VECTORS), QUICK);
  const { mse } = trainer.validate();
  expect(mse).toBeGreaterThan(0.5);
  for (let i = 0; i < 300; i++) trainer.step();
  expect(trainer.validate().mse).toBeLessThan(mse / 5);
});

it("an autoencoder of vectors, stopped and resumed, is the one that was not", async () => {
  await expectResumed({
    kinds: [Autoencoder],
    begin: (rt) =>
      new ReconstructionTrainer(newStrokeAutoencoder(rt, { dropout: 0.2 }), parts(VECTORS), QUICK),
    resume: (model: Autoencoder, recipe) => new ReconstructionTrainer(model, parts(VECTORS), recipe),
    ...{ after: 5, iterations: 9, validateEvery: 3 },
  });
});

it("batches of pairs refuse widths that do not fit", async () => {
  const ids = newDescriber(await startRuntime()).encodePairs(STROKE_PAIRS.slice(0, 2));
  for (const width of ["x", 0, 1.5, null])
    expectError(() => new PairBatches({ ...ids, width } as never, { batch: 2 }), "ERR_VALUE", "width");
  const uneven = { ...ids, sources: [ids.sources[0]!, new Float32Array(4)] };
  const message = "source 2 has 4 numbers, expected a multiple of width 3";
  expectError(() => new PairBatches(uneven, { batch: 2 }), "ERR_DATA", message);
});

it.each([[5], [[null]], [[3]]])("a trainer of reconstructions refuses other sequences: %j", async (train) => {
  const model = newStrokeAutoencoder(await startRuntime());
  const make = () => new ReconstructionTrainer(model, { train: train as never, validation: VECTORS });
  expectError(make, "ERR_VALUE", "train");
});
