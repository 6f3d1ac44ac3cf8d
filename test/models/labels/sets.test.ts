import { beforeEach, describe, expect, it } from "vitest";
import { holdOut } from "../../../src/data/hold-out.ts";
import { labelSet } from "../../../src/data/label-set.ts";
import type { Labelled } from "../../../src/data/labelled.ts";
import { Vocabulary } from "../../../src/data/vocabulary.ts";
import { parseSafetensors, serializeSafetensors } from "../../../src/io/safetensors.ts";
import { LabelBatches, labelTables } from "../../../src/models/labels/batches.ts";
import { positiveWeights } from "../../../src/models/labels/class-weights.ts";
import { Classifier, classifierExample } from "../../../src/models/labels/classifier.ts";
import { LONG } from "../../../src/models/labels/long.ts";
import type { LabelModel } from "../../../src/models/labels/model.ts";
import { defaultTaggerSpec } from "../../../src/models/labels/spec.ts";
import { Tagger } from "../../../src/models/labels/tagger.ts";
import { evaluateLabels, LabelTrainer } from "../../../src/models/labels/trainer.ts";
import { loadModel, serializeModel } from "../../../src/network/model-file.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import type { Recipe } from "../../../src/train/recipe.ts";
import { train } from "../../../src/train/train.ts";
import { gradcheck } from "../../gradcheck.ts";
import { describeRuntimes, expectError, startRuntime } from "../../runtimes.ts";
import { MemoryStore } from "../../train/run.ts";
import { expectResumed } from "../family.ts";
import { newClassifier, newTagger } from "./labels.ts";
import { MEANT, newSetClassifier, newSetTagger, THINGS } from "./sets.ts";

const BALANCED = { classWeights: "balanced" } as const;
const FAMILIES = [
  { task: "classifier", make: newSetClassifier, single: newClassifier, examples: THINGS },
  { task: "tagger", make: newSetTagger, single: newTagger, examples: MEANT },
] as const;
type Family = (typeof FAMILIES)[number];

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

const kinds = [Classifier, Tagger];
const load = (bytes: Uint8Array, runtime = rt) =>
  loadModel<Classifier | Tagger>(runtime, bytes, kinds) as LabelModel;
const makeOf = (family: Family, runtime = rt, spec: object = {}) => family.make(runtime, spec) as LabelModel;

/** A batch of sentences of different lengths, one of which has a label that the model never saw. */
function batchOf(model: LabelModel, examples: readonly Labelled[], weights?: Float64Array) {
  const some = examples
    .slice(0, 7)
    .map((example, i) =>
      i === 2 ? { ...example, labels: example.labels.map(() => "colour,new") } : example,
    );
  const options = { batch: 7, targetPer: model.targetPer, ...(weights && { classWeights: weights }) };
  return { some, batch: new LabelBatches(some, model.tables, options).at(0) };
}

/** Returns the mean of w * -(t log p + (1 - t) log(1 - p)) over all labels of all targets, in float64. */
function meanOf(model: LabelModel, some: readonly Labelled[], weight: (label: number) => number = () => 1) {
  const { symbols } = model.labels;
  const rows = model.probabilities(some.map(({ tokens }) => tokens));
  let [sum, count] = [0, 0];
  some.forEach(({ labels }, i) => {
    labels.forEach((cell, row) => {
      symbols.forEach((symbol, label) => {
        const p = rows[i]![row * symbols.length + label]!;
        sum -= labelSet(cell).includes(symbol) ? weight(label) * Math.log(p) : Math.log(1 - p);
        count++;
      });
    });
  });
  return { mean: sum / count, count };
}

