import { expect, it } from "vitest";
import { sequenceTokens } from "../../../src/data/words.ts";
import { readConditioned } from "../../../src/models/generator/examples.ts";
import { all, expectRejection } from "../../runtimes.ts";

const read = (...chunks: string[]) => all(readConditioned(chunks, "f.tsv"));

it("the first tab parts condition and sequence; blank lines are left out", async () => {
  expect(await read("a\tx y\n\n \n b \t z\tz \r", "\nc\tw")).toEqual([
    { line: 1, condition: "a", text: "x y" },
    { line: 4, condition: "b", text: "z\tz" },
    { line: 5, condition: "c", text: "w" },
  ]);
  expect(await read("\ufeffa\tx")).toEqual([{ line: 1, condition: "a", text: "x" }]);
  const long = "x".repeat(10_000_000);
  expect((await read("a\t", long, "\n"))[0]!.text.length).toBe(long.length);
});

it.each([
  ["a\tx\nno tab\n", /f.tsv, line 2: no tab, expected condition <TAB> sequence: "no tab"/],
  ["\n\tx\n", /f.tsv, line 2: the condition is empty/],
  ["a\t \n", /f.tsv, line 1: the sequence is empty/],
])("%j is refused with its line", async (text, message) => {
  await expectRejection(read(text), "ERR_DATA", message);
});

it("tokens are characters as they are, or words in lower case", () => {
  expect(sequenceTokens("Aß 😀", "char")).toEqual(["A", "ß", " ", "😀"]);
  expect(sequenceTokens("It's So, 2!", "word")).toEqual(["it's", "so", ",", "2", "!"]);
});
