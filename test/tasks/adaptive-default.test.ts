import { expect, it } from "vitest";
import { END_SYMBOL, UNKNOWN_SYMBOL } from "../../src/data/vocabulary.ts";
import { AdaptiveLanguageModel } from "../../src/models/language-model/adaptive.ts";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { languageModelTask } from "../../src/tasks/language-model.ts";
import { textSource } from "../../src/tasks/source.ts";
import { startRuntime } from "../runtimes.ts";

/** A text of so many different words, each twice. */
const textOf = (words: number) =>
  textSource(Array.from({ length: 2 * words }, (_, i) => `n${i % words}`).join(" "));

async function prepared(words: number, spec: object = {}): Promise<LanguageModel> {
  const task = await languageModelTask.read({ data: textOf(words) }, { level: "word" });
  const sizes = { hidden: 4, embedding: 4 };
  const run = await task.prepare((defaults) => ({ ...defaults, ...sizes, ...spec }));
  return run.model(await startRuntime());
}

it("the softmax is adaptive from 5,000 words on", async () => {
  const large = await prepared(4998);
  expect(large).toBeInstanceOf(AdaptiveLanguageModel);
  expect(large.spec).toMatchObject({ softmax: "adaptive", cutoffs: [2000], tied: true });
  expect(large.vocabulary.symbols.slice(0, 3)).toEqual([END_SYMBOL, UNKNOWN_SYMBOL, "n0"]);
  const small = await prepared(4997);
  expect(small.spec).toMatchObject({ softmax: "full", cutoffs: [] });
  expect(small.vocabulary.symbols.at(-1)).toBe(UNKNOWN_SYMBOL);
});

it.each<[string, object]>([
  ["asked for", { softmax: "full" }],
  ["needed by hidden layers of the head", { head: [4] }],
])("the softmax stays full if that is %s", async (_, spec) => {
  const { spec: made, vocabulary } = await prepared(5200, spec);
  expect(made.softmax).toBe("full");
  expect(vocabulary.symbols.at(-1)).toBe(UNKNOWN_SYMBOL);
});

it("cutoffs of the user stay", async () => {
  const { spec } = await prepared(5200, { softmax: "adaptive", cutoffs: [100, 900] });
  expect(spec.cutoffs).toEqual([100, 900]);
});

it("cutoffs make the softmax adaptive, however few words there are", async () => {
  const { spec, vocabulary } = await prepared(40, { cutoffs: [10, 20] });
  expect(spec).toMatchObject({ softmax: "adaptive", cutoffs: [10, 20] });
  expect(vocabulary.symbols[1]).toBe(UNKNOWN_SYMBOL);
  await expect(prepared(5200, { softmax: "full", cutoffs: [10] })).rejects.toThrow("needs softmax adaptive");
});

it("the task takes models of the class LanguageModel", async () => {
  const task = await languageModelTask.read({ data: textOf(20) }, { level: "word" });
  const run = await task.prepare((defaults) => ({ ...defaults, hidden: 4, embedding: 4 }));
  const { spec, vocabulary } = run.model(await startRuntime());
  const plain = new LanguageModel(await startRuntime(), spec, vocabulary);
  expect((await languageModelTask.evaluate(plain, textOf(20))).tokens).toBeGreaterThan(20);
});
