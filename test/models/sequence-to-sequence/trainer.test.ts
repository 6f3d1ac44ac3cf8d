import { beforeEach, describe, expect, it } from "vitest";
import { holdOut } from "../../../src/data/hold-out.ts";
import { openLanguageModelCheckpoint } from "../../../src/models/language-model/checkpoint.ts";
import { Autoencoder } from "../../../src/models/sequence-to-sequence/autoencoder.ts";
import { EncoderDecoder } from "../../../src/models/sequence-to-sequence/encoder-decoder.ts";
import type { SequenceToSequence } from "../../../src/models/sequence-to-sequence/model.ts";
import type { SequencePair } from "../../../src/models/sequence-to-sequence/pairs.ts";
import { evaluateSequences, SequenceTrainer } from "../../../src/models/sequence-to-sequence/trainer.ts";
import { loadModel } from "../../../src/network/model-file.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import type { Recipe } from "../../../src/train/recipe.ts";
import { train } from "../../../src/train/train.ts";
import { expectError, startRuntime } from "../../runtimes.ts";
import { MemoryStore } from "../../train/run.ts";
import { expectResumed } from "../family.ts";
import { newAutoencoder, newEncoderDecoder, PAIRS, WORDS } from "./pairs.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

const DROPOUT = { dropout: 0.1, inputDropout: 0.1 };
const SAME: readonly SequencePair[] = WORDS.map((word) => ({ source: [...word], target: [...word] }));
const HALVES = { encoderLayers: 2, encoderHidden: 16, encoderCell: "lstm" } as const;
const TASKS = [
  { task: "encoder-decoder", kind: "", make: newEncoderDecoder, pairs: PAIRS },
  { task: "autoencoder", kind: "", make: newAutoencoder, pairs: SAME },
  {
    task: "encoder-decoder",
    kind: " of halves that differ",
    make: (rt: Runtime, spec = {}) =>
      newEncoderDecoder(rt, { ...HALVES, attention: "additive", layers: 3, ...spec }),
    pairs: PAIRS,
  },
  {
    task: "autoencoder",
    kind: " of halves that differ",
    make: (rt: Runtime, spec = {}) => newAutoencoder(rt, { ...HALVES, ...spec }),
    pairs: SAME,
  },
] as const;
type Case = (typeof TASKS)[number];
const KINDS = [EncoderDecoder, Autoencoder];

const trainerOf = ({ make, pairs }: Case, runtime = rt, recipe: Partial<Recipe> = {}) =>
  new SequenceTrainer<SequenceToSequence>(make(runtime, DROPOUT), holdOut(pairs, 1), {
    ...{ batch: 8, lr: 0.02, schedule: "constant" },
    ...recipe,
  });

