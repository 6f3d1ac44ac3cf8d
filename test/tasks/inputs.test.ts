import { expect, it } from "vitest";
import { columnNames } from "../../src/tables/columns.ts";
import { joinInputs } from "../../src/tasks/inputs.ts";

const file = (names: readonly string[] | undefined, ...rows: readonly (readonly unknown[])[]) => ({
  inputs: rows.map(() => "x"),
  rows: rows.map((cells) => [cells]),
  names,
});
const table = (...files: readonly ReturnType<typeof file>[]) => {
  const { names, rows } = joinInputs(files);
  return { names, rows: rows.map(([cells]) => Array.from(cells!)) };
};

it("joins files by the names of their columns", () => {
  expect(table(file(["id", "text"], [1, "a"]), file(["text", "old"], ["b", "y"]))).toEqual({
    names: ["id", "text", "old"],
    rows: [
      [1, "a"],
      [undefined, "b", "y"],
    ],
  });
});

it("gives the cells of a file without names columns of their own", () => {
  expect(table(file(["text", "label"], ["a", "x"], []), file(undefined, ["b", "y"], ["c"]))).toEqual({
    names: ["text", "label", "column 1", "column 2"],
    rows: [["a", "x"], [], [undefined, undefined, "b", "y"], [undefined, undefined, "c"]],
  });
});

it("leaves rows as they are if no file has names", () => {
  const { names, rows } = table(file(undefined, ["a", "x"]), file(undefined, ["b"]));
  expect({ names, rows }).toEqual({ names: undefined, rows: [["a", "x"], ["b"]] });
});

it("keeps columns of equal names and cells past the names", () => {
  const [first, second] = [file(["a", "a"], ["1", "2", "", "3"]), file(["a"], ["4", ""])];
  expect(table(first, second)).toEqual({
    names: ["a", "a 2", "column 3", "column 4"],
    rows: [["1", "2", "", "3"], ["4"]],
  });
  expect(table(first)).toEqual({ names: ["a", "a 2", "column 3", "column 4"], rows: [["1", "2", "", "3"]] });
  expect(columnNames([["1", "2", ""]], ["a", ""])).toEqual(["a", "column 2"]);
});
