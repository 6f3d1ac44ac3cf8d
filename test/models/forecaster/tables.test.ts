import { describe, expect, it } from "vitest";
import { readSeries, type SeriesOptions } from "../../../src/models/forecaster/series.ts";
import { expectRejection } from "../../runtimes.ts";

// Tables as people have them: what is read, what is left out, what is guessed, and what is refused.

const read = (text: string, wanted?: readonly string[], options?: SeriesOptions) =>
  readSeries([text], "a.csv", wanted, options);

const lines = (...all: string[]) => `${all.join("\n")}\n`;

/** Reads a column of a table with one column. */
const column = async (cells: readonly string[], options?: SeriesOptions) => [
  ...(await read(lines("x", ...cells), undefined, options)).values,
];

describe("the type of a column comes from its rows", () => {
  it.each<[string, string, string[], string]>([
    ["None first", "event,x\nNone,1\nNone,2\nFair,3\n", ["x"], "event (text)"],
    ["numbers among texts", "code;x\n7;1\nA1;2\nB2;3\nC3;4\n", ["x"], "code (text)"],
    ["a column of texts that begins with gaps", "remark,x\n,1\n,2\nrain,3\n", ["x"], "remark (text)"],
    ["an empty column", "x,y\n1,\n2,NA\n3,\n", ["x"], "y (empty)"],
    ["empty columns at the end of all lines", "x;y;;\n1;4;;\n2;5;;\n", ["x", "y"], "column 3 (no name)"],
    ["rows without cells at the end", "x;y\n1;4\n2;5\n;\n;\n", ["x", "y"], ""],
  ])("%s", async (_, text, columns, leftOut) => {
    const { columns: found, notes } = await read(text);
    expect(found).toEqual(columns);
    expect(notes[0]).toContain(`columns ${columns.join(", ")}`);
    expect(notes[0]).toContain(leftOut);
  });

  it("refuses a text in a column of numbers, also in the first row", async () => {
    const text = "x,lead\n1,<0.5\n2,0.7\n3,0.9\n";
    await expectRejection(read(text), "ERR_DATA", /line 2: column "lead" is "<0\.5", expected .* --column/);
    const { columns, notes } = await read(text, undefined, { targets: ["x"] });
    expect(columns, "unless another one is the target").toEqual(["x"]);
    expect(notes).toEqual(["columns x; left out lead (text in line 2)"]);
    await expectRejection(read(text, undefined, { targets: ["lead"] }), "ERR_DATA", /line 2: column "lead"/);
    await expectRejection(read(text, undefined, { targets: ["zinc"] }), "ERR_DATA", /no column "zinc", only/);
  });
});

describe("gaps", () => {
  it.each<[string, SeriesOptions["fill"], number[]]>([
    ["with the previous number", "previous", [1, 1, 1, 4, 4]],
    ["along a line", "linear", [1, 2, 3, 4, 4]],
  ])("are filled %s", async (_, fill, filled) => {
    expect(await column(["1", "?", "NA", "4", "None"], { fill })).toEqual(filled);
    expect(await column(["-", "n/a", "5"], { fill }), "at the start").toEqual([5, 5, 5]);
  });

  it("are counted in a note", async () => {
    const { notes, values } = await read("d;x;y\na;1;5\nb;;6\nc;;\nd;4;8\n", undefined, { fill: "linear" });
    expect([...values]).toEqual([1, 5, 2, 6, 3, 7, 4, 8]);
    expect(notes.slice(1)).toEqual([
      'column "x": 2 gaps filled along straight lines, the first in line 3',
      'column "y": 1 gap filled along straight lines, the first in line 4',
    ]);
  });

  it("name the option if they are not filled, or nothing can fill them", async () => {
    await expectRejection(
      read("x,y\n1,2\n3,\n"),
      "ERR_DATA",
      /^a\.csv, line 3: column "y" is empty; .*--fill previous or --fill linear/,
    );
    await expectRejection(
      read("x,y\n1,\n3,\n", ["y"], { fill: "linear" }),
      "ERR_DATA",
      /column "y" is empty/,
    );
    await expectRejection(
      read("x\n1\ntwo\n", ["x"], { fill: "linear" }),
      "ERR_DATA",
      /"two", expected a number/,
    );
    await expectRejection(read("x\n1\n", ["x"], { fill: "next" as never }), "ERR_VALUE", /fill is "next"/);
  });
});

