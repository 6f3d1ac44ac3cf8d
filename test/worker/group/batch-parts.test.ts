import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import type { Step } from "../../../src/data/labelled.ts";
import { SequenceBatches } from "../../../src/data/sequence-batches.ts";
import { lineSequences, sequenceSource } from "../../../src/data/sequence-source.ts";
import { streamSource } from "../../../src/data/token-batch.ts";
import { Vocabulary } from "../../../src/data/vocabulary.ts";
import { windowSource } from "../../../src/models/forecaster/windows.ts";
import {
  ConditionalGenerator,
  conditionTables,
  generatorVocabulary,
} from "../../../src/models/generator/model.ts";
import { defaultGeneratorSpec } from "../../../src/models/generator/spec.ts";
import { LabelBatches } from "../../../src/models/labels/batches.ts";
import { balancedWeights, positiveWeights } from "../../../src/models/labels/class-weights.ts";
import type { LabelModel } from "../../../src/models/labels/model.ts";
import { LanguageModel } from "../../../src/models/language-model/model.ts";
import { defaultLanguageModelSpec } from "../../../src/models/language-model/spec.ts";
import { PairBatches } from "../../../src/models/sequence-to-sequence/batches.ts";
import type { SequenceToSequence } from "../../../src/models/sequence-to-sequence/model.ts";
import type { SequencePair } from "../../../src/models/sequence-to-sequence/pairs.ts";
import type { TaskModel } from "../../../src/network/model.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { lossAndGradients } from "../../../src/train/gradients.ts";
import { checkDivisible, divideBatch } from "../../../worker/group/batch-parts.ts";
import { partGradients } from "../../../worker/group/part-gradients.ts";
import { newEmbedder } from "../../models/embedder/embedders.ts";
import { newForecaster, waves } from "../../models/forecaster/forecasters.ts";
import { CALLS, newGenerator, VECTOR_CALLS } from "../../models/generator/generators.ts";
import { NAMES, newClassifier, newTagger, REVIEWS } from "../../models/labels/labels.ts";
import { MEANT, newSetClassifier, newSetTagger, THINGS } from "../../models/labels/sets.ts";
import { newVectorClassifier, newVectorTagger, SIGNS, TONES } from "../../models/labels/vectors.ts";
import { newAutoencoder, newEncoderDecoder, PAIRS, WORDS } from "../../models/sequence-to-sequence/pairs.ts";
import {
  FEATURES,
  newDescriber,
  newStrokeAutoencoder,
  STROKE_PAIRS,
  VECTORS,
} from "../../models/sequence-to-sequence/strokes.ts";
import { newTranscriber, EXAMPLES as RECORDINGS } from "../../models/transcriber/transcribers.ts";
import { expectError, startRuntime } from "../../runtimes.ts";
import { TEXT } from "../../train/run.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

/** Batch number `i` of `batch` sequences. */
type Batch = (batch: number, i: number) => unknown;
interface Case {
  readonly model: TaskModel;
  readonly batch: Batch;
}

