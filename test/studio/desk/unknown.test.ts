import { createRuntime, type LanguageModel, type TaskModel } from "unrolled";
import { completeRecipe, newRun, TASKS, textSource } from "unrolled/tasks";
import { expect, it } from "vitest";
import { generate } from "../../../studio/src/desk/basic.ts";
import { knownPrompt, unknownIn } from "../../../studio/src/desk/unknown.ts";
import { unknownHint } from "../../../studio/src/tasks/parts/unknown.tsx";
import { visible } from "../../../studio/src/ui/visible.ts";

const WORDS = "red green blue pink".split(" ");

/** Makes an untrained model of lines. */
async function modelOf(
  name: string,
  line: (word: string, i: number) => string,
  options: object = {},
  spec: object = {},
): Promise<TaskModel> {
  const task = TASKS.find(({ Model }) => Model.task === name)!;
  const text = Array.from({ length: 60 }, (_, i) => line(WORDS[i % 4]!, i)).join("\n");
  const { trainer } = await newRun(
    task,
    {
      sources: { data: textSource(new File([text], "a.txt")) },
      complete: (defaults) => ({ ...defaults, hidden: 4, ...spec }),
      options,
      recipe: completeRecipe(task.defaultRecipe(), {
        batch: 2,
        ...(name === "language-model" && { seq: 5 }),
      }),
      length: { iterations: 1 },
    },
    createRuntime,
  );
  return trainer.model as TaskModel;
}

const hint = (model: TaskModel, text: string, isPrompt?: boolean) =>
  unknownHint(unknownIn(model, text, isPrompt));

it("names the characters that a model does not know, also those that cannot be seen", async () => {
  const model = await modelOf("language-model", (word) => word);
  expect(hint(model, "red\ngreen")).toBe("");
  expect(hint(model, "réd\u200bz")).toBe(
    "It has not learnt the characters “é”, U+200B, “z”, so it reads a sign for “unknown” there.",
  );
  expect(hint(model, "r d")).toBe(
    "It has not learnt the character the space, so it reads a sign for “unknown” there.",
  );
  expect(hint(model, "1234567")).toContain("“1”, “2”, “3”, “4”, “5” and 2 more");
});

it("names the words that a model does not know", async () => {
  const classifier = await modelOf("classifier", (word, i) => `a ${word} one\t${i % 2}`, { level: "word" });
  expect(hint(classifier, "A RED zebra one")).toBe(
    "It has not learnt the word “zebra”, so it reads a sign for “unknown” there.",
  );
  const spec = { characters: 4, characterHidden: 4, embedding: 4 };
  const tagger = await modelOf("tagger", (word) => `a\tO\n${word}\tC\n`, {}, spec);
  expect(hint(tagger, "a zebra")).toBe("It has not learnt the word “zebra”, so it goes by the letters.");
});

it("knows the vocabulary of what each kind of model reads", async () => {
  const reversed = (word: string) => `${word}\t${[...word].reverse().join("")}`;
  const own: readonly (readonly [string, (word: string, i: number) => string, object?])[] = [
    ["encoder-decoder", reversed],
    ["autoencoder", (word) => word, { level: "char" }],
    ["embedder", reversed, { level: "char" }],
  ];
  for (const [name, line, options] of own) {
    const model = await modelOf(name, line, options);
    expect(unknownIn(model, "redqx"), name).toEqual({
      symbols: ["q", "x"],
      unit: "character",
      how: "sign",
    });
  }
  const generator = await modelOf("generator", (word, i) => `${i % 2 ? "odd" : "even"}\t${word}`, {
    level: "char",
  });
  expect(unknownIn(generator, "none").symbols).toEqual([]);
  expect(unknownIn(generator, "rox", true)).toMatchObject({ symbols: ["o", "x"], unit: "character" });
});

it("leaves unknown characters out of a beginning, and keeps unknown words", async () => {
  const model = (await modelOf("language-model", (word) => word)) as LanguageModel;
  expect(hint(model, "réd漢", true)).toBe(
    "It has not learnt the characters “é”, “漢”, so it leaves them out.",
  );
  expect(knownPrompt(model, "réd漢😀")).toBe("rd");
  expect(generate(model, { prompt: knownPrompt(model, "漢字😀"), length: 5 })).toHaveLength(5);
  const line = (word: string) => `a ${word} one`;
  const words = (await modelOf("language-model", line, { level: "word" })) as LanguageModel;
  expect(hint(words, "a zebra", true)).toContain("reads a sign");
  expect(knownPrompt(words, "a zebra")).toBe("a zebra");
});

it("shows what cannot be seen", () => {
  expect(
    ["a", " ", "\n", "\t", "\u00a0", "\u200b\u200d", "a\u200bb", "\u0007", "日", "👍🏽"].map(visible),
  ).toEqual([
    "“a”",
    "the space",
    "the line end",
    "the tab",
    "U+00A0",
    "U+200B U+200D",
    "“a[U+200B]b”",
    "U+0007",
    "“日”",
    "“👍🏽”",
  ]);
});
