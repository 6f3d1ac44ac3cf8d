import { describe, expect, it } from "vitest";
import { END_SYMBOL, Vocabulary } from "../../../src/data/vocabulary.ts";
import { Classifier } from "../../../src/models/labels/classifier.ts";
import { LanguageModel } from "../../../src/models/language-model/model.ts";
import { PairBatches } from "../../../src/models/sequence-to-sequence/batches.ts";
import { EncoderDecoder } from "../../../src/models/sequence-to-sequence/encoder-decoder.ts";
import { defaultEncoderDecoderSpec } from "../../../src/models/sequence-to-sequence/spec.ts";
import { loadModel, serializeModel } from "../../../src/network/model-file.ts";
import { measure } from "../../../src/runtime/meta.ts";
import { describeRuntimes, expectError } from "../../runtimes.ts";
import { newEncoderDecoder, sharpen, WORDS } from "./pairs.ts";

const ATTENTIONS = ["dot", "additive", "none"] as const;

describeRuntimes("an encoder-decoder", (rt) => {
  /** Computes log P(target | source) as the loss does: summed over the tokens and the end, among the symbols it may write. */
  function score(model: EncoderDecoder, source: string, target: readonly string[], ended = true): number {
    model.train(false);
    const ids = model.encodePairs([{ source: [...source], target }]);
    const [batch] = [...new PairBatches(ids, { batch: 1 }).once()];
    return rt().scope(() => {
      const logits = model.loss(batch!).outputs.toArray();
      const V = model.target.size;
      let sum = 0;
      for (let t = 0; t < target.length + Number(ended); t++) {
        const row = [...logits.slice(t * V, (t + 1) * V)];
        const all = row.reduce((sum, x, i) => sum + (i === model.target.unknownId ? 0 : Math.exp(x)), 0);
        sum += row[batch!.targets[t]!]! - Math.log(all);
      }
      return sum;
    });
  }

  describe.each([
    ["gru", 1],
    ["lstm", 2],
  ] as const)("of %s cells, %i layers", (cell, layers) => {
    it.each(ATTENTIONS)(
      "with attention %s: what it writes has the log-probability that its loss gives",
      (attention) => {
        const model = sharpen(newEncoderDecoder(rt(), { attention, cell, layers }));
        for (const beam of [1, 3]) {
          const options = { beam, maxLength: 6 };
          for (const [i, { tokens, logProbability }] of model.predict(WORDS.slice(0, 9), options).entries()) {
            const ended = tokens.length < 6;
            expect(logProbability).toBeCloseTo(score(model, WORDS[i]!, tokens, ended), 4);
          }
        }
      },
    );
  });

  // With one source and two hypotheses, the two often swap their places: then no hypothesis keeps its own state.
  it.each(["gru", "lstm"] as const)("keeps the states of hypotheses that swap places: %s", (cell) => {
    const model = sharpen(newEncoderDecoder(rt(), { cell }));
    for (const word of WORDS) {
      const [written] = model.predict([word], { beam: 2, maxLength: 6 });
      const { tokens, logProbability } = written!;
      expect(logProbability).toBeCloseTo(score(model, word, tokens, tokens.length < 6), 4);
    }
  });

  it("greedy search takes the most probable token at every step", () => {
    const model = sharpen(newEncoderDecoder(rt()));
    const { tokens } = model.predict(["abc"], { maxLength: 4 })[0]!;
    const letters = model.target.symbols.filter((symbol) => symbol !== "<UNK>");
    tokens.forEach((token, t) => {
      const before = tokens.slice(0, t);
      const scores = letters.map((letter) =>
        letter === END_SYMBOL ? score(model, "abc", before) : score(model, "abc", [...before, letter], false),
      );
      expect(letters[scores.indexOf(Math.max(...scores))]).toBe(token);
    });
  });

  it.each([
    [0, "bad"],
    [1, "bad"],
    [1, "cab"],
    [3, "a"],
  ])(
    "a beam as wide as all there is finds the best target of all, length penalty %d, source %s",
    (lengthPenalty, source) => {
      const model = newEncoderDecoder(rt());
      if (lengthPenalty < 3) sharpen(model);
      else model.decoder.head.bias!.data[model.end]! += 0.5; // an early end looks best until longer ones overtake it
      const letters = model.target.symbols.filter((symbol) => symbol !== "<UNK>" && symbol !== END_SYMBOL);
      const all: string[][] = [[]];
      for (const prefix of all)
        if (prefix.length < 2) all.push(...letters.map((letter) => [...prefix, letter]));
      // With 3 steps a target of 3 tokens is cut off before its end.
      const cut = all
        .filter(({ length }) => length === 2)
        .flatMap((prefix) => letters.map((l) => [...prefix, l]));
      const rank = (tokens: readonly string[], ended: boolean) =>
        score(model, source, tokens, ended) / (tokens.length + Number(ended)) ** lengthPenalty;
      const ranks = [...all.map((tokens) => rank(tokens, true)), ...cut.map((tokens) => rank(tokens, false))];
      const best = [...all, ...cut][ranks.indexOf(Math.max(...ranks))]!;
      const [found] = model.predict([source], { beam: 500, maxLength: 3, lengthPenalty });
      expect(found!.tokens).toEqual(best);
      expect(found!.text).toBe(best.join(" "));
    },
  );

  it("a beam wider than the vocabulary is no worse than a narrow one", () => {
    const model = sharpen(newEncoderDecoder(rt()));
    const [narrow] = model.predict(["abca"], { beam: 1 });
    const [wide] = model.predict(["abca"], { beam: model.target.size + 3 });
    expect(wide!.logProbability).toBeGreaterThanOrEqual(narrow!.logProbability);
  });

  it("what it writes does not depend on the rest of the batch", () => {
    for (const beam of [1, 3]) {
      const model = sharpen(newEncoderDecoder(rt(), { attention: "additive" }));
      const together = model.predict(WORDS, { beam, attention: true });
      const alone = WORDS.map((word) => model.predict([word], { beam, attention: true })[0]!);
      together.forEach(({ text, logProbability, attention }, i) => {
        expect(text).toBe(alone[i]!.text);
        expect(logProbability).toBeCloseTo(alone[i]!.logProbability, 4);
        expect(attention!.length).toBe(alone[i]!.attention!.length);
      });
    }
  });

  it("tells what each token attended to", () => {
    const model = sharpen(newEncoderDecoder(rt()));
    for (const beam of [1, 4]) {
      for (const [i, { tokens, attention }] of model
        .predict(WORDS, { beam, attention: true, maxLength: 5 })
        .entries()) {
        expect(attention).toHaveLength(Math.min(5, tokens.length + 1));
        for (const row of attention!) {
          expect(row).toHaveLength(WORDS[i]!.length);
          expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
        }
      }
    }
    const none = newEncoderDecoder(rt(), { attention: "none" }).predict(["abc"], { attention: true });
    expect(none[0]).not.toHaveProperty("attention");
    expect(model.predict(["abc"])[0]).not.toHaveProperty("attention");
  });

  it("reads unknown tokens as the unknown one, never writes it, and does not count it as a target", () => {
    const model = newEncoderDecoder(rt());
    const known = newEncoderDecoder(rt());
    known.loadStateDict(model.stateDict());
    expect(model.predict(["aZb", "a?b"]).map(({ text }) => text)).toEqual(
      known.predict(["a<b", "a>b"]).map(({ text }) => text),
    );
    const { unknownId } = model.target;
    model.decoder.head.bias!.data[unknownId!] = 1e3;
    expect(model.predict(WORDS).every(({ tokens }) => !tokens.includes("<UNK>"))).toBe(true);
    const { targets, inputs } = model.encodePairs([{ source: ["a"], target: ["a", "Z", END_SYMBOL] }]);
    expect([...targets[0]!.subarray(1)]).toEqual([-100, -100, model.end]);
    expect([...inputs[0]!]).toEqual([model.end, targets[0]![0], unknownId, unknownId]);
  });

  it("frees what it needed, in training mode as before", () => {
    const model = newEncoderDecoder(rt(), { attention: "additive", dropout: 0.5, inputDropout: 0.5 });
    const { used } = rt().memory;
    const first = model.predict(WORDS, { beam: 2 });
    expect(model.predict(WORDS, { beam: 2 }), "no dropout").toEqual(first);
    expect(rt().memory.used).toBe(used);
    expect(model.training && model.encoder.training && model.decoder.training).toBe(true);
  });

  it("throws if its weights are damaged", () => {
    const model = newEncoderDecoder(rt());
    model.decoder.head.bias!.data.fill(Number.NaN);
    const { used } = rt().memory;
    expectError(() => model.predict(["abc"]), "ERR_NAN", "damaged");
    expect(rt().memory.used).toBe(used);
  });

  it("refuses wrong texts and options", () => {
    const model = newEncoderDecoder(rt());
    expect(model.predict([])).toEqual([]);
    expectError(() => model.predict(["abc", ""]), "ERR_DATA", "text 2 is empty");
    expectError(() => model.predict([], { beam: 0 }), "ERR_VALUE", "beam is 0");
    expectError(() => model.predict(["a"], { beam: Number.NaN }), "ERR_VALUE", "beam is NaN");
    expectError(() => model.predict(["a"], { maxLength: 0 }), "ERR_VALUE", "maxLength is 0");
    expectError(() => model.predict(["a"], { lengthPenalty: -1 }), "ERR_VALUE", "lengthPenalty is -1");
  });

  it.each([
    {},
    { attention: "additive", connections: "dense", layers: 2, head: [7], norm: "layer" },
    { attention: "none", cell: "lstm" },
  ] as const)("goes into a file and comes back: %j", (spec) => {
    const model = sharpen(newEncoderDecoder(rt(), spec));
    const size = Object.values(model.parameters()).reduce((sum, tensor) => sum + tensor.size, 0);
    expect(measure((meta) => EncoderDecoder.build(meta, model.spec, model.tables))).toBe(size);
    const bytes = serializeModel(model);
    const again = loadModel(rt(), bytes, [EncoderDecoder]);
    expect(again.spec).toEqual(model.spec);
    expect(again.predict(WORDS, { beam: 2 })).toEqual(model.predict(WORDS, { beam: 2 }));
    expectError(() => loadModel(rt(), bytes, [LanguageModel]), "ERR_FORMAT", "encoder-decoder");
    expectError(() => loadModel(rt(), bytes, [Classifier]), "ERR_FORMAT", "expected classifier");
  });

  it("ties the decoder's output to its embedding", () => {
    const model = newEncoderDecoder(rt(), { tied: true, embedding: 8 });
    expect(Object.keys(model.parameters())).not.toContain("decoder.head.weight");
    expect(model.decoder.head.weight).toBe(model.decoder.embedding!.weight);
  });

  it("needs an end among the symbols of its targets", () => {
    const tables = { source: new Vocabulary(["a"]), target: new Vocabulary(["b"]) };
    expectError(() => new EncoderDecoder(rt(), defaultEncoderDecoderSpec(), tables), "ERR_VALUE", "<EOS>");
  });
});
