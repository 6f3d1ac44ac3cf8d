import { describe, expect, it } from "vitest";
import type { Vocabulary } from "../../src/data/vocabulary.ts";
import { newRun } from "../../src/tasks/run.ts";
import { textSource } from "../../src/tasks/source.ts";
import { startRuntime } from "../runtimes.ts";
import { begin, EXAMPLES, taskOf } from "./examples.ts";

const RECIPE = { batch: 2, seq: 3 };

describe("the model of a new run", () => {
  const { "an encoder-decoder": pairs, "a forecaster": series } = EXAMPLES;

  it("has the network that was asked for", async () => {
    const { trainer } = await begin({ ...pairs!, spec: { hidden: 6, cell: "lstm", attention: "none" } });
    expect(trainer.model.spec).toMatchObject({
      hidden: 6,
      cell: "lstm",
      attention: "none",
      sourceLevel: "word",
    });
    await expect(begin({ ...pairs!, spec: { hidden: -1 } })).rejects.toMatchObject({ code: "ERR_VALUE" });
  });

  it("reads tokens that fit the data, unless their level is given", async () => {
    const specOf = async (name: string, options = {}, spec = {}) =>
      (await begin({ ...EXAMPLES[name]!, options, spec })).trainer.model.spec;
    expect(await specOf("a classifier")).toMatchObject({ level: "word", pooling: "mean+max" });
    const level = { level: "char" };
    expect(await specOf("a classifier", level)).toMatchObject({ ...level, pooling: "last" });
    expect(await specOf("a classifier", {}, level)).toMatchObject({ ...level, pooling: "mean+max" });
    expect(await specOf("an autoencoder")).toMatchObject({ level: "word" });
    expect(await specOf("an autoencoder", level)).toMatchObject(level);
    for (const name of ["a generator", "an embedder", "a language model of characters"]) {
      expect(await specOf(name, { level: "word" })).toMatchObject({ level: "word" });
      expect(await specOf(name, level)).toMatchObject(level);
    }
    const words = "a language model of words";
    const own = { level: "word", tokens: "words", embedding: 4 };
    expect(await specOf(words, { level: "word" })).toMatchObject(own);
    expect(await specOf(words, { level: "word", tokens: "spaces" })).toMatchObject({
      ...own,
      tokens: "spaces",
    });
    const wide = { embedding: 6, tied: false };
    expect(await specOf(words, { level: "word" }, wide)).toMatchObject({ ...own, ...wide });
  });

  it("knows no token that is too rare in the training part", async () => {
    const data = "red cow\tx\nred cow\ty\nred blue\tx\n";
    const known = async (task: string, options = {}, text = data) => {
      const { model } = (await begin({ task, data: text, validation: text, options, recipe: RECIPE }))
        .trainer;
      const { vocabulary, source } = model.tables as Record<string, Vocabulary>;
      return (vocabulary ?? source)!.symbols
        .filter((symbol) => /^\w+$/.test(symbol))
        .sort()
        .join(" ");
    };
    const words = { level: "word" };
    const tags = data.replaceAll(" ", "\tO\n");
    const turned = "x\tred cow\nx\tred cow\ny\tred blue\n";
    for (const [task, text] of [
      ["classifier", data],
      ["tagger", tags],
      ["embedder", "red\tcow\ncow\tred\nred\tblue\n"],
      ["generator", turned],
    ] as const) {
      const options = task === "tagger" ? {} : words;
      expect(await known(task, options, text), task).toBe("cow red");
      expect(await known(task, { ...options, minCount: 3 }, text), task).toBe("red");
      expect(await known(task, { ...options, minCount: 1 }, text), task).toBe("blue cow red");
    }
    const targets = "red cow is x\tx\nred cow is\tx\nred is blue\ty\n";
    expect(await known("encoder-decoder", {}, targets)).toBe("cow is red");
    expect(await known("encoder-decoder", { minCount: 3 }, targets)).toBe("is red");
    expect(await known("generator", {}, turned)).toContain("b");
    expect(await known("classifier", { level: "char", minCount: 3 })).toBe("d e r");
    const text = "red cow red cow red blue\n".repeat(4);
    expect(await known("language-model", words, text)).toBe("blue cow red");
    expect(await known("language-model", { ...words, minCount: 5 }, text)).toBe("cow red");
    expect(await known("language-model", { ...words, vocabulary: 3 }, text)).toBe("red");
  });

  it("reads the columns that were chosen, those to forecast among them", async () => {
    const specOf = async (options: object) => (await begin({ ...series!, options })).trainer.model.spec;
    expect(await specOf({})).toMatchObject({ columns: ["a", "b"], targets: ["a", "b"] });
    expect(await specOf({ target: ["b"] })).toMatchObject({ columns: ["a", "b"], targets: ["b"] });
    expect(await specOf({ column: ["b"] })).toMatchObject({ columns: ["b"], targets: ["b"] });
    expect(await specOf({ column: ["b"], target: ["a"] })).toMatchObject({
      columns: ["b", "a"],
      targets: ["a"],
    });
  });

  it("says which columns it reads, and which it leaves out unless columns were chosen", async () => {
    const notes = async (column?: string[]) => {
      const heard: string[] = [];
      await begin({ ...series!, options: { column, note: (text) => heard.push(text) } });
      return heard;
    };
    expect(await notes()).toEqual(["data.txt: columns a, b; left out date (text)"]);
    expect(await notes(["b"])).toEqual(["data.txt: columns b"]);
  });
});

it("the validation data of a run are read like the training data", async () => {
  const example = EXAMPLES["a classifier of vectors"]!;
  await expect(begin({ ...example, validation: '{"text":"a","label":"x"}\n' })).rejects.toMatchObject({
    code: "ERR_DATA",
    message: expect.stringMatching(
      /^held\.txt, line 1: sequences consist of tokens, but .* vectors of 2 numbers/,
    ),
  });
  const text = EXAMPLES["a language model of characters"]!;
  await expect(begin({ ...text, validation: " \n" })).rejects.toThrow("held.txt has too little text");
  const own = { ...EXAMPLES["a classifier"]!, data: EXAMPLES["a classifier of vectors"]!.data };
  await expect(begin(own)).rejects.toThrow("data.txt, line 1: no tab");
});

it("a source's name decides whether it holds JSON lines, if the format is not given", async () => {
  const { data } = EXAMPLES["a classifier of vectors"]!;
  const task = taskOf({ task: "classifier" });
  const specOf = async (name: string) => {
    const sources = { data: textSource(new File([data], name)) };
    const complete = <Spec>(defaults: Spec) => defaults;
    const asked = { sources, complete, options: {}, recipe: task.defaultRecipe(), length: {} };
    return (await newRun(task, asked, startRuntime)).trainer.model.spec;
  };
  expect(await specOf("rows.ndjson")).toMatchObject({ features: 2 });
  await expect(specOf("rows.txt")).rejects.toThrow("rows.txt, line 1: no tab");
});
