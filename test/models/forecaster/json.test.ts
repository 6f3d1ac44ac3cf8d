import { expect, it } from "vitest";
import { readSeries, type SeriesOptions } from "../../../src/models/forecaster/series.ts";
import { expectRejection } from "../../runtimes.ts";

// Series of numbers in JSON.

const read = (text: string, options: SeriesOptions) => readSeries([text], "a.json", undefined, options);
const ROWS = [
  { time: "2024-01-01", x: 1.001, y: 5 },
  { time: "2024-01-02", x: 1.25, y: null },
  { time: "2024-01-03", y: 9, x: 987 },
];

it.each<["json" | "jsonl", string]>([
  ["json", JSON.stringify(ROWS, null, 2)],
  ["jsonl", ROWS.map((row) => `${JSON.stringify(row)}\n`).join("\n")],
])("%s: an object for each row, and numbers have decimal points", async (format, text) => {
  const { columns, values, notes, span } = await read(text, { format, fill: "linear" });
  expect(columns).toEqual(["x", "y"]);
  expect([...values]).toEqual([1.001, 5, 1.25, 7, 987, 9]);
  expect(notes[0]).toBe("columns x, y; left out time (time)");
  expect(span).toEqual([1704067200, 1704240000]);
});

it("names the entry of a gap, and of a field that is not there", async () => {
  const gap = /^a\.json, entry 2: column "y" is empty; fill the gap/;
  await expectRejection(read(JSON.stringify(ROWS), { format: "json" }), "ERR_DATA", gap);
  await expectRejection(read('[{"x": 1, "y": 2}, {"x": 3}]', { format: "json" }), "ERR_DATA", gap);
});

it("reads numbers that are written as texts as those of a table", async () => {
  const text = '[{"x": "1.234,5", "y": 1.001}, {"x": "2,5", "y": 2.002}]';
  expect([...(await read(text, { format: "json" })).values]).toEqual([1234.5, 1.001, 2.5, 2.002]);
});

it.each<[string, string, RegExp]>([
  ["no object", "[]", /^a\.json has no rows of numbers$/],
  ["lists", "[[1, 2], [3, 4]]", /^a\.json: entry 1: not a JSON object: "\[1,2\]"$/],
  ["rows from new to old", JSON.stringify([...ROWS].reverse()), /entry 2: time runs backwards/],
])("refuses %s", async (_, text, message) => {
  await expectRejection(read(text, { format: "json", fill: "linear" }), "ERR_DATA", message);
});

it("refuses another format", async () => {
  await expectRejection(
    read("[]", { format: "conllu" as never }),
    "ERR_VALUE",
    /format is "conllu", expected "text" or/,
  );
});
