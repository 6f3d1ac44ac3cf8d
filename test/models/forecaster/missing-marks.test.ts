import { describe, expect, it } from "vitest";
import { farNumbers } from "../../../src/models/forecaster/missing-marks.ts";
import { readSeries, type SeriesOptions } from "../../../src/models/forecaster/series.ts";
import { expectRejection } from "../../runtimes.ts";

// Numbers that stand for missing ones, as loggers write them.

const far = (...values: number[]) => farNumbers(Float64Array.from(values));
const marks = (...values: number[]) =>
  far(...values)
    .filter(({ mark }) => mark)
    .map(({ value }) => value);
const read = (rows: readonly string[], options: SeriesOptions = {}, name = "x") =>
  readSeries([[name, ...rows, ""].join("\n")], "a.csv", undefined, options);

const TEMPERATURES = [-1.9, 3, 12.5, 20, 31, 44.6, 8, 17];
/** Counts with an even spread, wider than the way to -200. */
const COUNTS = Array.from({ length: 40 }, (_, i) => 600 + 37 * i);

describe("marks", () => {
  it.each<[string, number[], number[]]>([
    ["-200 among temperatures", [...TEMPERATURES, -200], [-200]],
    ["-200 twice below counts that vary more", [...COUNTS, -200, -200], [-200]],
    ["nines above", [...TEMPERATURES, 999.9], [999.9]],
    ["nines with zeros, which are the same number", [...TEMPERATURES, 9999], [9999]],
    ["both ends", [...TEMPERATURES, -999, 9999], [-999, 9999]],
    ["the smallest 16-bit number", [...TEMPERATURES, -32768], [-32768]],
    ["nearly all rows", [...TEMPERATURES, ...Array(99).fill(-200)], [-200]],
    ["gaps beside them", [...TEMPERATURES, Number.NaN, -200], [-200]],
  ])("%s", (_, values, found) => expect(marks(...values).sort()).toEqual(found.sort()));

  it.each<[string, number[]]>([
    ["losses in hundreds", [-200, 100, 300, -100, 200, 500, 400, -200, 100, 300]],
    ["one negative number among positive ones", [...COUNTS, -200]],
    ["nines within the range of the others", [0, 250, 5000, 9999, 7200, 8100, 4000, 1200, 9998]],
    ["too few others to judge", [3, 4, 5, 6, 7, 8, 9, -200]],
    ["a far number that is not written like a mark", [...TEMPERATURES, -273.15]],
    ["a column of one number", [5, 5, 5, 5, 5, 5, 5, 5, 5, -200]],
  ])("not: %s", (_, values) => expect(marks(...values)).toEqual([]));

  it("tells of other numbers that are far away", () => {
    const kelvin = Array.from({ length: 30 }, (_, i) => 250 + i);
    expect(far(...kelvin, 0, 0)).toEqual([
      { value: 0, count: 2, first: 30, from: "all others are between 250 and 279", mark: false },
    ]);
    expect(far(...kelvin, 0, 0, 0, 0), "not if many rows have it").toEqual([]);
    expect(far(...Array(40).fill(0), 1), "nor above zeros alone").toEqual([]);
  });
});

describe("readSeries", () => {
  const rows = [...TEMPERATURES, -200, 9].map(String);

  it("refuses a mark unless gaps are filled, and says what it is", async () => {
    await expectRejection(
      read(rows),
      "ERR_DATA",
      'a.csv, line 10: column "x" is "-200", probably a mark for missing numbers: 1 number is -200, all others are between -1.9 and 44.6; fill the gap with --fill previous or --fill linear, or say --missing none if it is a number',
    );
    const { values, notes, missing } = await read(rows, { fill: "linear" });
    expect([...values]).toEqual([...TEMPERATURES, 13, 9]);
    expect(missing).toEqual([-200]);
    expect(notes.slice(1).sort()).toEqual([
      '-200 is read as a mark for missing numbers in columns x; if it is a number, say --missing none. In column "x", 1 number is -200, all others are between -1.9 and 44.6'.replace(
        "columns",
        "column",
      ),
      'column "x": 1 gap filled along straight lines, the first in line 10',
    ]);
  });

  it("takes the marks of its options, and then no others", async () => {
    expect([...(await read(rows, { missing: [] })).values]).toEqual([...TEMPERATURES, -200, 9]);
    const { values, missing } = await read(rows, { missing: [20, 9], fill: "previous" });
    expect([...values]).toEqual([-1.9, 3, 12.5, 12.5, 31, 44.6, 8, 17, -200, -200]);
    expect(missing).toEqual([20, 9]);
    await expectRejection(
      read(rows, { missing: [3] }),
      "ERR_DATA",
      /line 3: column "x" is "3", a mark for missing numbers; fill the gap .* --missing none if it is a number/,
    );
    await expectRejection(read(rows, { missing: ["-200" as never] }), "ERR_VALUE", /readSeries: missing/);
  });

  it("does not search what has been named", async () => {
    expect((await read(["-200", ...rows], { missing: [-200], fill: "linear" })).notes).toHaveLength(2);
  });

  it("names a number that is far away", async () => {
    const { notes } = await read([...TEMPERATURES, 1500.5, 9].map(String));
    expect(notes.slice(1)).toEqual([
      'column "x": 1500.5 may stand for missing numbers; if so, say --missing 1500.5: 1 number is 1500.5, all others are between -1.9 and 44.6, the first in line 10',
    ]);
  });
});

describe("data for a model that exists", () => {
  const trained = { scales: { x: { mean: 10, deviation: 3 } } };

  it("has a mark if a number is written like one and far from the training data, in a single row too", async () => {
    await expectRejection(
      read(["-9999"], { trained }),
      "ERR_DATA",
      'a.csv, line 2: column "x" is "-9999", probably a mark for missing numbers: 1 number is -9999, those of the training data have a mean of 10 and a standard deviation of 3; fill the gap',
    );
    const { values } = await read(["10.2", "999.9"], { trained, fill: "previous" });
    expect([...values]).toEqual([10.2, 10.2]);
    expect([...(await read(["-9999"], { trained, missing: [] })).values]).toEqual([-9999]);
  });

  it("has a note if another number is far from the training data", async () => {
    const { notes, values } = await read(["10.2", "1757", "1758", "1759", "1761"], { trained });
    expect([...values]).toEqual([10.2, 1757, 1758, 1759, 1761]);
    expect(notes.slice(1).map((note) => note.slice(0, 50))).toEqual([
      'column "x": 1757 may stand for missing numbers; if',
      'column "x": 1758 may stand for missing numbers; if',
      'column "x": 1759 may stand for missing numbers; if',
    ]);
  });

  it("is refused if the decimal mark of the training data makes it far, and the numbers themselves do not tell", async () => {
    const prices = { decimal: ",", scales: { x: { mean: 1.4, deviation: 0.2 } } } as const;
    await expectRejection(
      read(["1.757", "1.001"], { trained: prices }),
      "ERR_DATA",
      'line 2: column "x" is "1.757", which may be 1757 (--decimal ,) or 1.757 (--decimal .); decide with that option',
    );
    const thousands = { decimal: ",", scales: { x: { mean: 1500, deviation: 400 } } } as const;
    expect([...(await read(["1.757", "1.001"], { trained: thousands })).values]).toEqual([1757, 1001]);
    expect([...(await read(["1.75", "1.5"], { trained: prices })).values]).toEqual([1.75, 1.5]);
  });
});