describe("marks of thousands and decimals", () => {
  it.each<[string, string[], number[]]>([
    ["points for decimals", ["1.5", "1,234.5", "12,345"], [1.5, 1234.5, 12345]],
    ["commas for decimals", ["1,5", "1.234,5", "12.345"], [1.5, 1234.5, 12345]],
    ["two marks of thousands", ["1.234.567", "2.345"], [1234567, 2345]],
    ["a zero before the mark", ["0,125", "1,250"], [0.125, 1.25]],
    ["more digits than a group has", ["1234,125", "1,125"], [1234.125, 1.125]],
    ["plain numbers beside groups that end in 0", ["990", "1,000", "1,010"], [990, 1000, 1010]],
    ["the same with points", ["990", "1.000", "-1.010"], [990, 1000, -1010]],
    [
      "spaces between thousands",
      ["1 234,5", "12\u00a0345,25", "1\u202f234\u202f567"],
      [1234.5, 12345.25, 1234567],
    ],
    ["apostrophes between thousands", ["1'234.5", "12\u2019345.25"], [1234.5, 12345.25]],
    ["thousands as in India", ["12,34,567", "1,00,000.5"], [1234567, 100000.5]],
    ["the sign of minus", ["\u22121.5", "+2.5"], [-1.5, 2.5]],
  ])("%s", async (_, cells, numbers) => {
    expect(await column(cells)).toEqual(numbers);
    const table = (separator: string, quote = "") =>
      lines(`d${separator}x`, ...cells.map((cell) => `a${separator}${quote}${cell}${quote}`));
    for (const text of [table("\t"), table(";"), table(";", '"')]) {
      expect([...(await read(text)).values], text).toEqual(numbers);
    }
    const commas = read(table(",", '"'));
    if (cells[1] === "1.000") await expectRejection(commas, "ERR_DATA", /"1\.000".*--decimal/);
    else expect([...(await commas).values]).toEqual(numbers);
  });

  it("come from other columns if a column does not show them", async () => {
    const { values, notes } = await read('d,n,p\na,"2,105",21.05\nb,"2,109",21.09\n');
    expect([...values]).toEqual([2105, 21.05, 2109, 21.09]);
    expect(notes).toContain('column "n": "2,105" is read as 2105; --decimal decides otherwise');
    expect([...(await read("n;p\n2.105;1,5\n", ["n"])).values], "also from one that is not read").toEqual([
      2105,
    ]);
    const points = await read("n;p\n2.105;1.5\n");
    expect([[...points.values], points.notes.length], "no note if nothing is unusual").toEqual([
      [2.105, 1.5],
      1,
    ]);
  });

  it("are points in a table with commas between the cells", async () => {
    expect([...(await read("d,x\na,5.125\nb,6.250\n")).values]).toEqual([5.125, 6.25]);
  });

  it.each([
    ["a column of groups alone", ["1,001", "1,250", "2,125"], 1001, 1.001],
    ["groups with points", ["5.125", "6.250"], 5125, 5.125],
    ["plain numbers beside groups without a 0 at the end", ["987", "1,001", "1,255"], 1001, 1.001],
    ["plain numbers of more than three digits", ["1200", "1,250"], 1250, 1.25],
  ])(
    "are refused if they have two meanings, and decided by --decimal: %s",
    async (_, cells, large, small) => {
      const row = cells.findIndex((cell) => /[.,]/.test(cell));
      const [thousands, decimal] = cells[row]!.includes(",") ? ([".", ","] as const) : ([",", "."] as const);
      const message = new RegExp(
        `^a\\.csv, line ${row + 2}: column "x" is "${cells[row]}", which may be ${large} \\(--decimal ${thousands === "." ? "\\." : ","}\\) or ${small} `,
      );
      await expectRejection(column(cells), "ERR_DATA", message);
      expect((await column(cells, { decimal: thousands }))[row]).toBe(large);
      expect((await column(cells, { decimal }))[row]).toBe(small);
    },
  );

  it("are refused if they differ in a column, or from --decimal", async () => {
    await expectRejection(
      column(["1,5", "1.5"]),
      "ERR_DATA",
      /line 3: .*"1\.5", but .* mark ","; .*--decimal/,
    );
    await expectRejection(
      column(["1.5"], { decimal: "," }),
      "ERR_DATA",
      /line 2: column "x" is "1\.5", expected a number with the decimal mark ","/,
    );
    await expectRejection(column(["1"], { decimal: ";" as never }), "ERR_VALUE", /decimal is ";"/);
  });

  it("are read in a file of one column, with or without a name", async () => {
    for (const top of [[], ["sales"]]) {
      expect([...(await read(lines(...top, "987", "1,000", "1,250"))).values]).toEqual([987, 1000, 1250]);
      expect([...(await read(lines(...top, "0,5", "12,75"), undefined, { decimal: "," })).values]).toEqual([
        0.5, 12.75,
      ]);
    }
    expect([...(await read(lines("1,5", "2", "3,25"))).values], "lines with and without a comma").toEqual([
      1.5, 2, 3.25,
    ]);
    await expectRejection(
      read("12,5\n13,5\n"),
      "ERR_DATA",
      /line 1: "12" is no name .* or --decimal if "12,5"/,
    );
  });
});

