import { expect, it } from "vitest";
import { readSeries } from "../../../src/models/forecaster/series.ts";

it.each(["#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"])(
  "%s in the first cell is a missing number, not a comment",
  async (word) => {
    const text = `a,b\n1,2\n${word},3\n3,4\n# a comment\n`;
    await expect(readSeries([text], "x.csv")).rejects.toThrow(/line 3: column "a" is .*--fill/);
    const { rows, values } = await readSeries([text], "x.csv", undefined, { fill: "linear" });
    expect([rows, ...values]).toEqual([3, 1, 2, 2, 3, 3, 4]);
  },
);