const LETTERS = Vocabulary.fromText(TEXT);
const text = (lines: boolean) => (): Case => {
  const model = new LanguageModel(rt, { ...defaultLanguageModelSpec(), hidden: 5, lines }, LETTERS);
  const ids = LETTERS.encode(TEXT);
  return {
    model,
    batch: (batch, i) =>
      lines
        ? sequenceSource(lineSequences(ids, LETTERS), { batch, seed: 1 }).training(i)
        : streamSource(ids, { batch, seq: 4 }).training(i),
  };
};
const labels = (model: LabelModel, examples: typeof REVIEWS | typeof TONES): Case => ({
  model,
  batch: (batch, i) =>
    new LabelBatches(examples, model.tables, {
      ...{ batch, seed: 1, targetPer: model.targetPer, pool: 1 },
      ...(model.spec.classWeights === "balanced" && {
        classWeights: (model.spec.multiLabel ? positiveWeights : balancedWeights)(examples, model.labels),
      }),
    }).at(i),
});
const BALANCED = { classWeights: "balanced" } as const;
const UNEVEN = REVIEWS.map((example, i) => (i % 9 ? example : { ...example, labels: ["pos"] }));
const pairs = (model: SequenceToSequence, of: readonly SequencePair<Step>[]): Case => ({
  model,
  batch: (batch, i) => new PairBatches(model.encodePairs(of), { batch, seed: 1, pool: 1 }).at(i),
});
const generator = (features: number, calls: typeof CALLS): Case => {
  const model = newGenerator(rt, { features });
  return { model, batch: (batch, i) => model.batches(calls, { batch, seed: 1 }).at(i) };
};
const CASES: Readonly<Record<string, () => Case>> = {
  "a text": text(false),
  lines: text(true),
  "a classifier of words": () => labels(newClassifier(rt, { pooling: "mean+max" }), REVIEWS),
  "a tagger with characters": () => labels(newTagger(rt), NAMES),
  "a classifier with class weights": () => labels(newClassifier(rt, BALANCED), UNEVEN),
  "a tagger with class weights": () => labels(newTagger(rt, BALANCED), NAMES),
  "a classifier of several labels": () => labels(newSetClassifier(rt), THINGS),
  "a classifier of several labels with class weights": () => labels(newSetClassifier(rt, BALANCED), THINGS),
  "a tagger of several labels": () => labels(newSetTagger(rt), MEANT),
  "a tagger of several labels with class weights": () => labels(newSetTagger(rt, BALANCED), MEANT),
  "a classifier of vectors": () => labels(newVectorClassifier(rt), TONES),
  "a tagger of vectors": () => labels(newVectorTagger(rt), SIGNS),
  "an encoder-decoder": () =>
    pairs(
      newEncoderDecoder(rt),
      // The targets' lengths differ from the sources'.
      PAIRS.map(({ source, target }, i) => ({
        source,
        target: Array.from({ length: 1 + ((i * 3) % 7) }, (_, t) => target[t % target.length]!),
      })),
    ),
  "an autoencoder": () =>
    pairs(
      newAutoencoder(rt),
      WORDS.map((word) => ({ source: [...word], target: [...word] })),
    ),
  "an encoder-decoder of vectors": () => pairs(newDescriber(rt), STROKE_PAIRS),
  "an autoencoder of vectors": () => {
    const model = newStrokeAutoencoder(rt);
    const inputs = VECTORS.map((vectors) => model.scaling!.apply(vectors));
    const numbers = { width: FEATURES, targetWidth: FEATURES, seed: 1 };
    return {
      model,
      batch: (batch, i) => new SequenceBatches({ inputs, targets: inputs }, { ...numbers, batch }).at(i),
    };
  },
  "a generator from sequences": () => {
    const examples = STROKE_PAIRS.map(({ source, target }) => ({ condition: source, tokens: target }));
    const spec = { ...defaultGeneratorSpec("word"), hidden: 6, embedding: 4, dropout: 0 };
    const sequence = { ...spec, features: FEATURES, condition: "sequence" as const };
    const model = new ConditionalGenerator(rt, sequence, {
      vocabulary: generatorVocabulary(examples),
      ...conditionTables(VECTORS, sequence),
    });
    return { model, batch: (batch, i) => model.batches(examples, { batch, seed: 1 }).at(i) };
  },
  "a generator from names": () => generator(0, CALLS),
  "a generator from vectors": () => generator(2, VECTOR_CALLS),
  "a transcriber": () => {
    const model = newTranscriber(rt, { stack: 2 });
    return { model, batch: (batch, i) => model.coding.batches(RECORDINGS, { batch, seed: 1 }).at(i) };
  },
  "a forecaster": () => {
    const model = newForecaster(rt, { horizon: 3 });
    return {
      model,
      batch: (batch, i) => windowSource(waves(), model.coding, { batch, seq: 7, seed: 1 }).training(i),
    };
  },
};

const gradientsOf = (model: TaskModel) =>
  Object.entries(model.parameters()).map(([name, { grad }]) => [name, grad!.toArray()] as const);

