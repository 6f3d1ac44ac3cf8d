import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  holdOutEnd,
  joinSeries,
  readSeries,
  type SeriesOptions,
  seriesOf,
  sliceSeries,
} from "../../../src/models/forecaster/series.ts";
import { expectError, expectRejection } from "../../runtimes.ts";

const read = (text: string, wanted?: string[], options?: SeriesOptions) =>
  readSeries([text], "a.csv", wanted, options);

describe("readSeries", () => {
  it("refuses bytes, whether in a list or alone", async () => {
    const bytes = new TextEncoder().encode("x\n1\n");
    const message = /piece of the text is of type (Uint8Array|Number), expected a string/;
    for (const chunks of [[bytes], bytes]) {
      await expectRejection(readSeries(chunks as never, "a.csv"), "ERR_DATA", message);
    }
  });

  it("takes all columns that hold numbers, and says which it left out", async () => {
    const series = await read('Date,"Temp, min",wind\n1981-01-01,20.7,-3\n"1981-01-02", 17.9 ,+4e1\n');
    expect(series.columns).toEqual(["Temp, min", "wind"]);
    expect(series.others).toEqual(["Date"]);
    expect(series.rows).toBe(2);
    expect([...series.values]).toEqual([20.7, -3, 17.9, 40]);
  });

  it("takes the columns that are wanted, in their order", async () => {
    const series = await read("a,b,c\n1,2,x\n3,4,y", ["b", "a"]);
    expect(series).toMatchObject({ columns: ["b", "a"], others: ["c"], rows: 2 });
    expect([...series.values]).toEqual([2, 1, 4, 3]);
  });

  it.each([
    ["semicolons and decimal commas", "t;x\n1;1,5\n2;-,5\n", [1, 1.5, 2, -0.5]],
    ["tabs and decimal commas", "t\tx\n1\t1,5\n2\t2,25", [1, 1.5, 2, 2.25]],
    ["thousands after decimal points", "d;x\n1;999.5\n1;1,234\n", [1, 999.5, 1, 1234]],
    ["both marks", "d;x\n1;1.234,5\n", [1, 1234.5]],
    ["semicolons and decimal points", "t;x\n1;1.5\n2;.25\n", [1, 1.5, 2, 0.25]],
    ["quotes around all", '"t";"x"\r\n"1";"1.5"\r\n"2";"3"\r\n', [1, 1.5, 2, 3]],
    ["a byte order mark and blank lines", "\ufefft,x\n\n1,1.5\n \n2,3\n\n", [1, 1.5, 2, 3]],
    ["quotes in quotes", '"t","say ""x"", y"\n1,2\n', [1, 2]],
  ])("reads %s", async (_, text, values) => {
    expect([...(await read(text)).values]).toEqual(values);
  });

  it("takes quotes off names", async () => {
    const names = ['"say ""x"", y"', ' "" ', '"a;b"', " c "].join(",");
    const { columns, others } = await read(`${names}\n1,2,3,4\n`);
    expect([columns, others]).toEqual([['say "x", y', "a;b", "c"], [""]]);
  });

  it("reads a column of numbers without a header", async () => {
    const series = await read("1.5\n-2\n3e2\n");
    expect(series).toMatchObject({ columns: ["value"], rows: 3 });
    expect([...series.values]).toEqual([1.5, -2, 300]);
    expect((await read("1\n2\n", ["x"])).columns, "under the name that is wanted").toEqual(["x"]);
  });

  it("takes numbers as names if they are wanted", async () => {
    expect((await read("1980,1981\n5,6\n", ["1981"])).values).toEqual(Float64Array.of(6));
  });

  it("leaves a column without a name out", async () => {
    expect((await read(",x\n0,5\n1,6\n")).columns).toEqual(["x"]);
  });

  it("does not depend on how the text is cut", async () => {
    const text = 'd;"x y";z\n"a";1,5;2\n"b";3,5;4\n';
    const whole = await read(text);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: text.length }), async (size) => {
        const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
          text.slice(i * size, (i + 1) * size),
        );
        expect(await readSeries(chunks, "a.csv")).toEqual(whole);
      }),
    );
  });

  it("gives back what was written, whatever the separator", async () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0); // no -0, which is written as 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 9 }),
        fc.constantFrom(",", ";", "\t"),
        async (rows, separator) => {
          const text = ["a", "b"].join(separator) + rows.map((row) => `\n${row.join(separator)}`).join("");
          const decimal = separator === "," ? undefined : "."; // 1.125 has two meanings
          expect([...(await read(text, undefined, { decimal, missing: [] })).values]).toEqual(rows.flat());
        },
      ),
    );
  });

  it.each<[string, string, string[] | undefined, RegExp]>([
    ["text", "d,x\n1,2\n1,two\n", undefined, /^a\.csv, line 3: column "x" is "two", expected a number/],
    [
      "a column of text by name",
      "d,x\n1999-01,2\n",
      ["d"],
      /line 2: column "d" is "1999-01", expected a number/,
    ],
    ["NaN", "x\n1\nNaN\n", undefined, /line 3: column "x" is "NaN"; fill the gap/],
    ["NaN in the first row", "d,x\n1,nan\n2,1\n", undefined, /line 2: column "x" is "nan"; fill the gap/],
    ["a missing cell", "d,x\n1,2\n\n,3\n", undefined, /line 4: column "d" is empty; fill the gap/],
    ["a missing cell in the first row", "d,x\n1,\n2,5\n", undefined, /line 2: column "x" is empty/],
    ["nothing in the only column", "d,x\n1,\n", ["x"], /line 2: column "x" is empty/],
    ["NA, as R writes it", "d,x\n1,2\n2,NA\n", undefined, /line 3: column "x" is "NA"; fill the gap/],
    ["infinity", "x\n-inf\n", undefined, /line 2: column "x" is "-inf"/],
    ["a number beyond all", "x\n1\n1e999\n", undefined, /line 3: column "x" is "1e999", expected a number/],
    ["what only JavaScript reads as a number", "x\n1\n0x10\n", undefined, /line 3: column "x" is "0x10"/],
    ["a row too short", "d,x\n1,2\n1\n", undefined, /line 3: 1 cells, expected 2/],
    ["a row too long", "d,x\n1,2\n1,2,3\n", undefined, /line 3: 3 cells, expected 2/],
    [
      "another separator in the rows",
      "d,x\n1;2\n",
      undefined,
      /line 2: 1 cells, expected 2 with commas, semicolons or tabs/,
    ],
    [
      "a separator that is none",
      "d|x\n1|2\n",
      undefined,
      /line 2: no number in a column .* commas, semicolons or tabs/,
    ],
    ["no header", "1,2\n3,4\n", undefined, /line 1: "1" is no name of a column; expected a header/],
    ["no header over a date", "1999-01,2\n1999-02,4\n", undefined, /line 1: "2" is no name of a column/],
    ["a column that does not exist", "d,x\n1,2\n", ["y"], /line 1: there is no column "y", only "d", "x"/],
    ["two columns of one name", "x,x\n1,2\n", undefined, /line 1: there are two columns "x"/],
    ["an open quote", 'd,x\n1,2\n"1,2\n', undefined, /line 3: a quote is not closed/],
    [
      "something behind a quote",
      'd,x\n"1"2,2\n',
      undefined,
      /line 2: a quote is not closed where its cell ends/,
    ],
    [
      "a decimal comma or thousands in a table with commas",
      'd,x\n1,"1,234"\n',
      ["x"],
      /line 2: column "x" is "1,234", which may be 1234 \(--decimal \.\) or 1\.234 \(--decimal ,\)/,
    ],
    [
      "two decimal marks in a column",
      "d;x\n1;999.5\n1;1,5\n",
      undefined,
      /line 3: .*"1,5", but .* decimal mark "\."; .*--decimal/,
    ],
    ["marks in the wrong order", "d;x\n1;1,23.4,5\n", ["x"], /line 2: column "x" is "1,23\.4,5", expected/],
    ["a header alone", "d,x\n", undefined, /^a\.csv has no rows of numbers/],
    ["nothing but blank lines", "\n \n", undefined, /^a\.csv has no rows of numbers/],
  ])("refuses %s", async (_, text, wanted, message) => {
    await expectRejection(read(text, wanted), "ERR_DATA", message);
  });

  it("takes a line of 10 MB, or names it in a short message", async () => {
    const long = "1".repeat(10_000_000);
    await expectRejection(
      read(`x\n1\n${long}\n`),
      "ERR_DATA",
      /^a\.csv, line 3: column "x" is "1{60}\.\.\."/,
    );
    await expectRejection(
      read(`x\n1\n${",".repeat(1_000_000)}\n`),
      "ERR_DATA",
      /^a\.csv, line 3: 1000001 cells, expected 1/,
    );
    expect((await read(`d,x\n${"d".repeat(10_000_000)},7\n`)).values).toEqual(Float64Array.of(7));
  });
});

