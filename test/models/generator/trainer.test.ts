import { beforeEach, describe, expect, it } from "vitest";
import { holdOut } from "../../../src/data/hold-out.ts";
import { ConditionalGenerator } from "../../../src/models/generator/model.ts";
import { evaluateGenerator, GeneratorTrainer } from "../../../src/models/generator/trainer.ts";
import { loadModel } from "../../../src/network/model-file.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import type { Recipe } from "../../../src/train/recipe.ts";
import { train } from "../../../src/train/train.ts";
import { expectError, startRuntime } from "../../runtimes.ts";
import { MemoryStore } from "../../train/run.ts";
import { expectResumed } from "../family.ts";
import { CALLS, newGenerator, VECTOR_CALLS } from "./generators.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

const KINDS = [
  { conditions: "names", features: 0, examples: CALLS, cow: "cow" },
  { conditions: "vectors", features: 2, examples: VECTOR_CALLS, cow: [0, 2] },
] as const;

describe.each(KINDS)("a generator from $conditions", ({ features, examples, cow }) => {
  const trainerOf = (runtime = rt, recipe: Partial<Recipe> = {}, dropout = 0.2) =>
    new GeneratorTrainer(newGenerator(runtime, { features, dropout }), holdOut(examples, 1), {
      ...{ batch: 8, lr: 0.02 },
      ...recipe,
    });

  it("learns what there is to learn, and writes it", async () => {
    const store = new MemoryStore();
    const trainer = trainerOf(rt, {}, 0);
    const { best } = await train(trainer, { iterations: 300, dataHash: "hash", store });
    const model = loadModel(rt, store.models.at(-1)!, [ConditionalGenerator]);
    const evaluation = trainer.validate(model);
    expect(evaluation.loss).toBe(best);
    const { nats, bits, perplexity, tokens } = evaluation;
    expect([bits, perplexity]).toEqual([nats / Math.LN2, Math.exp(nats)]);
    expect(tokens).toBe(
      holdOut(examples, 1).validation.reduce((sum, { tokens }) => sum + tokens.length + 1, 0),
    );
    // Only the number of repetitions is uncertain: one to four, so log 4 nats in some two to twelve symbols.
    expect(nats).toBeLessThan(0.25);
    const logs = model.logProbabilities(holdOut(examples, 1).validation);
    expect(-logs.reduce((a, b) => a + b) / tokens).toBeCloseTo(nats, 4);
    for (let seed = 0; seed < 5; seed++) {
      expect([...model.pack().generate({ condition: cow, seed, topP: 0.9 })].join("")).toMatch(/^(moo)+$/);
    }
    if (features) return;
    for (const [text, name] of [
      ["miaow", "cat"],
      ["wowwow", "dog"],
    ] as const) {
      expect(model.conditionsOf(text)[0]).toMatchObject({ condition: name });
    }
  });

  it("stopped and resumed, is bit for bit the one that was not", async () => {
    await expectResumed({
      kinds: [ConditionalGenerator],
      begin: (runtime) => trainerOf(runtime),
      resume: (model, recipe) => new GeneratorTrainer(model, holdOut(examples, 1), recipe),
      ...{ after: 21, iterations: 40, validateEvery: 7 },
    });
  });

  it("takes batches of one, and sequences of one symbol or none", () => {
    const few = [examples[0]!.tokens.slice(0, 1), []].map((tokens) => ({ ...examples[0]!, tokens }));
    const model = newGenerator(rt, { features });
    const trainer = new GeneratorTrainer(model, { train: few, validation: few }, { batch: 1 });
    const first = trainer.validate().loss;
    for (let i = 0; i < 20; i++) trainer.step();
    expect(trainer.validate().loss).toBeLessThan(first);
  });
});

it("parts that are empty, or have strange conditions, are refused before anything is trained", () => {
  const model = newGenerator(rt);
  const strange = [...CALLS, { condition: "bird", tokens: [..."moo"] }];
  for (const [train, validation, message] of [
    [CALLS, [], "validate"],
    [[], CALLS, "at least one"],
    [strange, CALLS, '"bird"'],
    [CALLS, strange, '"bird"'],
    [VECTOR_CALLS, CALLS, "the model knows 3"],
  ] as const) {
    expectError(() => new GeneratorTrainer(model, { train, validation }), "ERR_DATA", message);
  }
  expectError(() => evaluateGenerator(model, []), "ERR_DATA", "no examples");
  expectError(() => evaluateGenerator(model, strange), "ERR_DATA", '"bird"');
});
