import { describe, expect, it } from "vitest";
import { END_SYMBOL, UNKNOWN_SYMBOL } from "../../../src/data/vocabulary.ts";
import { AdaptiveLanguageModel, defaultCutoffs } from "../../../src/models/language-model/adaptive.ts";
import { openLanguageModelCheckpoint } from "../../../src/models/language-model/checkpoint.ts";
import { cloze } from "../../../src/models/language-model/cloze.ts";
import { evaluateText } from "../../../src/models/language-model/evaluation.ts";
import { LanguageModel } from "../../../src/models/language-model/model.ts";
import { defaultLanguageModelSpec, type LanguageModelSpec } from "../../../src/models/language-model/spec.ts";
import { Suggester } from "../../../src/models/language-model/suggester.ts";
import { textVocabulary } from "../../../src/models/language-model/text.ts";
import { LanguageModelTrainer } from "../../../src/models/language-model/trainer.ts";
import { loadModel, parseModel, serializeModel } from "../../../src/network/model-file.ts";
import { Random } from "../../../src/runtime/random.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { hashText, serializeCheckpoint } from "../../../src/train/checkpoint.ts";
import { lossAndGradients } from "../../../src/train/gradients.ts";
import { describeRuntimes, expectError, gradientOf } from "../../runtimes.ts";

/** Sentences of a few frequent words and many rare ones. */
const TEXT = Array.from(
  { length: 240 },
  (_, i) => `the ${"abcdefgh"[i % 8]}${"xyz"[i % 3]} eats ${"pqrst"[i % 5]}${i % 11} .`,
).join(" ");

const SPEC: LanguageModelSpec = {
  ...defaultLanguageModelSpec("word"),
  hidden: 16,
  embedding: 16,
  dropout: 0,
  inputDropout: 0,
  softmax: "adaptive",
  cutoffs: [8, 30],
};

function modelOf(rt: Runtime, spec: Partial<LanguageModelSpec> = {}): AdaptiveLanguageModel {
  const whole = { ...SPEC, ...spec };
  return new AdaptiveLanguageModel(rt, whole, textVocabulary(TEXT, whole));
}

function trainerOf(model: LanguageModel, recipe = {}): LanguageModelTrainer {
  return new LanguageModelTrainer(model, model.encode(TEXT), { batch: 6, seq: 12, lr: 0.02, ...recipe });
}

function trained(rt: Runtime, spec: Partial<LanguageModelSpec> = {}): AdaptiveLanguageModel {
  const model = modelOf(rt, spec);
  const trainer = trainerOf(model);
  for (let i = 0; i < 60; i++) trainer.step();
  trainer.dispose();
  return model.train(false);
}

