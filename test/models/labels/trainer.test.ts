import { beforeEach, describe, expect, it } from "vitest";
import { holdOut } from "../../../src/data/hold-out.ts";
import { confusionMatrix } from "../../../src/metrics/classes.ts";
import { LabelBatches } from "../../../src/models/labels/batches.ts";
import { Classifier } from "../../../src/models/labels/classifier.ts";
import type { LabelModel } from "../../../src/models/labels/model.ts";
import { Tagger } from "../../../src/models/labels/tagger.ts";
import { evaluateLabels, LabelTrainer } from "../../../src/models/labels/trainer.ts";
import { openLanguageModelCheckpoint } from "../../../src/models/language-model/checkpoint.ts";
import { loadModel } from "../../../src/network/model-file.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import type { Recipe } from "../../../src/train/recipe.ts";
import { train } from "../../../src/train/train.ts";
import { expectError, startRuntime } from "../../runtimes.ts";
import { MemoryStore } from "../../train/run.ts";
import { expectResumed } from "../family.ts";
import { NAMES, newClassifier, newTagger, REVIEWS } from "./labels.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

const DROPOUT = { dropout: 0.2, inputDropout: 0.1, wordDropout: 0.1 };
const RECIPE = { batch: 8, lr: 0.02, average: 0, seed: 1 };
const TASKS = [
  { task: "classifier", make: newClassifier, examples: REVIEWS },
  { task: "tagger", make: newTagger, examples: NAMES },
] as const;

const trainerOf = ({ make, examples }: (typeof TASKS)[number], runtime = rt, recipe: Partial<Recipe> = {}) =>
  new LabelTrainer(make(runtime, DROPOUT) as LabelModel, holdOut(examples, 1), { ...RECIPE, ...recipe });

describe.each(TASKS)("a $task", (task) => {
  it("learns what there is to learn", async () => {
    const trainer = trainerOf(task);
    const store = new MemoryStore();
    const { best, stopped } = await train(trainer, { iterations: 300, dataHash: "hash", store });
    expect(stopped).not.toBe("diverged");
    const model = loadModel<Classifier | Tagger>(rt, store.models.at(-1)!, [
      Classifier,
      Tagger,
    ]) as LabelModel;
    const { error, accuracy, f1, spanF1, labels } = trainer.validate(model);
    expect(error).toBe(best);
    expect([accuracy, f1]).toEqual([1, 1]);
    expect(spanF1).toBe(task.task === "tagger" ? 1 : undefined);
    expect(labels).toBe(holdOut(task.examples, 1).validation.flatMap((one) => one.labels).length);
  });

  it("stopped and resumed, is bit for bit the one that was not, with all that a run remembers", async () => {
    const recipe = { schedule: "plateau", patience: 0, earlyStop: 50, average: 0.9 } as const;
    const resume = (model: Classifier | Tagger, recipe: Recipe) =>
      new LabelTrainer(model as LabelModel, holdOut(task.examples, 1), recipe);
    const { checkpoint } = await expectResumed<Classifier | Tagger>({
      kinds: [Classifier, Tagger],
      begin: (runtime) => trainerOf(task, runtime, recipe),
      resume,
      ...{ after: 21, iterations: 40, validateEvery: 7 },
    });
    expect(checkpoint.spec.task).toBe(task.task);
    expectError(() => checkpoint.restore(rt, "other", resume), "ERR_DATA");
  });

  it("is all or nothing if numbers are not finite", () => {
    const trainer = trainerOf(task, rt, { lr: 1e38, optimizer: "sgd", clip: 0 });
    const before = trainer.model.stateDict();
    expectError(() => {
      for (let i = 0; i < 20; i++) {
        trainer.model.stateDict(before);
        trainer.step();
      }
    }, "ERR_NAN");
    expect(trainer.model.stateDict()).toEqual(before);
  });

  it("has diverged if it is far worse than guessing", async () => {
    const trainer = trainerOf(task, rt, { lr: 100, optimizer: "adam", clip: 0 });
    const { stopped } = await train(trainer, { iterations: 10, dataHash: "hash", store: new MemoryStore() });
    expect(stopped).toBe("diverged");
  });

  it("steps along the gradient of the losses summed over the labels of a sequence, averaged over sequences", () => {
    const model = task.make(rt) as LabelModel;
    const B = task.examples.length;
    const { targetPer } = model;
    const batch = new LabelBatches(task.examples, model.tables, { batch: B, targetPer }).at(0);
    const before = model.head.bias!.toArray();
    rt.scope(() => {
      model.loss(batch).loss.backward();
    });
    const labels = batch.targets.filter((target) => target >= 0).length;
    const expected = model.head.bias!.grad!.toArray().map((g) => (g * labels) / B);
    model.head.bias!.grad!.data.fill(0);
    const parts = { train: task.examples, validation: task.examples };
    const trainer = new LabelTrainer(model, parts, { batch: B, optimizer: "sgd", lr: 1 / 64, clip: 0 });
    trainer.step();
    const moved = model.head.bias!.toArray().map((value, i) => (before[i]! - value) * 64);
    moved.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 4);
    });
  });

  it("reads the examples in an order that the seed decides", async () => {
    const losses = async (seed: number) => {
      const trainer = trainerOf(task, await startRuntime(), { seed });
      return Array.from({ length: 5 }, () => trainer.step());
    };
    const [first, same, other] = [await losses(1), await losses(1), await losses(2)];
    expect(same).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it("takes batches and sequences of one", () => {
    const one = {
      tokens: task.examples[0]!.tokens.slice(0, 1),
      labels: task.examples[0]!.labels.slice(0, 1),
    };
    const model = task.make(rt) as LabelModel;
    const trainer = new LabelTrainer(model, { train: [one], validation: [one] }, { batch: 1 });
    const first = trainer.validate().loss;
    for (let i = 0; i < 20; i++) trainer.step();
    expect(trainer.validate().loss).toBeLessThan(first);
  });

  it("refuses parts that are empty", () => {
    const model = task.make(rt) as LabelModel;
    const [train, validation] = [task.examples, []];
    expectError(() => new LabelTrainer(model, { train, validation }), "ERR_DATA", "validate");
    expectError(() => new LabelTrainer(model, { train: [], validation: train }), "ERR_DATA");
    expectError(() => evaluateLabels(model, []), "ERR_DATA", "no examples");
    const hollow = [{ tokens: [], labels: [] }];
    expectError(() => evaluateLabels(model, hollow), "ERR_DATA", "empty");
  });

  it("has a checkpoint that a language model refuses", async () => {
    const store = new MemoryStore();
    await train(trainerOf(task), { iterations: 1, dataHash: "hash", store });
    expectError(() => openLanguageModelCheckpoint(store.checkpoints[0]!), "ERR_FORMAT", task.task);
  });
});

