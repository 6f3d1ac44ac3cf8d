import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelCell, labelSet } from "../../src/data/label-set.ts";
import { expectError } from "../runtimes.ts";

describe("labelSet", () => {
  it.each([
    ["a", ["a"]],
    [" a , b,,a ,", ["a", "b"]],
    ["", []],
    [" , ", []],
    ["[]", []],
    ['["a", "x,y", " a "]', ["a", "x,y"]],
    [' ["a", 1, true] ', ["a", "1", "true"]],
    ["[CLS]", ["[CLS]"]],
    ['"[""a"", ""x,y""]"', ["a", "x,y"]],
    ["[CLS], b", ["[CLS]", "b"]],
    ["a, [b", ["a", "[b"]],
    ["[a] b", ["[a] b"]],
    ['"a","b"', ['"a"', '"b"']],
  ])("reads %j as %j", (cell, labels) => {
    expect(labelSet(cell)).toEqual(labels);
  });

  it.each([
    "['a', 'b']",
    '["a", ]',
    '[["a"]]',
    '[{"name": "a"}]',
    "[a, b",
    "[broken",
    "[red, blue]",
    " [red,blue] ",
  ])("refuses %s with what to write", (cell) => {
    expectError(() => labelSet(cell), "ERR_DATA", /expected labels with commas between them or \["a", "b"\]/);
  });
});

describe("labelCell", () => {
  it("has commas if it can, else it is a JSON array", () => {
    expect(labelCell(["a", "b c"])).toBe("a,b c");
    expect(labelCell(["a", "x,y"])).toBe('["a","x,y"]');
    expect(labelCell(["[CLS]"])).toBe('["[CLS]"]');
    expect(labelCell([])).toBe("[]");
    expect(labelCell(['"[1', '2]"'])).toBe('["\\"[1","2]\\""]');
    for (const labels of [['"[1', '2]"'], ["[broken"], ["[red", "blue]"], ["[CLS]", "x"]]) {
      expect(labelSet(labelCell(labels))).toEqual(labels);
    }
  });

  it("is read back by labelSet", () => {
    const label = fc.oneof(
      fc.constantFrom("a", "b,c", "[", '"[1', '2]"', " [a", "[a]", "[]", '["a"]', "'"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(label), (labels) => {
        const set = [...new Set(labels.map((one) => one.trim()))].filter((one) => one);
        expect(labelSet(labelCell(labels))).toEqual(set);
      }),
    );
  });
});
