import { expect, it } from "vitest";
import { expectRejection } from "../runtimes.ts";
import { begin, EXAMPLES } from "./examples.ts";

/** Tasks that read tokens by an embedding, or can. */
const TOKENS = Object.entries(EXAMPLES).filter(
  ([name, { task }]) => !/vectors/.test(name) && !["forecaster", "transcriber"].includes(task),
);

it.each(TOKENS)("%s reads one-hot tokens if only embedding: 0 is asked for", async (_, example) => {
  const { trainer } = await begin({ ...example, spec: { ...example.spec, embedding: 0 } });
  const { spec } = trainer.model;
  expect(spec).toMatchObject({ embedding: 0, inputDropout: 0, tied: false });
  const own = Object.entries(spec).filter(([field]) => ["characters", "embeddingStart"].includes(field));
  for (const [field, value] of own) expect(value).toBe(field === "characters" ? 0 : 1);
  trainer.step();
});

it("keeps the defaults of a model with an embedding", async () => {
  const { trainer } = await begin(EXAMPLES["a tagger"]!);
  expect(trainer.model.spec).toMatchObject({ embedding: 100, inputDropout: 0.3, characters: 25 });
});

it.each([
  ["a tagger", { characters: 25 }, "characters is 25, but embedding is 0; use an embedding"],
  ["a classifier", { inputDropout: 0.5 }, "inputDropout is 0.5, but embedding is 0; use an embedding"],
  ["a language model of words", { tied: true }, "tied is true, but embedding is 0"],
])("%s: refuses %j beside one-hot tokens if it was asked for", async (name, spec, message) => {
  const run = begin({ ...EXAMPLES[name]!, spec: { ...spec, embedding: 0 } });
  await expectRejection(run, "ERR_VALUE", new RegExp(message));
});
