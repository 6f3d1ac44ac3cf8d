import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { Labelled } from "../../../src/data/labelled.ts";
import { Vocabulary } from "../../../src/data/vocabulary.ts";
import { type LabelBatch, LabelBatches, labelTables } from "../../../src/models/labels/batches.ts";
import { balancedWeights, targetWeights } from "../../../src/models/labels/class-weights.ts";
import { Classifier } from "../../../src/models/labels/classifier.ts";
import type { LabelModel } from "../../../src/models/labels/model.ts";
import { checkClassifierSpec, checkTaggerSpec } from "../../../src/models/labels/spec.ts";
import { Tagger } from "../../../src/models/labels/tagger.ts";
import { LabelTrainer } from "../../../src/models/labels/trainer.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import type { Recipe } from "../../../src/train/recipe.ts";
import { expectError, startRuntime } from "../../runtimes.ts";
import { expectResumed } from "../family.ts";
import { NAMES, newClassifier, newTagger, REVIEWS } from "./labels.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

const BALANCED = { classWeights: "balanced" } as const;

describe("balancedWeights", () => {
  const weights = (labels: readonly string[], known: readonly string[]) => [
    ...balancedWeights([{ tokens: labels, labels }], new Vocabulary(known)),
  ];

  it("has the values of scikit-learn's documentation", () => {
    expect(weights([..."111100"], ["0", "1"])).toEqual([1.5, 0.75]);
  });

  it("is n / (classes * count) of the labels that occur", () => {
    const known = [..."abcd"];
    const occurring = fc.constantFrom(...known, "unknown");
    fc.assert(
      fc.property(fc.array(occurring, { minLength: 1, maxLength: 50 }), (labels) => {
        const y = labels.filter((label) => known.includes(label));
        const counts = Object.fromEntries([...new Set(y)].map((c) => [c, y.filter((x) => x === c).length]));
        const expected = known.map((c) =>
          c in counts ? y.length / (Object.keys(counts).length * counts[c]!) : 0,
        );
        weights(labels, known).forEach((weight, i) => {
          expect(weight).toBeCloseTo(expected[i]!, 12);
        });
        const sum = y.reduce((total, label) => total + weights(labels, known)[known.indexOf(label)]!, 0);
        expect(sum, "the weights of all targets add up to their number").toBeCloseTo(y.length, 9);
      }),
    );
  });
});

it("targetWeights divides by the mean, and leaves ignored targets out", () => {
  const weights = targetWeights(Int32Array.of(0, 1, -100, 1), Float64Array.of(4, 1));
  expect([...weights]).toEqual([2, 0.5, 0, 0.5]);
  expect([...targetWeights(Int32Array.of(-100, -100), Float64Array.of(4, 1))]).toEqual([0, 0]);
});

const RARE = REVIEWS.map((example, i) => (i % 9 ? example : { ...example, labels: ["pos"] }));
const FAMILIES = [
  { task: "classifier", make: newClassifier, examples: RARE },
  { task: "tagger", make: newTagger, examples: NAMES },
] as const;

/** The numbers of a batch in float64: the logits and the target of each row that is not ignored. */
function rowsOf(model: LabelModel, batch: LabelBatch) {
  const logits = rt.noGrad(() => model.loss(batch).outputs.toArray());
  const C = model.labels.size;
  return Array.from(batch.targets, (target, i) => ({ target, x: [...logits.subarray(i * C, (i + 1) * C)] }))
    .filter(({ target }) => target >= 0)
    .map(({ target, x }) => {
      const max = Math.max(...x);
      const exps = x.map((v) => Math.exp(v - max));
      const total = exps.reduce((a, b) => a + b);
      return { target, p: exps.map((e) => e / total), nats: Math.log(total) + max - x[target]! };
    });
}

