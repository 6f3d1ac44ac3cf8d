import { expect } from "vitest";
import { FeatureScaling } from "../../src/data/feature-scaling.ts";
import { Vocabulary } from "../../src/data/vocabulary.ts";
import { Forecaster } from "../../src/models/forecaster/model.ts";
import { Scaling } from "../../src/models/forecaster/scaling.ts";
import { defaultForecasterSpec, type ForecasterSpec } from "../../src/models/forecaster/spec.ts";
import { Classifier } from "../../src/models/labels/classifier.ts";
import {
  type ClassifierSpec,
  defaultClassifierSpec,
  defaultTaggerSpec,
  type TaggerSpec,
} from "../../src/models/labels/spec.ts";
import { Tagger } from "../../src/models/labels/tagger.ts";
import { Thresholds } from "../../src/models/labels/thresholds.ts";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { defaultLanguageModelSpec, type LanguageModelSpec } from "../../src/models/language-model/spec.ts";
import type { TaskModel } from "../../src/network/model.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";

/** Numbers of symbols, labels, steps and sequences. */
export const [V, C, T, B] = [11, 4, 6, 3] as const;

/** Ids, [B, T]. */
export const tokens = Int32Array.from({ length: B * T }, (_, i) => (i * 7 + Math.floor(i / T)) % V);
/** Vectors of two numbers, [B, T, 2]. */
export const features = Float32Array.from({ length: B * T * 2 }, (_, i) => Math.cos(i * 3.7) * 2);

export const symbols = (count: number) => new Vocabulary(Array.from({ length: count }, (_, i) => `s${i}`));
const common = { hidden: 5, embedding: 3, dropout: 0, inputDropout: 0 };

/** Gives each parameter random numbers, so that biases count too. */
function shaken<M extends TaskModel>(model: M): M {
  for (const { data } of Object.values(model.parameters())) {
    for (let i = 0; i < data.length; i++) data[i] = Math.sin(i * 12.9898 + data.length) * 0.6;
  }
  return model;
}

export const languageModel = (rt: Runtime, spec: Partial<LanguageModelSpec>) =>
  shaken(new LanguageModel(rt, { ...defaultLanguageModelSpec("char"), ...common, ...spec }, symbols(V)));

export const classifier = (rt: Runtime, spec: Partial<ClassifierSpec>) => {
  const full = { ...defaultClassifierSpec("word"), ...common, wordDropout: 0, ...spec };
  const reads = full.features
    ? { scaling: new FeatureScaling([1, -2], [3, 0.5]) }
    : { vocabulary: symbols(V) };
  const thresholds = full.multiLabel ? { thresholds: Thresholds.all(C) } : {};
  return shaken(new Classifier(rt, full, { ...reads, labels: symbols(C), ...thresholds }));
};

export const tagger = (rt: Runtime, spec: Partial<TaggerSpec>) =>
  shaken(
    new Tagger(
      rt,
      { ...defaultTaggerSpec(), ...common, characters: 0, wordDropout: 0, ...spec },
      { vocabulary: symbols(V), labels: symbols(C) },
    ),
  );

const scale = (mean: number) => ({ mean, deviation: 2, step: 0.5, change: 1.5 });
export const forecaster = (rt: Runtime, spec: Partial<ForecasterSpec>) =>
  shaken(
    new Forecaster(
      rt,
      { ...defaultForecasterSpec(["a", "b"]), hidden: 5, horizon: 3, targets: ["b"], ...spec },
      { scaling: new Scaling([scale(4), scale(-1)]) },
    ),
  );

/** Returns the tokens of a sequence as symbols. */
export const rowsOf = (b: number) => Array.from(tokens.subarray(b * T, (b + 1) * T), (id) => `s${id}`);

/** Returns the vectors of a sequence. */
export const vectorsOf = (b: number) =>
  Array.from({ length: T }, (_, t) => features.slice((b * T + t) * 2, (b * T + t + 1) * 2));

/** Returns the logits of a language model for `tokens`, [B, T, V]. */
export function logitsOf(rt: Runtime, model: LanguageModel): Float32Array {
  const turned = Int32Array.from({ length: B * T }, (_, i) => tokens[(i % B) * T + Math.floor(i / B)]!);
  const logits = rt.scope(() => model.forward(rt.tensor(turned, [T, B])).logits.toArray());
  const result = new Float32Array(logits.length);
  for (let i = 0; i < B * T; i++) {
    const at = ((i % T) * B + Math.floor(i / T)) * V;
    result.set(logits.subarray(at, at + V), i * V);
  }
  return result;
}

/** Returns the softmax of each row of `V` numbers. */
export function softmaxOf(logits: Float32Array): number[] {
  return Array.from({ length: logits.length / V }, (_, i) => {
    const row = Array.from(logits.slice(i * V, (i + 1) * V), Math.exp);
    const sum = row.reduce((a, b) => a + b);
    return row.map((value) => value / sum);
  }).flat();
}

/** Expects numbers that differ by less than 1e-5. */
export function expectClose(given: ArrayLike<number>, expected: ArrayLike<number>) {
  expect(given.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(Math.abs(given[i]! - expected[i]!)).toBeLessThan(1e-5);
}
