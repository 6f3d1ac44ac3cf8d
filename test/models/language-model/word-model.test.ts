import { describe, expect, it } from "vitest";
import { logSoftmax } from "../../../src/autograd/softmax.ts";
import { END_SYMBOL, UNKNOWN_SYMBOL, Vocabulary } from "../../../src/data/vocabulary.ts";
import { LanguageModel } from "../../../src/models/language-model/model.ts";
import {
  checkLanguageModelSpec,
  defaultLanguageModelSpec,
  type LanguageModelSpec,
} from "../../../src/models/language-model/spec.ts";
import { loadModel, serializeModel } from "../../../src/network/model-file.ts";
import { Random } from "../../../src/runtime/random.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { describeRuntimes, expectError } from "../../runtimes.ts";
import { fixedModel, smallModel } from "./model.ts";

const WORDS = [END_SYMBOL, "the", "whale", "swims", ".", UNKNOWN_SYMBOL];

function wordModel(rt: Runtime, spec: Partial<LanguageModelSpec> = {}): LanguageModel {
  const small = { ...defaultLanguageModelSpec("word"), hidden: 5, embedding: 5, ...spec };
  const model = new LanguageModel(rt, small, new Vocabulary(WORDS)).train(false);
  for (const { data } of Object.values(model.parameters())) data.set(data.map((x) => 10 * x));
  return model;
}

/** Sums the conditionals by `forward`, from a zero state at `from`. */
function byForward(rt: Runtime, model: LanguageModel, ids: readonly number[]): number {
  const V = model.vocabulary.size;
  const { logits } = model.forward(rt.tensor(Int32Array.from(ids.slice(0, -1)), [ids.length - 1, 1]));
  const logs = logSoftmax(logits).data;
  return ids.slice(1).reduce((sum, id, t) => sum + logs[t * V + id]!, 0);
}

describeRuntimes("the score of a text", (rt) => {
  it("of words is the sum of the conditionals, with the end of the sentence", () => {
    const model = wordModel(rt());
    const score = model.pack().score("The whale sinks.");
    const ids = [0, 1, 2, 5, 4, 0];
    expect(score.logProbability).toBeCloseTo(byForward(rt(), model, ids), 4);
    expect(score.tokens).toBe(5);
    expect(score.perplexity).toBeCloseTo(Math.exp(-score.logProbability / 5), 9);
    expect(score.conditionals.map(({ symbol }) => symbol)).toEqual(ids.slice(1).map((id) => WORDS[id]));
    const sum = score.conditionals.reduce((total, { logProbability }) => total + logProbability, 0);
    expect(score.logProbability).toBeCloseTo(sum, 9);
  });

  it("carries the state from sentence to sentence, unless each starts from zero", () => {
    const two = "The whale swims. The whale.";
    const [stream, lines] = [false, true].map((lines) => wordModel(rt(), { lines }));
    lines!.loadStateDict(stream!.stateDict());
    const ids = [0, 1, 2, 3, 4, 0, 1, 2, 4, 0];
    expect(stream!.pack().score(two).logProbability).toBeCloseTo(byForward(rt(), stream!, ids), 4);
    const packed = lines!.pack();
    const one = (text: string) => packed.score(text).logProbability;
    expect(one("The whale swims.\nThe whale.")).toBeCloseTo(one("The whale swims.") + one("The whale."), 5);
  });

  it("of characters begins after a newline, and in a model of lines ends with one", () => {
    for (const lines of [false, true]) {
      const model = smallModel(rt(), { lines }).train(false);
      const ids = [...model.vocabulary.encode(lines ? "\nbad\n" : "\nbad")];
      expect(model.pack().score("bad").logProbability).toBeCloseTo(byForward(rt(), model, ids), 4);
      if (lines) expect(model.pack().score("bad\n").tokens).toBe(4);
    }
  });

  it("of characters without a newline begins from the zero state", () => {
    const score = fixedModel(rt(), { a: Math.log(3), b: 0 })
      .pack()
      .score("aab");
    expect(score.conditionals.map(({ logProbability }) => Math.exp(logProbability).toFixed(4))).toEqual([
      "0.7500",
      "0.7500",
      "0.2500",
    ]);
  });

  it("ranks candidates", () => {
    const packed = fixedModel(rt(), { a: Math.log(3), b: 0 }).pack();
    expect(packed.rank(["bb", "ab", "aa"]).map(({ text }) => text)).toEqual(["aa", "ab", "bb"]);
    expect(packed.rank([])).toEqual([]);
  });

  it("refuses a text without symbols, and damaged weights; and in a stream an invalid symbol", () => {
    const model = wordModel(rt());
    const packed = model.pack();
    for (const text of ["", " \n"]) expectError(() => packed.score(text), "ERR_DATA", "no symbols");
    expectError(() => packed.rank(["the", ""]), "ERR_DATA");
    for (const token of [-1, 6, 0.5]) {
      expectError(() => packed.stream().logProbability(token), "ERR_VALUE", "0 to 5");
    }
    model.head.bias!.data[1] = Number.NaN;
    expectError(() => model.pack().score("the"), "ERR_NAN");
  });
});

