import { expect, it } from "vitest";
import { waves } from "../models/forecaster/forecasters.ts";
import { expectRefused, jsonLines, newFolder, unrolled } from "./cli.ts";
import { describeTask, MODEL, type RefusedCommand, trainOnce } from "./describe-task.ts";

const WAVES = waves(150);
const row = (i: number) => [...WAVES.values.subarray(2 * i, 2 * i + 2)];
const table = (separator: string, from = 0, end = 150) =>
  [
    ["date", "wave", "echo"],
    ...Array.from({ length: end - from }, (_, i) => [`day ${from + i}`, ...row(from + i)]),
  ]
    .map((cells) => `${cells.join(separator)}\n`)
    .join("");

const FILES = {
  "all.csv": table(","),
  "all.tsv": table("\t"),
  "german.csv": table(";").replaceAll(".", ","),
  "begin.csv": table(",", 0, 120),
  "end.csv": table(",", 120),
  "plain.txt": Array.from({ length: 150 }, (_, i) => `${row(i)[0]}\n`).join(""),
  "rows.csv": table(",", 0, 12),
  "gap.csv": `${table(",")}day 150,,7\n`,
  "nan.csv": `${table(",")}day 150,NaN,7\n`,
  "filled.csv": `${table(",")}day 150,${row(149)[0]},7\n`,
  "thousands.tsv": `day\techo\n${"a day\t1,234\n".repeat(150)}`,
  "backwards.csv": "date,x\n2024-01-03,1\n2024-01-02,2\n2024-01-01,3\n",
  "ragged.csv": `${table(",")}day 150,7\n`,
  "pipes.csv": table("|"),
  "bare.csv": table(",").replace(/^.*\n/, ""),
  "one.csv": "x\n5\n",
  "empty.csv": "",
  "latin.csv": Uint8Array.from([...Buffer.from("x\n1\n"), 0xe9, 10]),
  "utf16.csv": new Uint8Array(Buffer.from("x\n1\n2\n", "utf16le")),
  "names.tsv": "anna\tf\nbob\tm\ntom\tm\neva\tf\nmia\tf\n",
};

const ALL = ["--data", "all.csv"];
const TRAIN = [
  ...["train", "--task", "forecaster", "--variant", "strict"],
  ...["--hidden", "8", "--batch", "8", "--seq", "16", "--lr", "0.02"],
];

/** The rows that are held out of 150 for forecasts of 3 steps. */
const HELD = [...ALL, "--from", "136"];