it.each(Object.keys(CASES))("%s: the gradients of the parts of a batch add up to its own", (name) => {
  const { model, batch: batchOf } = CASES[name]!();
  checkDivisible(model);
  const sizes = fc.record({
    B: fc.integer({ min: 1, max: 9 }),
    i: fc.nat(20),
    parts: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(sizes, ({ B, i, parts }) => {
      const batch = batchOf(B, i);
      const whole = rt.scope(() => lossAndGradients(model, { batch, iteration: 1 }));
      const expected = gradientsOf(model);
      const divided = divideBatch(model, batch, parts);
      const columns = divided.flatMap((part) => part.columns);
      expect(divided.length).toBe(Math.min(parts, columns.length));
      expect(columns.sort((a, b) => a - b)).toEqual(columns.map((_, b) => b));
      const sums = expected.map(([, { length }]) => new Float64Array(length));
      let [loss, counted, symbols] = [0, 0, 0];
      for (const { batch } of divided) {
        const result = partGradients(model, {
          ...{ batch, iteration: 1, sequences: columns.length, random: { seed: 1, position: 0 } },
        });
        if (result.counted) loss += result.value * result.counted;
        counted += result.counted;
        symbols += result.symbols;
        gradientsOf(model).forEach(([, part], n) => {
          for (let k = 0; k < part.length; k++) sums[n]![k]! += part[k]!;
        });
      }
      expect([counted, symbols]).toEqual([whole.counted, whole.symbols]);
      expect(loss / counted).toBeCloseTo(whole.value, 5);
      expected.forEach(([name, own], n) => {
        const largest = own.reduce((most, g) => Math.max(most, Math.abs(g)), 1e-3);
        const worst = own.reduce((most, g, k) => Math.max(most, Math.abs(g - sums[n]![k]!)), 0);
        expect(worst / largest, name).toBeLessThan(1e-5);
      });
    }),
    { numRuns: 25 },
  );
});

it("gives each part as many sequences, except one, of the same lengths", () => {
  const { model, batch } = CASES["a classifier of vectors"]!();
  const lengths = divideBatch(model, batch(32, 0), 3).map(
    (part) => (part.batch as { lengths: readonly number[] }).lengths,
  );
  expect(lengths.map(({ length }) => length)).toEqual([11, 11, 10]);
  const sums = lengths.map((part) => part.reduce((sum, length) => sum + length));
  expect(Math.max(...sums) / Math.min(...sums)).toBeLessThan(1.2);
});

it("leaves out steps and words that a part does not have", () => {
  const { model, batch } = CASES["a tagger with characters"]!();
  const whole = batch(4, 0) as {
    steps: number;
    inputs: Int32Array;
    spellings: { lengths: readonly number[] };
  };
  const [, part] = divideBatch(model, whole, 4);
  const { steps, inputs, spellings } = part!.batch as typeof whole;
  expect(steps).toBeLessThan(whole.steps);
  expect(inputs.length).toBe(steps);
  expect(spellings.lengths.length).toBeLessThan(whole.spellings.lengths.length);
});

it("a part without counted targets has no gradient and no loss", () => {
  const { model, batch } = CASES["a classifier of words"]!();
  const whole = batch(4, 0) as { targets: Int32Array };
  const targets = whole.targets.map((target, b) => (b % 2 ? -100 : target));
  const [, part] = divideBatch(model, { ...whole, targets }, 2);
  const result = partGradients(model, {
    ...{ batch: part!.batch, iteration: 1, sequences: 4, random: { seed: 1, position: 0 } },
  });
  expect(result.counted).toBe(0);
  expect(
    gradientsOf(model)
      .flatMap(([, g]) => [...g])
      .every((g) => g === 0),
  ).toBe(true);
});

it("refuses models in which the sequences of a batch depend on each other", () => {
  expectError(() => checkDivisible(newEmbedder(rt)), "ERR_VALUE", "embedder", "set workers to 1");
  expectError(() => checkDivisible(newClassifier(rt, { norm: "batch" })), "ERR_VALUE", "batch normalisation");
  checkDivisible(newClassifier(rt, { norm: "layer", layers: 2 }));
});
