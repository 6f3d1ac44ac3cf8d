import { expect, it } from "vitest";
import { cloze, listedAlternatives } from "../../../src/models/language-model/cloze.ts";
import { describeRuntimes, expectError } from "../../runtimes.ts";
import { fixedModel, smallModel } from "./model.ts";

describeRuntimes("filling a blank", (rt) => {
  it("compares the whole texts, in the order of the alternatives", () => {
    const packed = smallModel(rt()).pack();
    const answers = cloze(packed, "ab ____ cd", ["fe", "a", "bad"]);
    const scores = ["ab fe cd", "ab a cd", "ab bad cd"].map((text) => packed.score(text));
    expect(answers.map(({ alternative }) => alternative)).toEqual(["fe", "a", "bad"]);
    const sum = scores.reduce((sum, { logProbability }) => sum + Math.exp(logProbability), 0);
    answers.forEach(({ text, logProbability, share }, i) => {
      expect({ text, logProbability }).toEqual({
        text: scores[i]!.text,
        logProbability: scores[i]!.logProbability,
      });
      expect(share).toBeCloseTo(Math.exp(logProbability) / sum, 9);
    });
  });

  it("shares of texts whose probabilities are too small for a number", () => {
    const packed = fixedModel(rt(), { a: 0, b: Math.log(3) }).pack();
    const [a, b] = cloze(packed, `${"a".repeat(2000)}__`, ["a", "b"]);
    expect(Math.exp(a!.logProbability)).toBe(0);
    expect(a!.share).toBeCloseTo(0.25, 6);
    expect(b!.share).toBeCloseTo(0.75, 6);
    expect(cloze(packed, "__a", ["a", "b"])[0]!.text).toBe("aa");
  });

  it("refuses wrong input", () => {
    const packed = smallModel(rt()).pack();
    expectError(() => cloze(packed, "a b_", ["a", "b"]), "ERR_VALUE", /has 0 blanks, expected one: ____/);
    expectError(() => cloze(packed, "__ ___", ["a", "b"]), "ERR_VALUE", /has 2 blanks/);
    expectError(() => cloze(packed, "__", ["a"]), "ERR_VALUE", /only "a", expected at least two/);
    expectError(() => cloze(packed, "__", [1, 2] as never), "ERR_VALUE", /alternatives\[0\] is 1/);
    expectError(() => cloze(packed, "a __", ["a", " "]), "ERR_VALUE", /alternative 2 of "a __" is empty/);
    expectError(
      () => cloze(packed, "a __ (b/c) d", ["e", "f"]),
      "ERR_VALUE",
      /has alternatives twice, b\/c behind the blank and e\/f apart/,
    );
  });
});

it("finds the alternatives behind a blank", () => {
  expect(listedAlternatives("the books ____ (is / are) here (a/b)")).toEqual({
    text: "the books ____ here (a/b)",
    alternatives: ["is", "are"],
  });
  expect(listedAlternatives("__(a/b/c)")).toEqual({ text: "__", alternatives: ["a", "b", "c"] });
  for (const text of ["the (is/are)", "____ (is)", "____ is/are", "", "__ (a/b) __ (c/d)"]) {
    expect(listedAlternatives(text), text).toBeUndefined();
  }
});
