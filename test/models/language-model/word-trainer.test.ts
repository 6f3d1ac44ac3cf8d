import { describe, expect, it } from "vitest";
import { END_SYMBOL } from "../../../src/data/vocabulary.ts";
import { openLanguageModelCheckpoint } from "../../../src/models/language-model/checkpoint.ts";
import { evaluateText } from "../../../src/models/language-model/evaluation.ts";
import { trainerGradientFlow } from "../../../src/models/language-model/gradient-flow.ts";
import { LanguageModel } from "../../../src/models/language-model/model.ts";
import { defaultLanguageModelSpec, type LanguageModelSpec } from "../../../src/models/language-model/spec.ts";
import { textVocabulary } from "../../../src/models/language-model/text.ts";
import { LanguageModelTrainer } from "../../../src/models/language-model/trainer.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { hashText } from "../../../src/train/checkpoint.ts";
import type { Recipe } from "../../../src/train/recipe.ts";
import { train } from "../../../src/train/train.ts";
import { describeRuntimes, expectError, startRuntime } from "../../runtimes.ts";
import { digest, MemoryStore } from "../../train/run.ts";

const NOUNS = ["whale", "boat", "sea", "captain"];
const TEXT = Array.from(
  { length: 120 },
  (_, i) =>
    `the ${NOUNS[i % 4]} ${i % 3 ? "sees" : "hears"} the ${NOUNS[(i * 7) % 4]}${i % 5 ? " ." : " and a <unk> ."}\n`,
).join("");
const HELD = TEXT.split("\n").slice(0, 9).reverse().join("\n");

interface Given {
  spec?: Partial<LanguageModelSpec>;
  recipe?: Partial<Recipe>;
  held?: string;
}

function newTrainer(rt: Runtime, { spec = {}, recipe = {}, held }: Given = {}): LanguageModelTrainer {
  const small = {
    ...defaultLanguageModelSpec("word"),
    tokens: "spaces",
    hidden: 8,
    embedding: 8,
    ...spec,
  } as const;
  const model = new LanguageModel(rt, small, textVocabulary(TEXT, small));
  const whole = { batch: 4, seq: 6, lr: 0.01, lrDecayOver: 40, ...recipe };
  return new LanguageModelTrainer(
    model,
    model.encode(TEXT),
    whole,
    held === undefined ? undefined : model.encode(held),
  );
}

it("has the rate of its optimiser, as on the command line", async () => {
  const rt = await startRuntime();
  const spec = { ...defaultLanguageModelSpec("word"), hidden: 8, embedding: 8 };
  const model = new LanguageModel(rt, spec, textVocabulary(TEXT, spec));
  const of = (recipe: Partial<Recipe>) =>
    new LanguageModelTrainer(model, model.encode(TEXT), { batch: 4, seq: 6, ...recipe });
  expect(of({}).recipe.lr).toBe(0.006);
  expect(of({ optimizer: "adam" }).recipe).toEqual(of({}).recipe);
  const sgd = of({ optimizer: "sgd" });
  expect([sgd.recipe.lr, sgd.optimizer.lr]).toEqual([0.01, 0.01]);
  rt.dispose();
});

describeRuntimes("a run on words", (rt, variant) => {
  it.each([false, true])("resumed equals an uninterrupted one bit for bit, lines %s", async (lines) => {
    const given: Given = { spec: { lines } };
    const dataHash = await hashText(TEXT);
    const run = { iterations: 24, validateEvery: 8, dataHash };
    const whole = new MemoryStore();
    await train(newTrainer(rt(), given), { ...run, store: whole });

    const parts = new MemoryStore();
    await train(newTrainer(await startRuntime(variant), given), { ...run, iterations: 8, store: parts });
    const checkpoint = openLanguageModelCheckpoint(parts.checkpoints.at(-1)!);
    const trainer = await checkpoint.resume(await startRuntime(variant, 9), TEXT);
    await train(trainer, { ...run, best: checkpoint.progress.best, store: parts });
    expect(digest(parts.checkpoints.at(-1)!)).toBe(digest(whole.checkpoints.at(-1)!));
    expect(parts.models.map(digest)).toEqual(whole.models.map(digest));
  });

  it("learns: a likely sentence wins", () => {
    const trainer = newTrainer(rt(), {
      spec: { dropout: 0, inputDropout: 0, hidden: 16, embedding: 16 },
      recipe: { lr: 0.05, lrDecayOver: 80 },
    });
    for (let i = 0; i < 80; i++) trainer.step();
    expect(trainer.validate().perplexity).toBeLessThan(5);
    const [best] = trainer.model.pack().rank(["boat the whale sees the .", "the whale sees the boat ."]);
    expect(best!.text).toBe("the whale sees the boat .");
  });
});

describe("a text of its own for validation", () => {
  it.each([false, true])(
    "is validated on, all of --data is trained on, nothing tested, lines %s",
    async (lines) => {
      const rt = await startRuntime();
      const trainer = newTrainer(rt, { spec: { lines }, held: HELD });
      const { model } = trainer;
      expect(trainer.validate()).toEqual(evaluateText(model, model.encode(HELD)));
      expect(trainer.test()).toBeUndefined();
      expect(trainerGradientFlow(trainer).flow.length).toBe(1);
      const part = newTrainer(rt, { spec: { lines } });
      expect(part.test()).toBeDefined();
      expect(trainer.iterationsPerEpoch).toBeGreaterThan(part.iterationsPerEpoch);
    },
  );

  it.each([
    ["empty", "", false],
    ["of white space", " \n", true],
  ])("is refused before the run where it is %s", async (_, held, lines) => {
    const rt = await startRuntime();
    expectError(() => newTrainer(rt, { held, spec: { lines } }), "ERR_DATA");
  });
});

it("words are evaluated as one stream, all but the first of them", async () => {
  const { model } = newTrainer(await startRuntime());
  const ids = model.encode(TEXT);
  expect(model.vocabulary.symbols[ids.at(-1)!]).toBe(END_SYMBOL);
  const result = evaluateText(model, ids);
  expect(result).toEqual(evaluateText(model, ids, { streams: 1 }));
  expect(result.tokens).toBe(ids.length - 1);
});