describe("a series", () => {
  const series = seriesOf({ a: [1, 2, 3, 4], b: Float32Array.of(5, 6, 7, 8) });

  it("is made of lists", () => {
    expect(series).toEqual({ columns: ["a", "b"], rows: 4, values: Float64Array.of(1, 5, 2, 6, 3, 7, 4, 8) });
    expectError(() => seriesOf({ a: [1], b: [] }), "ERR_DATA", "column b has 0 rows, expected 1");
    expectError(() => seriesOf({ a: [1, Number.NaN] }), "ERR_DATA", "column a, row 2 is NaN");
  });

  it("is cut and joined", () => {
    for (let at = 0; at <= 4; at++) {
      expect(joinSeries(sliceSeries(series, 0, at), sliceSeries(series, at))).toEqual(series);
    }
  });

  it("holds its last tenth out, or as much as is needed", () => {
    const long = seriesOf({ a: Array.from({ length: 25 }, (_, i) => i) });
    const { train, validation } = holdOutEnd(long);
    expect([train.rows, [...validation.values]]).toEqual([23, [23, 24]]);
    expect(holdOutEnd(long, 7).validation.rows).toBe(7);
    expectError(() => holdOutEnd(long, 25), "ERR_DATA", "25 rows, of which the last 25");
    expectError(() => holdOutEnd(sliceSeries(long, 0, 1)), "ERR_DATA", "nothing is left");
  });
});