describe("evaluateLabels", () => {
  it("has the less error the more is right, and of as much the smaller loss", () => {
    const model = newClassifier(rt) as LabelModel;
    const { accuracy, error, loss } = evaluateLabels(model, REVIEWS);
    expect(error).toBeCloseTo(1 - accuracy, 5);
    expect(error).toBeGreaterThan(1 - accuracy);
    const { bias } = model.head;
    const score = (by: number) => {
      bias!.data.fill(0);
      bias!.data[0] = by;
      return evaluateLabels(model, REVIEWS);
    };
    const [sure, surer] = [score(20), score(30)];
    expect(surer.accuracy).toBe(sure.accuracy);
    expect(surer.loss).toBeGreaterThan(sure.loss);
    expect(surer.error).toBeGreaterThan(sure.error);
    expect(loss).toBeLessThan(sure.loss);
    const tagger = evaluateLabels(newTagger(rt) as LabelModel, NAMES);
    expect(tagger.error).toBeCloseTo(1 - tagger.spanF1!, 5);
  });

  it("labels as the model does, and costs what its batches cost", () => {
    const model = newTagger(rt) as LabelModel;
    const { loss, matrix, labels } = evaluateLabels(model, NAMES);
    const predicted = model.label(NAMES.map(({ tokens }) => tokens)).flat();
    const right = NAMES.flatMap((example) => example.labels);
    expect(matrix).toEqual(confusionMatrix(right, predicted));
    const probabilities = model.probabilities(NAMES.map(({ tokens }) => tokens));
    const C = model.labels.size;
    const nats = NAMES.flatMap(({ labels }, n) =>
      labels.map((label, t) => -Math.log(probabilities[n]![t * C + model.labels.encodeTokens([label])[0]!]!)),
    );
    expect(loss).toBeCloseTo(nats.reduce((sum, x) => sum + x) / labels, 5);
  });

  it("counts a label that the model does not know as missed, and leaves it out of the loss", () => {
    const model = newTagger(rt) as LabelModel;
    const [example] = NAMES;
    const known = evaluateLabels(model, [example!]);
    const labels = [...example!.labels];
    const right = model.label([example!.tokens])[0]!;
    const place = right.findIndex((tag, i) => tag === labels[i]);
    const other = place < 0 ? 0 : place;
    labels[other] = "B-PLACE";
    const { accuracy, loss, labels: counted } = evaluateLabels(model, [{ ...example!, labels }]);
    expect(counted).toBe(known.labels);
    expect(accuracy).toBeCloseTo(known.accuracy - (place < 0 ? 0 : 1 / counted), 12);
    expect(Number.isFinite(loss)).toBe(true);
    const all = { ...example!, labels: labels.map(() => "B-PLACE") };
    expect(evaluateLabels(model, [all])).toMatchObject({ accuracy: 0, f1: 0, spanF1: 0 });
  });
});
