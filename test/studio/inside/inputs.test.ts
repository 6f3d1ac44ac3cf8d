import { expect, it } from "vitest";
import { inputKind, madeUpInput, readInput, writeInput } from "../../../studio/src/inside/inputs.ts";

it("tells what a model reads", () => {
  expect(inputKind("classifier", { features: 0 })).toBe("text");
  expect(inputKind("classifier", { features: 12 })).toBe("vectors");
  expect(inputKind("transcriber", { features: 1 })).toBe("vectors");
  expect(inputKind("forecaster", { columns: ["a"] })).toBe("numbers");
  expect(inputKind("forecaster", { columns: ["a", "b"] })).toBe("vectors");
});

it.each([
  ["text", "a cat"],
  ["numbers", [1, -2.5, 3e-7]],
  [
    "vectors",
    [
      [1, 2],
      [0.5, -1],
    ],
  ],
] as const)("reads %s that it has written", (kind, input) => {
  expect(readInput(writeInput(input), kind)).toEqual(input);
});

it("takes commas and tabs, and names what is wrong", () => {
  expect(readInput("1, 2\n3\t4\n", "vectors")).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(readInput(" \n", "numbers")).toBeUndefined();
  expect(() => readInput("1\ntwo", "numbers")).toThrow("Line 2 has “two”");
});

it("writes tokens as a text, and makes up waves", () => {
  expect(writeInput(["a", "cat"])).toBe("a cat");
  expect(writeInput(undefined)).toBe("");
  const waves = readInput(madeUpInput({ features: 3 }), "vectors") as number[][];
  expect([waves.length, waves[0]!.length]).toEqual([24, 3]);
  expect(readInput(madeUpInput({ columns: ["y"] }, 4), "numbers")).toEqual([0, 1, 0, -1]);
});
