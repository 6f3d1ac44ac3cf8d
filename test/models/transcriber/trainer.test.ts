import { beforeEach, describe, expect, it } from "vitest";
import { holdOut } from "../../../src/data/hold-out.ts";
import { LanguageModel } from "../../../src/models/language-model/model.ts";
import { defaultLanguageModelSpec } from "../../../src/models/language-model/spec.ts";
import { textVocabulary } from "../../../src/models/language-model/text.ts";
import { LanguageModelTrainer } from "../../../src/models/language-model/trainer.ts";
import type { Transcribed } from "../../../src/models/transcriber/examples.ts";
import { Transcriber } from "../../../src/models/transcriber/model.ts";
import { evaluateTranscriber, TranscriberTrainer } from "../../../src/models/transcriber/trainer.ts";
import { loadModel } from "../../../src/network/model-file.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { train } from "../../../src/train/train.ts";
import { expectError, startRuntime } from "../../runtimes.ts";
import { MemoryStore } from "../../train/run.ts";
import { expectResumed } from "../family.ts";
import { draw, EXAMPLES, newTranscriber } from "./transcribers.ts";

let rt: Runtime;
beforeEach(async () => {
  rt = await startRuntime();
});

const RECIPE = { batch: 8, lr: 0.03 };
const PARTS = holdOut(EXAMPLES, 1);

it("learns to write texts, also those that it never saw, and saves the best model", async () => {
  const trainer = new TranscriberTrainer(newTranscriber(rt), PARTS, { ...RECIPE, lrDecayOver: 150 });
  const before = trainer.validate();
  const store = new MemoryStore();
  const { best } = await train(trainer, { iterations: 150, dataHash: "hash", store });
  const model = loadModel(rt, store.models.at(-1)!, [Transcriber]);
  const after = trainer.validate(model);
  expect(after.error).toBe(best);
  expect(after.error).toBeCloseTo(after.cer, 5);
  expect(after.loss).toBeLessThan(before.loss / 10);
  const unseen = ["bab", "aa ba", "b b", "abab ab"];
  expect(model.predict(unseen.map((text) => draw(text))).map(({ text }) => text)).toEqual(unseen);
  const { sequences, exact, tooShort } = evaluateTranscriber(model, EXAMPLES);
  expect([sequences, exact, tooShort]).toEqual([EXAMPLES.length, 1, 0]);
});

it("counts errors by symbol and by word", () => {
  const model = newTranscriber(rt);
  model.predict = (sequences) => sequences.map(() => ({ text: "ab a", logProbability: 0 }));
  const examples = ["ab ba", "ab a", "b"].map((text) => ({ vectors: draw(text), text }));
  const { cer, wer, exact } = evaluateTranscriber(model, examples);
  expect(cer).toBeCloseTo((1 + 0 + 3) / (5 + 4 + 1), 12);
  expect(wer).toBeCloseTo((1 + 0 + 2) / (2 + 2 + 1), 12);
  expect(exact).toBeCloseTo(1 / 3, 12);
});

it("stopped and resumed, is bit for bit the one that was not", async () => {
  await expectResumed({
    kinds: [Transcriber],
    begin: (runtime) =>
      new TranscriberTrainer(newTranscriber(runtime, { dropout: 0.2, stack: 2 }), PARTS, RECIPE),
    resume: (model, recipe) => new TranscriberTrainer(model, PARTS, recipe),
    ...{ after: 9, iterations: 20, validateEvery: 3 },
  });
});

it("learns nothing from sequences that are too short, and counts them", () => {
  const short: Transcribed = { vectors: draw("a"), text: "ab ba" };
  const model = newTranscriber(rt);
  expect(evaluateTranscriber(model, [...EXAMPLES, short])).toMatchObject({
    tooShort: 1,
    loss: expect.closeTo(evaluateTranscriber(model, EXAMPLES).loss, 4),
  });
  const make = (train: readonly Transcribed[], validation = EXAMPLES) =>
    new TranscriberTrainer(model, { train, validation }, RECIPE);
  expectError(() => make([short, short]), "ERR_DATA", "no sequence has enough steps for its text");
  expectError(() => make(EXAMPLES, []), "ERR_DATA", "no examples to validate with");
  expectError(() => make([{ vectors: [], text: "a" }, ...EXAMPLES]), "ERR_DATA", "sequence 1 is empty");
  expectError(() => evaluateTranscriber(model, []), "ERR_DATA", "no examples");
  expect(make([short, ...EXAMPLES]).step()).toBeGreaterThan(0);
});

describe("a language model", () => {
  const languageModel = (text: string, spec = {}) => {
    const whole = { ...defaultLanguageModelSpec(), hidden: 12, layers: 1, lines: true, ...spec };
    return new LanguageModel(rt, whole, textVocabulary(text, whole));
  };

  it("chooses among texts that sound alike", () => {
    const model = newTranscriber(rt, { hidden: 12 });
    const teacher = new TranscriberTrainer(model, { train: EXAMPLES, validation: EXAMPLES }, RECIPE);
    for (let i = 0; i < 80; i++) teacher.step();
    // The last symbol is halfway between a and b.
    const vectors = [...draw("ab "), ...draw("a"), [0.5, 0.5, 500], [0.5, 0.5, 503], [0, 0, 500]];
    for (const text of ["ab ab", "ab aa"]) {
      const lines = `${text}\n`.repeat(80);
      const language = languageModel(lines);
      const trainer = new LanguageModelTrainer(language, language.encode(lines), { batch: 8, lr: 0.02 });
      for (let i = 0; i < 60; i++) trainer.step();
      const packed = language.pack();
      const { used } = rt.memory;
      const options = { languageModel: packed, languageWeight: 3 };
      expect(model.predict([vectors], options)[0]!.text).toBe(text);
      expect(rt.memory.used).toBe(used);
    }
  });

  it("without weight changes nothing", () => {
    const model = newTranscriber(rt);
    const packed = languageModel("ab ba\n".repeat(30)).pack();
    const sequences = EXAMPLES.slice(0, 6).map(({ vectors }) => vectors);
    const options = { languageModel: packed, languageWeight: 0, lengthBonus: 0, beam: 8 };
    expect(model.predict(sequences, options)).toEqual(model.predict(sequences, { beam: 8 }));
  });

  it("is refused if it is one of words, or lacks a symbol", () => {
    const model = newTranscriber(rt);
    const words = languageModel("ab ba. ab ba. ".repeat(9), {
      level: "word",
      lines: false,
      embedding: 4,
    }).pack();
    const predict = (options: object) => () => model.predict([draw("a")], options);
    expectError(predict({ languageModel: words }), "ERR_VALUE", "expected one of characters");
    expectError(predict({ languageModel: 5 }), "ERR_VALUE", "languageModel");
    const packed = languageModel("ab ba\n".repeat(9)).pack();
    expectError(predict({ languageModel: packed, languageWeight: -1 }), "ERR_VALUE", "languageWeight is -1");
    expectError(predict({ languageModel: packed, lengthBonus: Number.NaN }), "ERR_VALUE", "lengthBonus");
    const few = languageModel("aaa \n".repeat(9)).pack();
    if (few.vocabulary.unknownId === null)
      expectError(predict({ languageModel: few }), "ERR_DATA", "does not know");
  });
});