const trained = describeTask("a forecaster", {
  files: FILES,
  train: TRAIN,
  trains: [
    ["--data", "all.csv", "--horizon", "3", "--iters", "120"],
    (run) => {
      expect(run[0]).toEqual({ iter: 1, loss: expect.any(Number), rows_per_second: expect.any(Number) });
      const end = run.at(-1) as Record<string, number>;
      expect(end).toMatchObject({ done: true, iters: 120, test_loss: null, model: MODEL });
      expect(end.mae).toBeLessThan(0.5 * end.persistence_mae!);
    },
  ],
  prints: {
    "eval --json: the errors of the run, per step and per column": [
      ["eval", MODEL, ...HELD],
      ({ json: [score], run }) => {
        const { mae, rmse, nrmse } = run.at(-1)!;
        expect(score).toMatchObject({ mae, rmse, nrmse, forecasts: 13 });
        expect(score!.ahead).toMatchObject([{ steps: 1 }, { steps: 3 }]);
        expect(Object.keys(score!.columns as object)).toEqual(["wave", "echo"]);
      },
    ],
    "eval: a table of them": [
      ["eval", MODEL, ...HELD],
      ({ json, text }) => {
        expect(text).toContain("13 forecasts, 3 steps ahead, compared from row 136\n");
        expect(text).toMatch(
          / +MAE +RMSE +NRMSE\nmodel .*\npersistence .*\n1 ahead .*\n3 ahead .*\nwave .*\necho .*\n\{/,
        );
        expect(JSON.parse(text.trimEnd().split("\n").at(-1)!)).toEqual(json[0]);
      },
    ],
    "eval: a single forecast": [
      ["eval", MODEL, ...ALL, "--from", "148"],
      ({ text }) => expect(text).toContain("1 forecast, 3 steps ahead, compared from row 148\n"),
    ],
    "predict --steps: the next rows": [
      ["predict", MODEL, "--data", "all.csv", "--steps", "5"],
      ({ json }) => {
        expect(json.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
        const right = waves(151).values.subarray(300);
        expect(Math.abs((json[0]!.values as { wave: number }).wave - right[0]!)).toBeLessThan(3);
      },
    ],
    "predict: a table under the columns' names": [
      ["predict", MODEL, "--data", "all.csv"],
      ({ json, text, notes }) => {
        const { wave, echo } = json[0]!.values as Record<string, number>;
        expect(notes).toBe("");
        expect(text.split("\n").slice(0, 2)).toEqual(["step\twave\techo", `1\t${wave}\t${echo}`]);
      },
    ],
    "info: the spec and the scaling of the training rows": [
      ["info", MODEL],
      ({ json: [info], text }) => {
        expect(info).toMatchObject({ spec: { task: "forecaster", columns: ["wave", "echo"], horizon: 3 } });
        const learnt = Array.from({ length: 135 }, (_, i) => row(i)[0]!); // without the rows that are held out
        const [{ mean }] = info!.scaling as [{ mean: number }];
        expect(mean).toBeCloseTo(learnt.reduce((sum, value) => sum + value) / 135, 9);
        expect(text).toMatch(/scaling +\[\{"mean":/);
      },
    ],
  },
  // Validates on the rows of a separate file.
  resumes: {
    data: ["--data", "begin.csv", "--validation", "end.csv"],
    options: ["--schedule", "constant"],
    after: 50,
    iterations: 120,
    check: async ({ folder, run }) => {
      const [score] = await jsonLines(folder, "eval", "a.safetensors", "--data", "all.csv", "--from", "121");
      expect(score).toMatchObject({ mae: run.at(-1)!.mae, forecasts: 30 });
      const on = ["train", "--data", "all.csv", "--resume", "b.checkpoint.safetensors", "--iters", "130"];
      await expectRefused(folder, on, "not those of this run");
    },
  },
  refusesToTrain: [
    ["a missing cell", ["--data", "gap.csv"], 'gap.csv, line 152: column "wave" is empty; fill the gap'],
    [
      "rows from new to old",
      ["--data", "backwards.csv"],
      'backwards.csv, line 3: time runs backwards: "date" is "2024-01-02" after "2024-01-03"',
    ],
    ["another fill", ["--data", "gap.csv", "--fill", "zero"], "Allowed choices are previous, linear"],
    ["NaN", ["--data", "nan.csv"], 'nan.csv, line 152: column "wave" is "NaN"; fill the gap'],
    ["a ragged row", ["--data", "ragged.csv"], "ragged.csv, line 152: 2 cells, expected 3"],
    ["another separator", ["--data", "pipes.csv"], "pipes.csv, line 2: no number in a column"],
    ["no header", ["--data", "bare.csv"], "bare.csv, line 1: "],
    [
      "a column that is not there",
      [...ALL, "--column", "wind"],
      'all.csv, line 1: there is no column "wind"',
    ],
    [
      "a column of text",
      [...ALL, "--column", "date"],
      'all.csv, line 2: column "date" is "day 0", expected a number',
    ],
    ["one row", ["--data", "one.csv"], "one.csv: 1 row, of which the last 1 would be held out"],
    [
      "a horizon longer than the data",
      ["--data", "rows.csv", "--horizon", "12"],
      "rows.csv: 12 rows, of which the last 12",
    ],
    [
      "a horizon that leaves too little",
      ["--data", "rows.csv", "--horizon", "6"],
      "rows.csv: 6 rows for training",
    ],
    [
      "too short a validation part",
      [...ALL, "--validation", "one.csv"],
      'one.csv, line 1: there is no column "wave"',
    ],
    ["an empty file", ["--data", "empty.csv"], "empty.csv is empty"],
    ["a text in Latin-1", ["--data", "latin.csv"], "latin.csv is not a text in UTF-8"],
    ["a text in UTF-16", ["--data", "utf16.csv"], "utf16.csv is not a text"],
    ["both ends", [...ALL, "--bidirectional"], "see the future"],
    [
      "iterated targets alone",
      [...ALL, "--target", "wave", "--strategy", "iterated", "--horizon", "2"],
      '"echo" is read and not forecast',
    ],
    ["an option of another task", [...ALL, "--pooling", "max"], "--pooling goes with task classifier"],
  ],
});

it.concurrent("a forecaster reads other separators and decimal commas alike", async () => {
  const { folder } = await trained();
  const predict = (data: string) => jsonLines(folder, "predict", MODEL, "--data", data, "--steps", "5");
  const next = await predict("all.csv");
  for (const file of ["all.tsv", "german.csv"]) expect(await predict(file), file).toEqual(next);
});

it.concurrent("a forecaster fills gaps if asked, and says how many", async () => {
  const folder = newFolder(FILES);
  const fill = ["--fill", "previous"];
  const { stderr } = await unrolled(folder, ...TRAIN, "--data", "gap.csv", ...fill, "--iters", "3");
  const note = 'gap.csv: column "wave": 1 gap filled with the previous number, the first in line 152';
  expect(stderr).toContain(note);
  for (const command of ["eval", "predict"]) {
    const filled = await unrolled(folder, command, MODEL, "--data", "gap.csv", ...fill);
    expect(filled.stderr).toContain(note);
    const { stdout } = await unrolled(folder, command, MODEL, "--data", "filled.csv");
    expect(filled).toMatchObject({ code: 0, stdout });
  }
  const on = [
    "train",
    "--data",
    "gap.csv",
    "--resume",
    "model.checkpoint.safetensors",
    "--iters",
    "3",
    "--json",
  ];
  await jsonLines(folder, ...on, ...fill);
  await jsonLines(folder, ...on);
  await expectRefused(folder, [...on, "--fill", "linear"], "not those of this run");
});

it.concurrent("a forecaster takes marks for missing numbers as gaps", async () => {
  const marked = table(",").replaceAll(/^(day [1-9]5),[^,]*,/gm, "$1,-999,");
  const folder = newFolder({
    "marked.csv": marked,
    "rows.json": '[{"echo": 1, "wave": -999}, {"echo": 2, "wave": 3}]',
  });
  const train = [...TRAIN, "--data", "marked.csv", "--iters", "3"];
  const refused = await unrolled(folder, ...train);
  expect(refused.stderr).toMatch(
    /marked\.csv, line 17: column "wave" is "-999", probably a mark .* --missing none/,
  );
  const { stderr, code } = await unrolled(folder, ...train, "--fill", "linear");
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("-999 is read as a mark"),
  });
  const predict = async (...options: string[]) =>
    (await unrolled(folder, "predict", MODEL, "--data", "rows.json", ...options)).stderr;
  expect(await predict()).toBe(
    'rows.json: column "wave": 1 gap filled along straight lines, the first in entry 1; those before the first number take it: 1\n',
  );
  expect(await predict("--missing", "none")).toBe("");
  expect(await predict("--missing", "2", "1", "--fill", "previous")).toContain('column "echo" is "1"');
  expect(await predict("--missing", "two")).toContain('expected numbers, or "none"');
});

it.concurrent("a forecaster is told the decimal mark, and takes arguments with points", async () => {
  const folder = newFolder(FILES);
  const train = [...TRAIN, "--data", "thousands.tsv", "--column", "echo", "--iters", "1"];
  await expectRefused(
    folder,
    train,
    'thousands.tsv, line 2: column "echo" is "1,234", which may be 1234 (--decimal .) or 1.234',
  );
  const means = await Promise.all(
    [".", ","].map(async (mark) => {
      const out = `${mark === "." ? "point" : "comma"}.safetensors`;
      await jsonLines(folder, ...train, "--decimal", mark, "--out", out);
      const [{ scaling }] = (await jsonLines(folder, "info", out)) as [{ scaling: [{ mean: number }] }];
      return scaling[0].mean;
    }),
  );
  expect(means[0]).toBeCloseTo(1234, 9);
  expect(means[1]).toBeCloseTo(1.234, 9);
  const predict = (...past: string[]) => jsonLines(folder, "predict", "comma.safetensors", ...past);
  expect(await predict("1.234", "1.250")).toEqual(await predict("1.2340", "1.25"));
});

it.concurrent("a forecaster says what it left out", async () => {
  const { stderr } = await unrolled(newFolder(FILES), ...TRAIN, "--data", "all.csv", "--iters", "2");
  expect(stderr).toContain("all.csv: columns wave, echo; left out date");
  expect(stderr).toContain("(persistence: MAE");
});

it.concurrent("a forecaster reads the columns that are named", async () => {
  const folder = newFolder(FILES);
  const columns = ["--column", "echo", "wave", "--target", "wave"];
  await jsonLines(folder, ...TRAIN, "--data", "all.csv", ...columns, "--iters", "2");
  const [info] = await jsonLines(folder, "info", MODEL);
  expect(info).toMatchObject({ spec: { columns: ["echo", "wave"], targets: ["wave"] } });
  const next = await jsonLines(folder, "predict", MODEL, "--data", "all.csv");
  expect(next).toEqual([{ step: 1, values: { wave: expect.any(Number) } }]);
});

it.concurrent("a forecaster takes one column of numbers, from a file or as arguments", async () => {
  const folder = newFolder(FILES);
  const direct = ["--horizon", "4", "--strategy", "direct", "--no-changes", "--loss", "mae", "--iters", "3"];
  await jsonLines(folder, ...TRAIN, "--data", "plain.txt", ...direct);
  const fromFile = await jsonLines(folder, "predict", MODEL, "--data", "plain.txt");
  expect(fromFile).toEqual([{ step: 4, values: { value: expect.any(Number) } }]);
  const words = FILES["plain.txt"].trim().split("\n");
  expect(await jsonLines(folder, "predict", MODEL, ...words)).toEqual(fromFile);
  const [info] = await jsonLines(folder, "info", MODEL);
  expect(info).toMatchObject({ spec: { changes: false, loss: "mae", strategy: "direct" } });
});

it.concurrent("a forecaster does not train past the end of its linear schedule", async () => {
  const folder = newFolder(FILES);
  await jsonLines(folder, ...TRAIN, "--data", "all.csv", "--iters", "3");
  const on = ["train", "--data", "all.csv", "--resume", "model.checkpoint.safetensors", "--iters", "4"];
  await expectRefused(folder, on, "the linear schedule of this run ends at iteration 3");
});

const ofEcho = trainOnce(FILES, [...TRAIN, "--data", "all.csv", "--iters", "1", "--target", "echo"]);

it.concurrent.each<RefusedCommand>([
  ["plain.txt, line 1: there is no column", ["eval", MODEL, "--data", "plain.txt"]],
  ['gap.csv, line 152: column "wave" is empty; fill the gap', ["eval", MODEL, "--data", "gap.csv"]],
  [
    "rows.csv: 0 rows to compare forecasts of 1 steps with",
    ["eval", MODEL, "--data", "rows.csv", "--from", "13"],
  ],
  ['"wave" is read and not forecast', ["eval", MODEL, "--data", "rows.csv", "--steps", "2"]],
  ["all.csv: forecast: 2 steps, more than 1", ["predict", MODEL, "--data", "all.csv", "--steps", "2"]],
  [
    "predict: the model reads 2 columns (wave, echo); give their rows as a file with --data",
    ["predict", MODEL, "1", "2"],
  ],
  ["task is forecaster, expected language-model; use predict or eval", ["score", MODEL, "1"]],
  ["task is forecaster, expected language-model; use predict or eval", ["suggest", MODEL, "1"]],
])("a forecaster of one of two columns refuses: %s", async (message, command) =>
  expectRefused((await ofEcho()).folder, command, message),
);

it.concurrent("--from is refused if the model is of another task", async () => {
  const folder = newFolder(FILES);
  const names = ["--task", "classifier", "--data", "names.tsv", "--iters", "1", "--hidden", "4"];
  await jsonLines(folder, "train", ...names);
  const message = "--from goes with task forecaster, not with classifier";
  await expectRefused(folder, ["eval", MODEL, "--data", "all.csv", "--from", "3"], message);
});

it.concurrent("a line of 10 MB that is not a number is refused, and not printed whole", async () => {
  const folder = newFolder({ "long.csv": `x\n1\n2\n${"7".repeat(10_000_000)}\n` });
  const train = [...TRAIN, "--data", "long.csv", "--json"];
  await expectRefused(folder, train, 'long.csv, line 4: column "x" is "777');
});

it.each([
  [
    "a and constant columns",
    "a,c,d",
    "NRMSE is - if the actual values are all equal; the mean leaves out c, d",
    ["c", "d"],
  ],
  ["a constant column", "c", "NRMSE is - if the actual values are all equal", ["c"]],
])("eval says why there is no NRMSE of %s", async (_, names, note, constant) => {
  const row = (i: number) => names.split(",").map((name) => (name === "a" ? i % 7 : 5.1));
  const rows = Array.from({ length: 100 }, (_, i) => `${row(i)}\n`);
  const folder = newFolder({ "all.csv": `${names}\n${rows.join("")}` });
  const run = await unrolled(folder, ...TRAIN, "--data", "all.csv", "--iters", "2", "--out", "m.safetensors");
  expect(run).toMatchObject({ code: 0 });
  expect(run.stderr).not.toMatch(/NRMSE \d{5}|NRMSE -/);
  const { stdout } = await unrolled(folder, "eval", "m.safetensors", "--data", "all.csv");
  expect(stdout).toContain(`${note}\n`);
  const score = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
  expect(score.constant_columns).toEqual(constant);
  expect(score.nrmse).toEqual(names === "c" ? null : expect.any(Number));
});