describe.each(FAMILIES)("the weighted loss of a $task", ({ make, examples }) => {
  const some: readonly Labelled[] = examples
    .slice(0, 17)
    .map((example, i) => (i === 3 ? unknownLabel(example) : example));
  function unknownLabel(example: Labelled): Labelled {
    return { ...example, labels: example.labels.map((label, t) => (t ? label : "never seen")) };
  }
  const weighted = () => {
    const model = make(rt, BALANCED) as LabelModel;
    const classWeights = balancedWeights(examples, model.labels);
    const { targetPer } = model;
    const batch = new LabelBatches(some, model.tables, { batch: 17, targetPer, classWeights }).at(0);
    return { model, batch, classWeights };
  };

  it("is PyTorch's weighted mean: the sum of w * nats / the sum of w", () => {
    const { model, batch, classWeights } = weighted();
    const rows = rowsOf(model, batch);
    const w = (target: number) => classWeights[target]!;
    const sum = rows.reduce((total, { target }) => total + w(target), 0);
    const expected = rows.reduce((total, { target, nats }) => total + w(target) * nats, 0) / sum;
    const { loss, counted } = model.loss(batch);
    expect(loss.item()).toBeCloseTo(expected, 5);
    expect(counted).toBe(rows.length);
    const { weights: _, ...plain } = batch;
    const mean = rows.reduce((total, { nats }) => total + nats, 0) / rows.length;
    expect(model.loss(plain).loss.item()).toBeCloseTo(mean, 5);
  });

  it("has the gradient of that mean, in closed form and by central differences", () => {
    const { model, batch, classWeights } = weighted();
    const rows = rowsOf(model, batch);
    const sum = rows.reduce((total, { target }) => total + classWeights[target]!, 0);
    const expected = model.labels.symbols.map(
      (_, c) =>
        rows.reduce(
          (total, { target, p }) => total + classWeights[target]! * (p[c]! - Number(c === target)),
          0,
        ) / sum,
    );
    rt.scope(() => {
      model.loss(batch).loss.backward();
    });
    const bias = model.head.bias!;
    const gradient = bias.grad!.toArray();
    const step = 0.05;
    gradient.forEach((g, c) => {
      expect(g).toBeCloseTo(expected[c]!, 5);
      const at = (value: number) => {
        const before = bias.data[c]!;
        bias.data[c] = before + value;
        const loss = rt.noGrad(() => model.loss(batch).loss.item());
        bias.data[c] = before;
        return loss;
      };
      expect((at(step) - at(-step)) / (2 * step)).toBeCloseTo(g, 3);
    });
  });

  it("is what a trainer steps along, and its validation is not weighted", () => {
    const parts = { train: some, validation: some };
    const recipe = { batch: some.length, optimizer: "sgd", lr: 1 / 64, clip: 0 } as const;
    const model = make(rt, BALANCED) as LabelModel;
    const trainer = new LabelTrainer(model, parts, recipe);
    const { targetPer, labels } = model;
    const classWeights = balancedWeights(some, labels);
    const batch = new LabelBatches(some, model.tables, { batch: some.length, targetPer, classWeights }).at(0);
    rt.scope(() => {
      model.loss(batch).loss.backward();
    });
    const targets = batch.targets.filter((target) => target >= 0).length;
    const expected = model.head.bias!.grad!.toArray().map((g) => (g * targets) / some.length);
    model.head.bias!.grad!.data.fill(0);
    const before = model.head.bias!.toArray();
    const loss = rt.noGrad(() => model.loss(batch).loss.item());
    const { weights: _, ...plain } = batch;
    const unweighted = rt.noGrad(() => model.loss(plain).loss.item());
    expect(trainer.validate().loss).toBeCloseTo(unweighted, 5);
    expect(trainer.step()).toBeCloseTo(loss, 5);
    expect(loss).not.toBeCloseTo(unweighted, 3);
    model.head.bias!.toArray().forEach((value, i) => {
      expect((before[i]! - value) * 64).toBeCloseTo(expected[i]!, 4);
    });
    const { used } = rt.memory;
    for (let i = 0; i < 3; i++) trainer.step();
    expect(rt.memory.used).toBe(used);
  });

  it("stopped and resumed, has the same bits", async () => {
    const recipe = { batch: 8, lr: 0.02, average: 0.9, seed: 1 };
    const parts = { train: examples, validation: examples.slice(0, 9) };
    const trainerOf = (model: Classifier | Tagger, recipe: Partial<Recipe>) =>
      new LabelTrainer(model as LabelModel, parts, recipe);
    const { checkpoint } = await expectResumed<Classifier | Tagger>({
      kinds: [Classifier, Tagger],
      begin: (runtime) => trainerOf(make(runtime, BALANCED), recipe),
      resume: trainerOf,
      ...{ after: 5, iterations: 12, validateEvery: 5 },
    });
    expect(checkpoint.spec.classWeights).toBe("balanced");
  });

  it("differs from the unweighted one only by the weights", async () => {
    const parts = { train: examples, validation: examples.slice(0, 9) };
    const losses = async (spec: object) => {
      const trainer = new LabelTrainer(make(await startRuntime(), spec) as LabelModel, parts, { batch: 8 });
      return Array.from({ length: 3 }, () => trainer.step());
    };
    expect(await losses({ classWeights: "none" })).toEqual(await losses({}));
    expect(await losses(BALANCED)).not.toEqual(await losses({}));
  });
});

it("a rare label is found with balanced weights where it is missed without", async () => {
  // A third of the pink ones are rare, 1 in 15 of all.
  const examples = Array.from({ length: 150 }, (_, i) => ({
    tokens: [["red", "green", "blue", "grey", "pink"][i % 5]!],
    labels: [i % 5 === 4 && i % 3 === 0 ? "rare" : "often"],
  }));
  const parts = { train: examples, validation: examples };
  const rareFound = async (spec: object) => {
    const small = checkClassifierSpec({ ...newClassifier(rt).spec, ...spec });
    const model = new Classifier(await startRuntime(), small, labelTables(examples, small));
    const trainer = new LabelTrainer(model, parts, { batch: 30, lr: 0.02, average: 0 });
    for (let i = 0; i < 60; i++) trainer.step();
    return model.predict([["pink"], ["red"]]).map(({ label }) => label);
  };
  expect(await rareFound(BALANCED)).toEqual(["rare", "often"]);
  expect(await rareFound({})).toEqual(["often", "often"]);
});

it("other weights are refused with the choices", () => {
  const { spec } = newClassifier(rt);
  for (const check of [
    () => checkClassifierSpec({ ...spec, classWeights: "Balanced" }),
    () => checkTaggerSpec({ ...newTagger(rt).spec, classWeights: { a: 1 } }),
  ]) {
    expectError(check, "ERR_VALUE", /classWeights is .*, expected none or balanced/);
  }
});
