import { expect, it } from "vitest";
import { evaluateText } from "../../../src/models/language-model/evaluation.ts";
import { LanguageModel } from "../../../src/models/language-model/model.ts";
import { defaultLanguageModelSpec } from "../../../src/models/language-model/spec.ts";
import { textVocabulary } from "../../../src/models/language-model/text.ts";
import { random } from "../../random.ts";
import { describeRuntimes, expectError } from "../../runtimes.ts";
import { newTrainer, TEXT } from "../../train/run.ts";
import { CELLS, smallModel } from "./model.ts";

/** Sums -log p of every symbol except the first, in float64, read one by one from a zero state. */
function walk(model: LanguageModel, ids: Int32Array): number {
  const packed = model.pack();
  const stream = packed.stream();
  let nats = 0;
  for (let i = 0; i + 1 < ids.length; i++) {
    stream.feed(ids[i]!);
    const logits = [...stream.logits()];
    nats += Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0)) - logits[ids[i + 1]!]!;
  }
  stream.dispose();
  packed.dispose();
  return nats;
}

describeRuntimes("evaluation", (rt) => {
  it.each(CELLS)("%s: one stream equals a walk from left to right, in training mode too", (cell) => {
    const model = smallModel(rt(), { cell, dropout: 0.5 });
    const ids = random(1).integers(138, 8);
    const { used } = rt().memory;
    for (const seq of [7, 50, 500]) {
      const { nats, bits, perplexity, tokens } = evaluateText(model, ids, { streams: 1, seq });
      expect(tokens).toBe(137);
      expect(nats).toBeCloseTo(walk(model, ids) / 137, 5);
      expect(bits).toBeCloseTo(nats / Math.log(2), 12);
      expect(perplexity).toBeCloseTo(Math.exp(nats), 12);
    }
    expect(model.training).toBe(true);
    expect(rt().memory.used).toBe(used);
  });

  it("bits per character: the bits of all words by the characters of their text; those of characters as they are", () => {
    const text = "the cat sat. a dog ran off.\n";
    const spec = { ...defaultLanguageModelSpec("word"), hidden: 5, embedding: 5 };
    const words = new LanguageModel(rt(), spec, textVocabulary(text, spec, { minCount: 1 }));
    const { bits, tokens, bitsPerCharacter } = evaluateText(words, words.encode(text), { characters: 28 });
    expect(tokens).toBe(10); // all but the first of 7 words, 2 full stops and 2 <EOS>
    expect(bitsPerCharacter).toBeCloseTo((bits * tokens) / 28, 12);
    const model = smallModel(rt());
    const found = evaluateText(model, model.encode("abcde"), { characters: 5 });
    expect(found.bitsPerCharacter).toBe(found.bits);
    expect(evaluateText(model, model.encode("abcde"))).not.toHaveProperty("bitsPerCharacter");
    expectError(
      () => evaluateText(model, model.encode("abcde"), { characters: 0 }),
      "ERR_VALUE",
      /characters is 0/,
    );
  });

  it("reads several streams, each from a zero state, and counts every prediction once", () => {
    const model = smallModel(rt());
    const ids = random(2).integers(30, 8);
    // 29 predictions in 4 streams: 8 + 7 + 7 + 7.
    const parts = [
      [0, 8],
      [8, 15],
      [15, 22],
      [22, 29],
    ].map(([from, to]) => ids.subarray(from, to! + 1));
    const sum = parts.reduce((nats, part) => nats + walk(model, part), 0);
    const found = evaluateText(model, ids, { streams: 4, seq: 3 });
    expect(found.tokens).toBe(29);
    expect(found.nats).toBeCloseTo(sum / 29, 5);
  });

  it.each([2, 3, 49, 50, 99, 100, 101, 2600])("counts all but the first of %i symbols", (length) => {
    const ids = random(3).integers(length, 8);
    for (const options of [{}, { streams: 1 }, { streams: 7 }, { streams: 1e9 }]) {
      expect(evaluateText(smallModel(rt(), { hidden: 2, layers: 1 }), ids, options).tokens).toBe(length - 1);
    }
  });

  it("of a model of lines reads each line, and the newline after it, from a zero state", () => {
    const model = smallModel(rt(), { lines: true });
    const { vocabulary } = model;
    const lines = ["ab", "c", "dab", "", "a"];
    const whole = walk(model, vocabulary.encode("\nab\nc\ndab\na\n"));
    const sum = lines
      .filter(Boolean)
      .reduce((nats, line) => nats + walk(model, vocabulary.encode(`\n${line}\n`)), 0);
    expect(whole, "a stream begins anew at a newline").toBeCloseTo(sum, 5);
    for (const options of [{}, { streams: 2 }]) {
      const found = evaluateText(model, vocabulary.encode(lines.join("\n")), options);
      expect(found.tokens).toBe(3 + 2 + 4 + 2);
      expect(found.nats).toBeCloseTo(sum / 11, 5);
    }
    expectError(() => evaluateText(model, vocabulary.encode("\n\n")), "ERR_DATA", "0 sequences");
  });

  it("needs two symbols", () => {
    for (const length of [0, 1]) {
      expectError(() => evaluateText(smallModel(rt()), new Int32Array(length)), "ERR_DATA", "at least 2");
    }
  });

  it("throws if the weights are damaged", () => {
    const model = smallModel(rt());
    model.head.bias!.data[0] = Number.NaN;
    expectError(() => evaluateText(model, random(1).integers(9, 8)), "ERR_NAN", "damaged");
  });

  it("of a trainer reads the held-out batches of all streams", () => {
    const [T, B] = [6, 4];
    const trainer = newTrainer(rt());
    const ids = trainer.model.vocabulary.encode(TEXT);
    const count = Math.floor(ids.length / (T * B));
    const start = trainer.iterationsPerEpoch;
    const batches = Math.floor(count / 20);
    let nats = 0;
    for (let b = 0; b < B; b++) {
      const from = (b * count + start) * T;
      nats += walk(trainer.model, ids.subarray(from, from + batches * T + 1));
    }
    const found = trainer.validate();
    expect(found.tokens).toBe(batches * T * B);
    expect(found.nats).toBeCloseTo(nats / found.tokens, 5);
  });
});