for (const family of FAMILIES) {
  describeRuntimes(`the loss of a ${family.task} of several labels`, (runtime) => {
    it("is the mean binary cross-entropy of all labels; padding does not count", () => {
      const model = makeOf(family, runtime());
      const { some, batch } = batchOf(model, family.examples);
      const { loss, counted, sequences, symbols } = model.loss(batch);
      const { mean, count } = meanOf(model, some);
      expect(loss.item()).toBeCloseTo(mean, 5);
      expect(counted).toBe(count);
      expect(sequences).toBe(7);
      expect(symbols).toBe(some.reduce((sum, { tokens }) => sum + tokens.length, 0));
    });

    it.each([{}, BALANCED])("has the gradient of central differences: %j", (spec) => {
      const model = makeOf(family, runtime(), spec);
      const weights = "classWeights" in spec ? positiveWeights(family.examples, model.labels) : undefined;
      const { batch } = batchOf(model, family.examples, weights);
      runtime().scope(() => model.loss(batch).loss.backward());
      for (const [label, tensor] of Object.entries(model.parameters())) {
        const loss = () => runtime().noGrad(() => runtime().scope(() => model.loss(batch).loss.item()));
        gradcheck(loss, tensor.data as Float32Array, tensor.grad!.toArray(), { label, tolerance: 4e-3 });
      }
    });
  });

  describe(`a ${family.task} of several labels`, () => {
    const { examples } = family;
    const parts = holdOut(examples, 1);

    it("weights the targets that have a label, like PyTorch's pos_weight", () => {
      const model = makeOf(family, rt, BALANCED);
      const targets = examples.flatMap(({ labels }) => labels.map(labelSet));
      const weights = positiveWeights(examples, model.labels);
      const expected = model.labels.symbols.map((symbol) => {
        const has = targets.filter((target) => target.includes(symbol)).length;
        return (targets.length - has) / has;
      });
      expect([...weights]).toEqual(expected);
      const { some, batch } = batchOf(model, examples, weights);
      const { mean } = meanOf(model, some, (label) => weights[label]!);
      expect(model.loss(batch).loss.item()).toBeCloseTo(mean, 5);
    });

    it.each(["none", "balanced"] as const)("learns, with class weights %s", async (classWeights) => {
      const recipe = { batch: 8, lr: 0.03, average: 0, seed: 1 };
      const trainer = new LabelTrainer(makeOf(family, rt, { classWeights }), parts, recipe);
      const store = new MemoryStore();
      const { best, stopped } = await train(trainer, { iterations: 150, dataHash: "hash", store });
      expect(stopped).not.toBe("diverged");
      const model = load(store.models.at(-1)!);
      const result = evaluateLabels(model, parts.validation);
      expect(result).toMatchObject({ microF1: 1, macroF1: 1, exact: 1, accuracy: 1, f1: 1 });
      expect(result.error).toBe(best);
      expect(result.labels).toBe(parts.validation.flatMap(({ labels }) => labels).length);
      expect(result.counts!.labels).toEqual(["colour", "metal, noble", "size"]);
      expect(result).not.toHaveProperty("spanF1");
      const { tokens, labels } = parts.validation[0]!;
      expect(model.label([tokens])[0]!.map((cell) => labelSet(cell).sort())).toEqual(
        labels.map((cell) => labelSet(cell).sort()),
      );
    });

    it("has diverged if it is far worse than guessing, but not since a label is rare", async () => {
      const rare = { ...examples[3]!, labels: examples[3]!.labels.map(() => "rare") };
      const data = Array.from({ length: 200 }, (_, i) => (i === 100 ? rare : examples[i % examples.length]!));
      const { spec } = makeOf(family, rt, BALANCED);
      const ends = async (iterations: number, lr: number) => {
        const Kind = family.task === "tagger" ? Tagger : Classifier;
        const model = new Kind(rt, spec as never, labelTables(data, spec, { minCount: 1 })) as LabelModel;
        const recipe = { batch: 1, lr, average: 0, seed: 1, clip: 0, optimizer: "adam" } as const;
        const trainer = new LabelTrainer(model, { train: data, validation: data.slice(99, 101) }, recipe);
        const losses: number[] = [];
        const { stopped } = await train(trainer, {
          ...{ iterations, validateEvery: 500, dataHash: "hash", store: new MemoryStore() },
          onStep: ({ loss }) => losses.push(loss),
        });
        return { losses, stopped };
      };
      const { losses } = await ends(200, 0.001);
      const largest = Math.max(...losses);
      expect(largest).toBeGreaterThan(Math.log(2) + 10);
      const iterations = losses.indexOf(largest) + 1;
      expect((await ends(iterations, 0.001)).stopped).toBe("end");
      expect((await ends(iterations, 1e5)).stopped).toBe("diverged");
    });

    it("is stopped and resumed with the same bits, and with its thresholds", async () => {
      const recipe = { batch: 8, lr: 0.02, average: 0.9, seed: 1, schedule: "plateau", patience: 0 } as const;
      const trainerOf = (model: Classifier | Tagger, recipe: Partial<Recipe>) =>
        new LabelTrainer(model as LabelModel, parts, recipe);
      const { bytes } = await expectResumed<Classifier | Tagger>({
        kinds,
        begin: (runtime) => trainerOf(makeOf(family, runtime) as Classifier | Tagger, recipe),
        resume: trainerOf,
        ...{ after: 11, iterations: 24, validateEvery: 5 },
      });
      const stored = JSON.parse(parseSafetensors(bytes).metadata.thresholds!) as number[];
      expect(stored).toHaveLength(3);
      expect(stored.some((threshold) => threshold !== 0.5)).toBe(true);
    });

    it("saves the thresholds of the validation that chose the model", async () => {
      const trainer = new LabelTrainer(makeOf(family), parts, { batch: 8, lr: 0.02, average: 0.5, seed: 2 });
      const store = new MemoryStore();
      const found: string[] = [];
      await train(trainer, {
        ...{ iterations: 20, validateEvery: 4, dataHash: "hash", store },
        onValidation: ({ best }) => best && found.push(JSON.stringify(trainer.model.thresholds)),
      });
      expect(store.models.map((bytes) => JSON.stringify(load(bytes).thresholds))).toEqual(found);
      const { microF1: before, microF1AtHalf, error } = trainer.validate();
      trainer.model.setThresholds(0.5);
      const plain = evaluateLabels(trainer.model, parts.validation).microF1!;
      expect(plain).not.toBe(before);
      expect(microF1AtHalf).toBe(plain);
      expect(error, "the choice of the model does not depend on its thresholds").toBeCloseTo(1 - plain, 5);
      trainer.validate();
      trainer.model.labels.symbols.forEach((_, label) => {
        const own = trainer.model.thresholds!;
        const f1 = (threshold: number) => {
          trainer.model.setThresholds(own.map((value, i) => (i === label ? threshold : value)));
          return evaluateLabels(trainer.model, parts.validation).macroF1!;
        };
        const best = f1(own[label]!);
        for (const other of [0.1, 0.3, 0.5, 0.7, 0.9]) expect(f1(other)).toBeLessThanOrEqual(best);
        trainer.model.setThresholds(own);
      });
    });

    it("predicts from its thresholds on, and keeps them in its file", () => {
      const model = makeOf(family);
      expect(model.thresholds).toEqual([0.5, 0.5, 0.5]);
      const [rows] = model.probabilities([["red", "the"]]);
      const own = Array.from(rows!.subarray(0, 3));
      model.setThresholds([own[0]!, Math.min(1, own[1]! + 1e-3), 0]);
      const [first] = model.label([["red", "the"]])[0]!;
      const { symbols } = model.labels;
      expect(labelSet(first!)).toEqual([symbols[0], symbols[2]]);
      const bytes = serializeModel(model);
      expect(load(bytes).thresholds).toEqual(model.thresholds);
      expect(load(bytes).label([["red", "the"]])).toEqual(model.label([["red", "the"]]));
      model.setThresholds(0.25);
      expect(model.thresholds).toEqual([0.25, 0.25, 0.25]);
    });

    it("counts labels that it never saw as missed", () => {
      const model = makeOf(family);
      model.setThresholds(0);
      const strange = examples.slice(0, 2).map((example) => ({
        ...example,
        labels: example.labels.map(() => "colour,new"),
      }));
      const targets = strange.flatMap(({ labels }) => labels).length;
      const { counts, microF1, exact } = evaluateLabels(model, strange);
      expect(counts!.labels).toEqual(["colour", "metal, noble", "new", "size"]);
      expect(counts!.hits).toEqual([targets, 0, 0, 0]);
      expect(microF1).toBeCloseTo(2 / 5, 12);
      expect(exact).toBe(0);
    });

    it("reads a sequence in pieces as whole, to the bit", () => {
      for (const spec of [{}, { layers: 2, bidirectional: false }]) {
        const model = makeOf(family, rt, spec);
        const tokens = examples.flatMap(({ tokens }) => tokens).slice(0, 23);
        const [whole] = model.probabilities([tokens]);
        for (const piece of [1, 7, 23]) {
          expect(model.inPieces(tokens, piece)).toEqual(whole);
          expect(model.probabilitiesOf(model.inPieces(tokens, piece, true))).toEqual(whole);
        }
      }
    });

    it("refuses thresholds that are wrong, also in a file", () => {
      const model = makeOf(family);
      for (const wrong of [-0.1, 1.1, Number.NaN, [0.5, 0.5], [0.5, 0.5, 2], "0.5", null]) {
        expectError(() => model.setThresholds(wrong as number), "ERR_VALUE", /threshold/);
      }
      const { tensors, metadata } = parseSafetensors(serializeModel(model));
      const damaged = [
        [{ thresholds: "[0.5,0.5,1.5]" }, /thresholds\[2\] is 1.5, expected a number from 0 to 1/],
        [{ thresholds: '[0.5,0.5,"0.5"]' }, /from 0 to 1/],
        [{ thresholds: "[0.5]" }, /1 threshold for 3 labels/],
        [{ thresholds: "0.5" }, /expected a list/],
        [{ thresholds: "" }, /damaged/],
        [
          { spec: JSON.stringify({ ...model.spec, multiLabel: 1 }) },
          /multiLabel is 1, expected true or false/,
        ],
      ] as const;
      for (const [change, message] of damaged) {
        const bytes = serializeSafetensors(tensors, { ...metadata, ...change });
        expectError(() => load(bytes), "ERR_FORMAT", message);
      }
      const { thresholds: _, ...others } = metadata;
      expectError(() => load(serializeSafetensors(tensors, others)), "ERR_FORMAT", /have no thresholds/);
    });

    it("is told from a model of one label by its spec and its tables", () => {
      const [model, other] = [makeOf(family), family.single(rt) as LabelModel];
      expect(other.thresholds).toBeUndefined();
      expect(parseSafetensors(serializeModel(other)).metadata).not.toHaveProperty("thresholds");
      expect(parseSafetensors(serializeModel(other)).metadata.spec).not.toMatch(/multiLabel/);
      expectError(() => other.setThresholds(0.5), "ERR_VALUE", /predicts one label/);
      expectError(() => other.setsOf(new Float32Array(2)), "ERR_VALUE", /predicts one label/);
      const Kind = model.constructor as typeof Classifier;
      const spec = { ...model.spec, multiLabel: false } as never;
      expectError(() => new Kind(rt, spec, model.tables), "ERR_VALUE", /multiLabel is false/);
      const { thresholds: _, ...tables } = model.tables;
      expectError(
        () => new Kind(rt, model.spec as never, tables as never),
        "ERR_VALUE",
        /multiLabel is true, which needs a table of thresholds/,
      );
      const { batch } = batchOf(other, examples);
      expectError(() => model.loss(batch), "ERR_VALUE", /has no multiHot/);
    });
  });
}

