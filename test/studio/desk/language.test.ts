import { ConditionalGenerator, defaultGeneratorSpec, generatorVocabulary, Vocabulary } from "unrolled";
import { expect, it } from "vitest";
import {
  activationsOf,
  gatesOf,
  nextAtCaret,
  searchUnits,
  unrolledPage,
} from "../../../studio/src/desk/language.ts";
import { languageModel, startRuntime } from "../look/models.ts";

const TEXT = 'The cat said "no".\nThen it ran.\n';

it("finds units by a named signal or by a pattern", async () => {
  const model = await languageModel();
  const found = searchUnits(model, TEXT, { signal: "inside quotes", pattern: "" });
  expect(found.length).toBe(12);
  const vowels = searchUnits(model, TEXT, { signal: "", pattern: "[aeiou]" });
  expect(vowels).toEqual(searchUnits(model, TEXT, { signal: "vowel", pattern: "" }));
  expect(searchUnits(model, TEXT, { signal: "", pattern: "" })).toEqual([]);
  expect(searchUnits(model, TEXT, { signal: "digit", pattern: "" })).toEqual([]); // the text has none
});

it("finds the caret among the symbols", async () => {
  const model = await languageModel();
  expect(nextAtCaret(model, TEXT, 3, 5).place).toBe(3);
  expect(nextAtCaret(model, TEXT, Number.MAX_SAFE_INTEGER, 5).place).toBe([...TEXT].length);
  const words = await languageModel({ level: "word" });
  const { place, symbols } = nextAtCaret(words, "the cat ran", 7, 5);
  expect(symbols.slice(0, place)).toContain("cat");
  expect(place).toBeLessThan(symbols.length);
});

it("pages through the steps of a text", async () => {
  const model = await languageModel();
  const page = (number: number) => unrolledPage(model, "The cat ran", number, [0]);
  expect([page(0).from, page(0).length, page(0).steps.length]).toEqual([0, 11, 6]);
  expect([page(1).from, page(1).steps.at(-1)!.x]).toEqual([5, "n"]);
  expect(unrolledPage(model, "The", 0, [0]).steps.length).toBe(3);
});

it("lets a generator write what it then reads", async () => {
  const rt = await startRuntime();
  const examples = [{ condition: "up", tokens: [..."abc"] }];
  const conditions = Vocabulary.fromTokens(["up"], { unknown: false });
  const spec = { ...defaultGeneratorSpec(), hidden: 4, embedding: 3 };
  const model = new ConditionalGenerator(rt, spec, { vocabulary: generatorVocabulary(examples), conditions });
  const [view] = gatesOf(model, "up");
  expect(view!.symbols[0]).toBe("<EOS>");
  expect(activationsOf(model, "up").symbols).toEqual(view!.symbols);
});