describe("a model of words", () => {
  it("has a spec of its own, and comes back from its file", async () => {
    const { startRuntime } = await import("../../runtimes.ts");
    const rt = await startRuntime();
    const model = wordModel(rt, { tokens: "spaces", lines: true });
    const back = loadModel(rt, serializeModel(model), [LanguageModel]);
    expect(back.spec).toEqual(model.spec);
    expect(back.pack().score("the whale")).toEqual(model.pack().score("the whale"));
    expectError(() => checkLanguageModelSpec({ ...model.spec, level: "char" }), "ERR_VALUE", "tokens");
  });
});

describeRuntimes("writing words", (rt) => {
  const write = (model: LanguageModel, options = {}) => [...model.pack().generate(options)].join("");

  it("puts spaces between them, begins a line after each sentence, and never writes <UNK>", () => {
    const model = wordModel(rt());
    model.head.bias!.data[5] = 50;
    const text = write(model, { length: 300, temperature: 3 });
    expect(text).not.toContain("UNK");
    expect(text).toMatch(/^(?:(?:the|whale|swims)?(?: (?:the|whale|swims)|\.|\n(?:the|whale|swims|\.)?)*)+$/);
    for (const word of ["the", "whale", "swims", ".", "\n"]) expect(text).toContain(word);
    expect(text).not.toMatch(/ \.|^ |\n /);
  });

  it("a model of lines stops at the end of a sentence, and a prompt with spaces continues with one", () => {
    const model = wordModel(rt(), { lines: true });
    for (let seed = 0; seed < 20; seed++) expect(write(model, { seed })).not.toContain("\n");
    model.head.bias!.data[0] = 50;
    expect(write(model)).toBe("");
    model.head.bias!.data.set([-50, 50, -50, -50, -50, -50]);
    expect(write(model, { prompt: "The whale", length: 2 })).toBe(" the the");
    expect(write(model, { length: 2 })).toBe("the the");
  });

  it("reads a prompt as forward does, of one word and of unknown words too", () => {
    const model = wordModel(rt());
    for (const [prompt, ids] of [
      ["whale", [0, 2]],
      ["Xyzzy plugh", [0, 5, 5]],
      ["The whale. It", [0, 1, 2, 4, 0, 5]],
    ] as const) {
      const { logits } = model.forward(rt().tensor(Int32Array.from(ids), [ids.length, 1]));
      const last = logits.data.slice(-WORDS.length, -1) as Float32Array;
      const likeliest = WORDS[last.indexOf(Math.max(...last))]!;
      const next = write(model, { prompt, length: 1, temperature: 0 });
      expect(next.trim() || END_SYMBOL).toBe(likeliest);
    }
  });

  it("draws the same symbols from the same seed", () => {
    const model = wordModel(rt());
    expect(write(model, { seed: 3, length: 30 })).toBe(write(model, { seed: 3, length: 30 }));
    expect(model.pack().stream().draw(new Random(1))).toBeLessThan(5);
  });
});