it("a classifier of several labels gives them beside the likeliest one", () => {
  const model = newSetClassifier(rt);
  model.setThresholds([0, 1, 0]);
  const [result] = model.predict(["the red"]);
  const { symbols } = model.labels;
  expect(result!.labels).toEqual([symbols[0], symbols[2]]);
  expect(Object.keys(result!.probabilities)).toEqual(symbols);
  expect(result!.probability).toBe(Math.max(...Object.values(result!.probabilities)));
  expect(newClassifier(rt).predict(["good"])[0]).not.toHaveProperty("labels");
});

it("a single label is enough if some examples lack it", async () => {
  const examples = Array.from({ length: 30 }, (_, i) =>
    classifierExample(i % 3 ? "a word" : "a fault", i % 3 ? [] : ["wrong"], { level: "word" }),
  );
  const { spec } = newSetClassifier(rt);
  const model = new Classifier(rt, spec, labelTables(examples, spec));
  const trainer = new LabelTrainer(
    model,
    { train: examples, validation: examples },
    { lr: 0.05, average: 0 },
  );
  for (let i = 0; i < 40; i++) trainer.step();
  expect(trainer.validate()).toMatchObject({ microF1: 1, exact: 1 });
  expect(model.predict(["a fault", "a word"]).map(({ labels }) => labels)).toEqual([["wrong"], []]);
});