describe("the time axis", () => {
  const days = ["2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02"];
  const table = (times: readonly string[], name = "when") =>
    lines(`${name};x`, ...times.map((time, i) => `${time};${i * i}.5`));

  it.each<[string, string[]]>([
    ["days", days],
    ["days and times", ["2024-01-01T00:00Z", "2024-01-01T01:00Z", "2024-01-01T02:30Z"]],
    ["days first", ["31.01.2024", "01.02.2024", "02.02.2024"]],
    ["months first", ["1/31/2024 9:00 PM", "2/1/2024 1:00 AM", "2/1/2024 1:00 PM"]],
    ["either", ["01/02/2024", "02/02/2024", "03/02/2024"]],
    ["names of months", ["30 Nov 2023", "1 December 2023", "Dec 2, 2023"]],
    ["months and years", ["Nov-23", "Dec-23", "Jan-24"]],
    ["German", ["30. November 2023", "1. Dezember 2023", "2. Mai 2024"]],
    ["French", ["30 nov. 2023", "1 décembre 2023", "2 août 2024"]],
    ["Russian", ["30 ноября 2023", "1 декабря 2023", "2 мая 2024"]],
    ["Chinese", ["2023年11月30日", "2023年12月1日", "2024年1月1日"]],
    ["numbers", ["20231230", "20231231", "20240101"]],
    ["months", ["2023-11", "2023-12", "2024-01"]],
  ])("is noticed and not read: %s", async (_, times) => {
    const { columns, notes } = await read(table(times));
    expect([columns, notes[0]]).toEqual([["x"], "columns x; left out when (time)"]);
    const wrong = [...times].reverse();
    await expectRejection(
      read(table(wrong)),
      "ERR_DATA",
      /^a\.csv, line 3: time runs backwards: "when" is "/,
    );
    await expectRejection(read(table(wrong), ["x"]), "ERR_DATA", /backwards/);
  });

  it("is noticed in columns of row numbers, times and parts of dates", async () => {
    const numbers = (name: string, cells: readonly (string | number)[]) => table(cells.map(String), name);
    expect((await read(numbers("No", [7, 8, 9]))).notes).toEqual(["columns x; left out No (row numbers)"]);
    expect((await read(numbers("z", [0, 1, 2, 3]))).columns, "whatever its name").toEqual(["x"]);
    expect((await read(numbers("index", [2, 5, 9]))).columns).toEqual(["x"]);
    expect((await read(numbers("timestamp", [1.7e9, 1.7e9 + 60, 1.7e9 + 61]))).columns).toEqual(["x"]);
    const second = await read("x,z\n5,1\n6,2\n5,3\n");
    expect(second.columns, "but not after other columns").toEqual(["x", "z"]);
    expect((await read(numbers("day", [1, 2, 3]))).columns).toEqual(["x"]);
    expect((await read("year\n2003\n2002\n2001\n")).columns, "or alone").toEqual(["year"]);
    expect((await read(numbers("z", [2, 5, 9]))).columns, "other numbers are read").toEqual(["z", "x"]);
    expect((await read(numbers("hour", [22, 23, 0]))).columns).toEqual(["hour", "x"]);
    await expectRejection(
      read(numbers("No", [9, 8, 7])),
      "ERR_DATA",
      /line 3: time runs backwards: "No" is "8"/,
    );
    const back = numbers("time", [0, 10, 20, 30, 25, 40]);
    await expectRejection(read(back), "ERR_DATA", /line 6: .*"time" is "25" after "30"; sort/);
    expect((await read(numbers("time", [5, 3, 4, 2, 4, 3]))).columns, "a duration").toEqual(["time", "x"]);
    const decimal = [2003.042, 2003.123, 2003.204];
    expect((await read(numbers("year", decimal))).columns, "parts of years").toEqual(["x"]);
    await expectRejection(read(numbers("decimal year", decimal.reverse())), "ERR_DATA", /backwards/);
    const parts = "year,month,day,x\n2023,12,30,5.5\n2023,12,31,6\n2024,1,1,7\n";
    expect((await read(parts)).columns).toEqual(["x"]);
    await expectRejection(read(parts.replace("2024", "2022")), "ERR_DATA", /"year" and "month" and "day" is/);
    expect((await read(numbers("No", [7, 8, 9]), ["No"])).columns, "if asked for").toEqual(["No"]);
    expect((await read("1\n2\n3\n4\n")).values.length, "if there is nothing else").toBe(4);
  });

  it.each([
    ["weeks", ["week 9", "week 10", "week 11"]],
    ["weeks of years", ["2023-W52", "2024-W1", "2024-W3"]],
    ["quarters", ["2023Q3", "2023Q4", "2024Q1"]],
    ["quarters before years", ["Q3 2023", "Q4 2023", "Q1 2024"]],
    ["Chinese numbers", ["2023年9号", "2023年10号", "2024年1号"]],
    ["numbered rows", ["d8", "d9", "d10", "d12"]],
  ])("is checked in labels that all go one way: %s", async (_, labels) => {
    expect((await read(table(labels))).notes).toEqual(["columns x; left out when (text)"]);
    await expectRejection(read(table([...labels].reverse())), "ERR_DATA", /line 3: time runs backwards/);
    expect((await read(table([...labels, labels[0]!]))).columns, "others are texts").toEqual(["x"]);
  });

  it("may be a date and a time of day in two columns", async () => {
    const text = "date;time;x\n1/1/2024;22.00.00;5,5\n1/1/2024;23.00.00;6\n2/1/2024;00.00.00;7\n";
    expect((await read(text)).notes).toEqual(["columns x; left out date (time), time (time)"]);
    await expectRejection(read(text.replace("23.", "21.")), "ERR_DATA", /line 3: .*"date" and "time"/);
  });

  it("may be times of day alone, which begin again at midnight", async () => {
    const clocks = ["22:00", "23:00", "00:00", "01:00", "02:00", "03:00"];
    expect((await read(table(clocks))).columns).toEqual(["x"]);
    await expectRejection(read(table(clocks.reverse())), "ERR_DATA", /line 3: time runs backwards/);
  });

  it("is refused if one row is out of order", async () => {
    const [a, b, c, d, e] = days as [string, string, string, string, string];
    await expectRejection(
      read(table([a, c, b, d, e])),
      "ERR_DATA",
      /line 4: .* is "2024-02-28" after "2024-02-29"/,
    );
    const hours = ["00", "02", "01", "03"].map((hour) => `2024-01-01 ${hour}:00`);
    await expectRejection(read(table(hours)), "ERR_DATA", /line 4: time runs backwards/);
  });

  it("names equal and missing times in notes", async () => {
    const all = [
      ...days.slice(0, 3),
      days[2]!,
      "2024-03-01",
      "2024-03-02",
      "2024-03-05",
      "2024-03-06",
      "2024-03-07",
    ];
    expect((await read(table(all))).notes.slice(1)).toEqual([
      'equal times: 1 in "when", the first in line 5',
      'missing times: 2 in "when", the first between "2024-03-02" and "2024-03-05"',
    ]);
    const hours = ["00", "01", "02", "01", "02", "03"].map((hour) => `2024-10-27 ${hour}:00`);
    expect((await read(table(hours))).notes[1], "when clocks are set back").toContain(
      'equal times: 2 in "when"',
    );
    const irregular = ["2024-01-01", "2024-01-02", "2024-01-05", "2024-01-11", "2024-01-12"];
    expect((await read(table(irregular))).notes.length, "irregular times lack none").toBe(1);
    expect((await read(table(["2024-01-01", "", "2024-01-03"]))).notes).toContain(
      '1 row has no time in "when"',
    );
  });
});