describe.each(TASKS)("a $task$kind", (task) => {
  it("learns what there is to learn, and the best model is kept", async () => {
    const model = task.make(rt, { hidden: 24 });
    const { train: part } = holdOut(task.pairs, 1);
    const trainer = new SequenceTrainer<SequenceToSequence>(
      model,
      { train: part, validation: part },
      {
        ...{ batch: 16, lr: 0.02, schedule: "constant" },
      },
    );
    const store = new MemoryStore();
    const { best } = await train(trainer, { iterations: 250, dataHash: "hash", store });
    const again = loadModel<EncoderDecoder | Autoencoder>(rt, store.models.at(-1)!, KINDS);
    const { loss, nats, exact, tokenErrorRate, bleu } = trainer.validate(again);
    expect([loss, nats]).toEqual([best, best]);
    expect(exact).toBeGreaterThan(0.9);
    expect(tokenErrorRate).toBeLessThan(0.05);
    expect(bleu).toBeGreaterThan(0.9);
    expect(evaluateSequences(again, part, { beam: 4 }).exact).toBeGreaterThan(0.9);
  });

  it("stopped and resumed, is bit for bit the one that was not, with dropout and scheduled sampling", async () => {
    const recipe = { teacherForcing: 0.3, teacherForcingOver: 20, schedule: "plateau", patience: 0 } as const;
    const { bytes } = await expectResumed<EncoderDecoder | Autoencoder>({
      kinds: KINDS,
      begin: (runtime) => trainerOf(task, runtime, recipe),
      resume: (model: SequenceToSequence, recipe) =>
        new SequenceTrainer(model, holdOut(task.pairs, 1), recipe),
      ...{ after: 14, iterations: 30, validateEvery: 7 },
    });
    expectError(() => openLanguageModelCheckpoint(bytes), "ERR_FORMAT", task.task);
  });

  it("is all or nothing if numbers are not finite, scheduled sampling included", () => {
    const trainer = trainerOf(task, rt, {
      ...{ lr: 1e38, optimizer: "sgd", clip: 0, teacherForcing: 0, teacherForcingOver: 1 },
    });
    const before = trainer.model.stateDict();
    let state = rt.random.state;
    expectError(() => {
      for (let i = 0; i < 20; i++) {
        trainer.model.stateDict(before);
        state = rt.random.state;
        trainer.step();
      }
    }, "ERR_NAN");
    expect(trainer.model.stateDict()).toEqual(before);
    expect(rt.random.state).toEqual(state);
  });

  it("teacher forcing falls evenly to its share", async () => {
    const losses = async (recipe: Partial<Recipe>) => {
      const trainer = trainerOf(task, await startRuntime(), recipe);
      return Array.from({ length: 6 }, () => trainer.step());
    };
    const always = await losses({});
    const falling = await losses({ teacherForcing: 0, teacherForcingOver: 4 });
    expect(falling[0], "the first batch is taught").toBe(always[0]);
    expect(falling.slice(2)).not.toEqual(always.slice(2));
    expect(await losses({ teacherForcing: 0, teacherForcingOver: 4 })).toEqual(falling);
  });

  it("takes batches and sequences of one", () => {
    const one = task.pairs.find(({ source }) => source.length === 1)!;
    const trainer = new SequenceTrainer<SequenceToSequence>(
      task.make(rt),
      { train: [one], validation: [one] },
      { batch: 1 },
    );
    const first = trainer.validate().loss;
    for (let i = 0; i < 20; i++) trainer.step();
    expect(trainer.validate().loss).toBeLessThan(first);
  });

  it("refuses parts that are empty", () => {
    const model: SequenceToSequence = task.make(rt);
    const all = task.pairs;
    expectError(() => new SequenceTrainer(model, { train: all, validation: [] }), "ERR_DATA", "validate");
    expectError(() => new SequenceTrainer(model, { train: [], validation: all }), "ERR_DATA", "no pairs");
    expectError(() => evaluateSequences(model, []), "ERR_DATA", "no pairs");
    expectError(() => evaluateSequences(model, [{ source: [], target: ["a"] }]), "ERR_DATA", "source 1");
    expectError(() => evaluateSequences(model, all, { beam: 0 }), "ERR_VALUE", "beam");
    const recipe = { teacherForcing: 2 };
    expectError(
      () => new SequenceTrainer(model, { train: all, validation: all }, recipe),
      "ERR_VALUE",
      "teacherForcing",
    );
  });
});

describe("evaluateSequences", () => {
  it("counts a target token that the model does not know as wrong, and leaves it out of the loss", () => {
    const model = newEncoderDecoder(rt);
    const [{ source }] = PAIRS as [SequencePair];
    const written = model.predict([source.join("")])[0]!.tokens;
    const right = evaluateSequences(model, [{ source, target: written }]);
    expect(right).toMatchObject({ exact: 1, tokenErrorRate: 0, sequences: 1 });
    const wrong = evaluateSequences(model, [{ source, target: [...written.slice(0, -1), "?"] }]);
    expect(wrong).toMatchObject({ exact: 0, tokenErrorRate: 1 / written.length });
    expect(Number.isFinite(wrong.nats)).toBe(true);
  });

  it("is the mean over tokens, whatever the batches", () => {
    const model = newEncoderDecoder(rt, { attention: "additive" });
    const { nats } = evaluateSequences(model, PAIRS);
    const each = PAIRS.map(
      (pair) => [evaluateSequences(model, [pair]).nats, pair.target.length + 1] as const,
    );
    const tokens = each.reduce((sum, [, n]) => sum + n, 0);
    expect(each.reduce((sum, [loss, n]) => sum + loss * n, 0) / tokens).toBeCloseTo(nats, 5);
  });
});
