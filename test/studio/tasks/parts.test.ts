import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differences, tokensOf } from "../../../studio/src/tasks/parts/differences.ts";
import { firstText, isFilled, shrink } from "../../../studio/src/tasks/parts/sequence.ts";
import { kindOf, kindsOf } from "../../../studio/src/tasks/tagger/tags.ts";

describe("differences", () => {
  it("marks what is missing and what is too much", () => {
    expect(differences([..."walking"], [..."walkinng"]).filter(({ kind }) => kind !== "same")).toEqual([
      { kind: "extra", token: "n" },
    ]);
    expect(differences(["a", "b", "c"], ["a", "c"])).toEqual([
      { kind: "same", token: "a" },
      { kind: "missing", token: "b" },
      { kind: "same", token: "c" },
    ]);
  });

  it("holds both sequences whole and in order", () => {
    const letters = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
    fc.assert(
      fc.property(letters, letters, (right, written) => {
        const all = differences(right, written);
        const without = (kind: string) => all.filter((one) => one.kind !== kind).map(({ token }) => token);
        expect(without("extra")).toEqual(right);
        expect(without("missing")).toEqual(written);
        if (right.join() === written.join()) expect(all.every(({ kind }) => kind === "same")).toBe(true);
      }),
    );
  });

  it("compares words of sentences, and characters of words", () => {
    expect(tokensOf("thank you", "thank  us")).toEqual([
      ["thank", " ", "you"],
      ["thank", "  ", "us"],
    ]);
    expect(tokensOf("ab", "a b")).toEqual([
      ["a", "b"],
      ["a", " ", "b"],
    ]);
  });
});

describe("sequences", () => {
  it("are shrunk to the means of neighbouring cells", () => {
    const steps = [
      [1, 3],
      [5, 7],
      [2, 4],
    ];
    expect(shrink(steps, { steps: 3, features: 2 })).toEqual(steps);
    expect(shrink(steps, { steps: 2, features: 2 })).toEqual([
      [3, 5],
      [2, 4],
    ]);
    expect(shrink(steps, { steps: 1, features: 1 })).toEqual([[22 / 6]]);
  });

  it("are filled if there is something to read", () => {
    expect(["", " \n", "a", [], [[1]]].map((one) => isFilled(one as string))).toEqual([
      false,
      false,
      true,
      false,
      true,
    ]);
    expect(firstText([[[1]], "text", "other"])).toBe("text");
    expect(firstText([])).toBe("");
  });
});

describe("tags", () => {
  it("have a kind, and a mark if they are of spans", () => {
    expect(kindOf("B-PLACE")).toEqual({ mark: "B", kind: "PLACE" });
    expect(kindOf("NOUN")).toEqual({ mark: "", kind: "NOUN" });
    expect(kindsOf(["O", "B-PLACE", "I-PLACE", "B-PERSON"])).toEqual(["PERSON", "PLACE"]);
  });
});