describeRuntimes("a language model with an adaptive softmax", (rt) => {
  it.each([true, false])("has the weights that its spec says, tied %s", (tied) => {
    const model = modelOf(rt(), { tied });
    const V = model.vocabulary.size;
    const shapes = Object.entries(model.parameters()).map(([name, { shape }]) => [name, shape]);
    expect(shapes.filter(([name]) => /head/.test(String(name)))).toEqual([
      tied ? ["head.clusters.weight", [2, 16]] : ["head.head.weight", [10, 16]],
      ["head.head.bias", [10]],
      ...(tied
        ? []
        : [
            ["head.tail.0.0.weight", [4, 16]],
            ["head.tail.0.1.weight", [22, 4]],
            ["head.tail.1.0.weight", [1, 16]],
            ["head.tail.1.1.weight", [V - 30, 1]],
          ]),
    ]);
  });

  it("gives every word of a text the probability that evaluation counts", () => {
    const model = trained(rt());
    const ids = model.encode(TEXT.slice(0, 200));
    const stream = model.pack().stream();
    stream.feed(ids[0]!);
    let sum = 0;
    for (const id of ids.subarray(1)) {
      const all = stream.logits();
      expect(all.reduce((total, value) => total + Math.exp(value), 0)).toBeCloseTo(1, 4);
      expect(stream.logProbability(id)).toBeCloseTo(all[id]!, 5);
      sum -= stream.logProbability(id);
      stream.feed(id);
    }
    const evaluation = evaluateText(model, ids);
    expect(evaluation.nats).toBeCloseTo(sum / (ids.length - 1), 4);
    expect(evaluation.tokens).toBe(ids.length - 1);
  });

  it("has the logits of its streams", () => {
    const model = trained(rt());
    const V = model.vocabulary.size;
    const ids = model.encode("the ax eats p0 .");
    const { logits } = model.forward(rt().tensor(ids, [ids.length, 1]));
    const stream = model.pack().stream();
    ids.forEach((id, t) => {
      stream.feed(id);
      stream.logits().forEach((value, word) => {
        expect(value).toBeCloseTo(logits.data[t * V + word]!, 4);
      });
    });
  });

  it("learns, draws, suggests, fills blanks and ranks", () => {
    const model = trained(rt());
    const packed = model.pack();
    expect(evaluateText(model, model.encode(TEXT)).perplexity).toBeLessThan(12);
    const words = [...packed.generate({ prompt: "the", length: 40, temperature: 0.5 })].join("");
    expect(words).toContain("eats");
    expect(words).not.toContain(UNKNOWN_SYMBOL);
    const [first] = new Suggester(packed).suggest("the ax ea");
    expect(first).toMatchObject({ text: "eats" });
    const [right, wrong] = cloze(packed, "the ax ____ p0 .", ["eats", "the"]);
    expect(right!.share).toBeGreaterThan(wrong!.share);
    expect(packed.rank(["the the the", "the ax eats p0 ."])[0]!.text).toBe("the ax eats p0 .");
  });

  it("draws rare words as often as their probabilities say", () => {
    const stream = trained(rt()).pack().stream();
    for (const id of [0, 2]) stream.feed(id);
    const expected = Array.from(stream.logits(), Math.exp);
    const { unknownId } = textVocabulary(TEXT, SPEC);
    const random = new Random(3);
    const rare = (id: number) => id >= SPEC.cutoffs[0]! && id !== unknownId;
    let drawn = 0;
    for (let i = 0; i < 3000; i++) if (rare(stream.draw(random))) drawn++;
    const share = expected.reduce((sum, p, id) => sum + (rare(id) ? p : 0), 0) / (1 - expected[unknownId!]!);
    expect(drawn / 3000).toBeCloseTo(share, 1);
  });

  it("has the same gradients if sequences are divided, as threads do it", () => {
    const model = modelOf(rt());
    const steps = 7;
    const ids = model.encode(TEXT);
    const at = (b: number, t: number) => ids[b * 31 + t]!;
    const part = (rows: readonly number[]) => ({
      steps,
      inputs: Int32Array.from({ length: steps * rows.length }, (_, i) =>
        at(rows[i % rows.length]!, Math.floor(i / rows.length)),
      ),
      targets: Int32Array.from({ length: steps * rows.length }, (_, i) => {
        const [b, t] = [rows[i % rows.length]!, Math.floor(i / rows.length)];
        return b === 1 && t > 3 ? -100 : at(b, t + 1);
      }),
    });
    const gradients = (rows: readonly number[]) => {
      rt().scope(() => lossAndGradients(model, { batch: part(rows), iteration: 1, sequences: 3 }));
      return Object.values(model.parameters()).flatMap((parameter) => [...gradientOf(parameter)]);
    };
    const whole = gradients([0, 1, 2]);
    const [one, other] = [gradients([0, 2]), gradients([1])];
    whole.forEach((value, i) => {
      expect(one[i]! + other[i]!).toBeCloseTo(value, 4);
    });
  });

  it("comes back from a file, and not as another class", () => {
    const model = trained(rt());
    const bytes = serializeModel(model);
    expect(parseModel(bytes, [AdaptiveLanguageModel]).spec.cutoffs).toEqual([8, 30]);
    const score = (one: LanguageModel) => one.pack().score("the ax eats p0 .").logProbability;
    expect(score(loadModel(rt(), bytes, [AdaptiveLanguageModel]))).toBe(score(model));
    expectError(() => loadModel(rt(), bytes, [LanguageModel]), "ERR_FORMAT", "use AdaptiveLanguageModel");
  });

  it("opens the files of models with a full softmax, with the same weights and bits", () => {
    const spec: LanguageModelSpec = { ...SPEC, softmax: "full", cutoffs: [] };
    const vocabulary = textVocabulary(TEXT, spec);
    const plain = new LanguageModel(rt(), spec, vocabulary);
    const opened = loadModel(rt(), serializeModel(plain), [AdaptiveLanguageModel]);
    expect(serializeModel(opened)).toEqual(serializeModel(plain));
    const losses = [plain, opened].map((model) => trainerOf(model).step());
    expect(losses[0]).toBe(losses[1]);
  });

  it("continues a run as if it had not stopped", async () => {
    const trainer = trainerOf(modelOf(rt(), { dropout: 0.3 }), { average: 0.9 });
    for (let i = 0; i < 4; i++) trainer.step();
    const bytes = serializeCheckpoint(trainer, { best: null, dataHash: await hashText(TEXT) });
    for (let i = 0; i < 3; i++) trainer.step();
    const resumed = await openLanguageModelCheckpoint(bytes, AdaptiveLanguageModel).resume(rt(), TEXT);
    for (let i = 0; i < 3; i++) resumed.step();
    expect(resumed.model.stateDict()).toEqual(trainer.model.stateDict());
  });

  it("needs no more memory from step to step", () => {
    const trainer = trainerOf(modelOf(rt()));
    for (let i = 0; i < 3; i++) trainer.step();
    const { used } = rt().memory;
    for (let i = 0; i < 5; i++) trainer.step();
    expect(rt().memory.used).toBe(used);
  });
});

describe("the vocabulary of an adaptive softmax", () => {
  it("has <UNK> after <EOS>, and the other words as ever", () => {
    const full = textVocabulary(TEXT, { ...SPEC, softmax: "full" });
    const adaptive = textVocabulary(TEXT, SPEC);
    const others = full.symbols.slice(1, -1);
    expect(full.symbols).toEqual([END_SYMBOL, ...others, UNKNOWN_SYMBOL]);
    expect(adaptive.symbols).toEqual([END_SYMBOL, UNKNOWN_SYMBOL, ...others]);
  });

  it.each([2, 3, 10, 999, 10_000, 50_000, 1_000_000])("has cutoffs for %i words", (size) => {
    const cutoffs = defaultCutoffs(size);
    expect(cutoffs.length).toBeGreaterThan(0);
    [0, ...cutoffs, size].reduce((before, cutoff) => {
      expect(cutoff).toBeGreaterThan(before);
      return cutoff;
    });
  });
});