it("long sequences are tagged and evaluated beside short ones", async () => {
  const spec = { ...defaultTaggerSpec(), hidden: 2, embedding: 2, characters: 0, multiLabel: true };
  const example = (length: number) => {
    const tokens = Array.from({ length }, (_, i) => "abc"[(i * i) % 3]!);
    return { tokens, labels: tokens.map((token) => ({ a: "x", b: "x,y", c: "[]" })[token]!) };
  };
  const [short, long] = [example(6), example(LONG + 5)];
  const model = new Tagger(rt, spec, labelTables([short], spec, { minCount: 1 }));
  const all = evaluateLabels(model, [short, long]);
  const alone = [short, long].map((one) => evaluateLabels(model, [one]));
  expect(all.labels).toBe(LONG + 11);
  expect(all.loss).toBeCloseTo((6 * alone[0]!.loss + long.tokens.length * alone[1]!.loss) / all.labels, 6);
  expect(all.counts!.hits).toEqual(
    all.counts!.hits.map((_, i) => alone[0]!.counts!.hits[i]! + alone[1]!.counts!.hits[i]!),
  );
  expect(meanOf(model, [long]).mean).toBeCloseTo(alone[1]!.loss, 5);
});

it("positiveWeights is 1 for a label that all targets have, or none", () => {
  const examples = [
    { tokens: ["a", "b"], labels: ["all", "all,some"] },
    { tokens: ["c", "d"], labels: ["all", "all"] },
  ];
  expect([...positiveWeights(examples, new Vocabulary(["all", "some", "none"]))]).toEqual([1, 3, 1]);
});

it("labels of which none is known are refused, but sets without labels are examples", () => {
  const model = newSetClassifier(rt);
  const one = (label: readonly string[]) => [classifierExample("the red", label, { level: "word" })];
  const make = (label: readonly string[]) =>
    new LabelTrainer(model, { train: THINGS, validation: one(label) });
  expectError(() => make(["new"]), "ERR_DATA", /knows none of the labels, such as "new"/);
  expect(make([]).validate().labels).toBe(1);
});
