import { beforeEach, describe, expect, it } from "vitest";
import { holdOut } from "../../../src/data/hold-out.ts";
import { Classifier } from "../../../src/models/labels/classifier.ts";
import type { LabelModel } from "../../../src/models/labels/model.ts";
import { Tagger } from "../../../src/models/labels/tagger.ts";
import { LabelTrainer } from "../../../src/models/labels/trainer.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { startRuntime } from "../../runtimes.ts";
import { expectResumed } from "../family.ts";
import { newVectorClassifier, newVectorTagger, SIGNS, TONES } from "./vectors.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

const TASKS = [
  { task: "classifier", make: newVectorClassifier, parts: holdOut(TONES, 1) },
  { task: "tagger", make: newVectorTagger, parts: holdOut(SIGNS, 1) },
] as const;

describe.each(TASKS)("a $task of vectors", ({ make, parts }) => {
  const trainerOf = (runtime: Runtime, spec = {}) =>
    new LabelTrainer(make(runtime, spec) as LabelModel, parts, { batch: 8, lr: 0.02 });

  it("learns what there is to learn", () => {
    const trainer = trainerOf(rt);
    for (let i = 0; i < 100; i++) trainer.step();
    expect(trainer.validate()).toMatchObject({ accuracy: 1, f1: 1 });
  });

  it("stopped and resumed, is bit for bit the one that was not", async () => {
    const spec = { dropout: 0.2, inputDropout: 0.1 };
    await expectResumed<Classifier | Tagger>({
      kinds: [Classifier, Tagger],
      begin: (runtime) => trainerOf(runtime, spec),
      resume: (model, recipe) => new LabelTrainer(model as LabelModel, parts, recipe),
      ...{ after: 9, iterations: 20, validateEvery: 3 },
    });
  });

  it("takes batches and sequences of one step", () => {
    const one = parts.train.slice(0, 2).map(({ tokens, labels }) => ({
      tokens: tokens.slice(0, 1),
      labels: labels.slice(0, 1),
    }));
    const trainer = new LabelTrainer(make(rt) as LabelModel, { train: one, validation: one }, { batch: 1 });
    const first = trainer.validate().loss;
    for (let i = 0; i < 20; i++) trainer.step();
    expect(trainer.validate().loss).toBeLessThan(first);
  });
});