describe("the lines above the numbers", () => {
  it.each<[string, string, string[], number[]]>([
    ["years as names", "2019,2020\n5,6\n7,8\n", ["2019", "2020"], [5, 6, 7, 8]],
    ["years beside a word", "place;2019;2020\nRiga;1,5;2\nBonn;3;4\n", ["2019", "2020"], [1.5, 2, 3, 4]],
    ["words for missing numbers as names", "Na,K\n1,2\n", ["Na", "K"], [1, 2]],
    ["such a word alone", "Na\n1\n2\n", ["Na"], [1, 2]],
    ["a line that names the separator", "sep=;\nx;y\n1,5;2\n", ["x", "y"], [1.5, 2]],
    ["an unusual separator", "sep=|\nx|y\n1|2\n", ["x", "y"], [1, 2]],
    ["comments", "# made by hand\n# 2024\nx,y\n1,2\n", ["x", "y"], [1, 2]],
    ["names in a comment", "# x,y\n1,2\n3,5\n", ["x", "y"], [1, 2, 3, 5]],
    ["units", "t,v\n°C,m/s\n1,2\n", ["t", "v"], [1, 2]],
    ["units in brackets, and none", "d;t;v\n;[degC];-\na;1,5;2\n", ["t", "v"], [1.5, 2]],
  ])("may be %s", async (_, text, columns, values) => {
    const series = await read(text);
    expect([series.columns, [...series.values]]).toEqual([columns, values]);
  });

  it("are named in a note if they are left out", async () => {
    expect((await read("t,v\n°C,m/s\n1,2\n")).notes[1]).toBe("line 2 is left out, a row of units: °C, m/s");
    expect((await read("x\n1\n# a pause\n2\n")).notes[1]).toMatch(/^lines that begin with # .*: 1 below/);
  });

  it("are not missing", async () => {
    await expectRejection(read("2019,2020\n2021,2022\n"), "ERR_DATA", /"2019" is no name of a column/);
    await expectRejection(read("1999-01,1980\n1999-02,1990\n"), "ERR_DATA", /"1980" is no name of a column/);
    await expectRejection(read("NaN,NA\n1,2\n"), "ERR_DATA", /"NaN" is no name of a column/);
    expect((await read("NaN\n1\n", undefined, { fill: "previous" })).rows, "a gap first").toBe(2);
  });
});

describe("the first line", () => {
  it("names the columns or not, as the option says", async () => {
    const numbers = "3,40\n9,50\n5,60\n";
    await expectRejection(read(numbers), "ERR_DATA", "--no-header");
    const without = await read(numbers, undefined, { header: false });
    expect(without).toMatchObject({ columns: ["column 1", "column 2"], rows: 3 });
    expect([...without.values]).toEqual([3, 40, 9, 50, 5, 60]);
    const chosen = await read(numbers, ["column 2"], { header: false });
    expect([...chosen.values]).toEqual([40, 50, 60]);
    const named = await read(numbers, undefined, { header: true });
    expect(named).toMatchObject({ columns: ["3", "40"], rows: 2 });
    // A word above a single column is a name, unless it is a missing number.
    expect(await read("NA\n2\n3\n", undefined, { header: true })).toMatchObject({ columns: ["NA"], rows: 2 });
    const one = await read("1\n2\n3\n", undefined, { header: false });
    expect(one).toMatchObject({ columns: ["value"], rows: 3 });
    await expectRejection(
      read(numbers, undefined, { header: "no" as never }),
      "ERR_VALUE",
      'header is "no", expected true or false',
    );
  });
});

describe("signs and units", () => {
  it.each(["$900", "1.5 kg", "12%", "€1200"])("%s is no number", async (cell) => {
    const advice = `column "x" is ${JSON.stringify(cell)}, expected a number, without signs and units such as $ and kg`;
    await expectRejection(read(lines("x", cell, cell)), "ERR_DATA", `a.csv, line 2: ${advice}`);
    await expectRejection(read(lines("x", "5", cell)), "ERR_DATA", `a.csv, line 3: ${advice}`);
  });
});

it("names of columns are the same however their accents are written", async () => {
  const text = lines("d;cafe\u0301", "1;5", "2;6");
  for (const wanted of [["caf\u00e9"], ["cafe\u0301"]]) {
    expect(await read(text, wanted)).toMatchObject({ columns: wanted, values: Float64Array.of(5, 6) });
  }
  const { columns } = await read(text, undefined, { targets: ["cafe\u0301"] });
  expect(columns).toEqual(["d", "caf\u00e9"]);
});

it("names a cell that is no date among dates", async () => {
  const dates = Array.from({ length: 20 }, (_, i) => `2024-01-${10 + i};${i}`);
  for (const odd of ["unknown", "Summe", "1344"]) {
    await expectRejection(
      read(lines("date;sold", ...dates, `${odd};1344`)),
      "ERR_DATA",
      `a.csv, line 22: column "date" is ${JSON.stringify(odd)}, but the other cells are dates; correct it, or leave out the row`,
    );
  }
  const { columns } = await read(lines("date;sold", ...dates, ";5"));
  expect(columns, "a missing date is none").toEqual(["sold"]);
  expect((await read(lines("when;sold", ...dates.slice(0, 3), "soon;4", "later;5"))).columns).toEqual([
    "sold",
  ]);
});

it("tells that a column of names may divide the rows into several series", async () => {
  const block = (name: string, rows: number) => Array.from({ length: rows }, (_, i) => `${name};${i}`);
  const { notes } = await read(
    lines("symbol;price", ...block("AAA", 6), ...block("BBB", 6), ...block("CCC", 7)),
  );
  expect(notes.slice(1)).toEqual([
    'the rows are read as one series, but column "symbol" changes from "AAA" to "BBB" in line 8; if these are 3 series, give the rows of one',
  ]);
  const seasons = lines("season;price", ...block("cold", 6), ...block("warm", 6), ...block("cold", 6));
  expect((await read(seasons)).notes, "values that come back").toHaveLength(1);
  expect((await read(lines("code;price", ...block("A", 6), ...block("B", 1)))).notes).toHaveLength(1);
});

describe("all numbers on one line", () => {
  it.each([
    ["1 2.5 -3 4\n", [1, 2.5, -3, 4]],
    ["1, 2.5, -3, 4", [1, 2.5, -3, 4]],
    ["# a week\n\n1;2,5;-3;4\n", [1, 2.5, -3, 4]],
    ["1\t2.5\t-3\t4\r\n", [1, 2.5, -3, 4]],
  ])("are a series: %j", async (text, numbers) => {
    const { columns, values, notes } = await read(text);
    expect([columns, [...values]]).toEqual([["value"], numbers]);
    expect(notes.join()).toMatch(/the 4 numbers of line \d are read as one series/);
    expect((await read(text, ["sales"])).columns, "for a model of one column").toEqual(["sales"]);
  });

  it("are columns if they have to be, and one number may have separators", async () => {
    await expectRejection(read("1,2,3,4\n", ["x", "y", "z", "w"]), "ERR_DATA", /line 1/);
    await expectRejection(read("1,234,567\n"), "ERR_DATA", /--decimal if "1,234,567" is one number/);
    await expectRejection(read("1,2,x,4\n"), "ERR_DATA", /"1" is no name of a column/);
    expect((await read("1,2,3,4\n", undefined, { header: false })).columns).toHaveLength(4);
  });
});

describe("columns between spaces", () => {
  it.each([
    ["without a header", "7.5  20\n2.5  21\n9.5  25\n", { header: false }, ["column 1", "column 2"]],
    ["of NumPy", "1.0e+00 2.0e+00\n3.0e+00 4.0e+00\n", { header: false }, ["column 1", "column 2"]],
    ["with a header", "a b\n10 2000\n11 2001\n", {}, ["a", "b"]],
    ["with dates and gaps", "day a\n2024-01-01 5\n2024-01-02 ?\n", { fill: "previous" }, ["a"]],
  ] as const)("are read: %s", async (_, text, options, columns) => {
    expect((await read(text, undefined, options)).columns).toEqual(columns);
  });

  it("that could be thousands are refused, unless something says what they are", async () => {
    for (const text of ["10 200\n11 201\n", "a b\n10 200\n11 201\n", "112 118 132\n"])
      await expectRejection(read(text), "ERR_DATA", /it is unclear whether "1\S+ .* is one number or \d/);
    expect([...(await read("10 200\n11 201\n", undefined, { decimal: "." })).values]).toEqual([10200, 11201]);
    expect([...(await read("x\n10 200\n11 201\n")).values], "one name").toEqual([10200, 11201]);
    expect([...(await read("999\n11 201\n")).values], "other numbers of groups").toEqual([999, 11201]);
  });

  it("a line of more than seven groups of digits is a list", async () => {
    const numbers = Array.from({ length: 59 }, (_, i) => 112 + i);
    for (const mark of [" ", ","])
      expect([...(await read(numbers.join(mark))).values], mark).toEqual(numbers);
  });
});
