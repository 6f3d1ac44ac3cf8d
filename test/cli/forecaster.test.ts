import { describe, expect, it } from "vitest";
import { waves } from "../models/forecaster/forecasters.ts";
import { contents, newFolder, objects, type Result, unrolled } from "./cli.ts";

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
  "ragged.csv": `${table(",")}day 150,7\n`,
  "pipes.csv": table("|"),
  "bare.csv": table(",").replace(/^.*\n/, ""),
  "one.csv": "x\n5\n",
  "empty.csv": "",
  "latin.csv": Uint8Array.from([...Buffer.from("x\n1\n"), 0xe9, 10]),
  "utf16.csv": new Uint8Array(Buffer.from("x\n1\n2\n", "utf16le")),
  "names.tsv": "anna\tf\nbob\tm\ntom\tm\neva\tf\nmia\tf\n",
};

const LONG = `x\n1\n2\n${"7".repeat(10_000_000)}\n`;

const SMALL = [
  "--hidden",
  "8",
  "--batch",
  "8",
  "--seq",
  "16",
  "--lr",
  "0.02",
  "--variant",
  "strict",
  "--iters",
  "120",
];
const forecaster = (...args: string[]) => ["train", "--task", "forecaster", ...SMALL, ...args];

function succeeded(result: Result): Record<string, unknown>[] {
  expect(result).toMatchObject({ code: 0 });
  return objects(result);
}

describe.concurrent("a forecaster", () => {
  it("is trained, evaluated, used and shown", async () => {
    const folder = newFolder(FILES);
    const run = succeeded(
      await unrolled(folder, ...forecaster("--data", "all.csv", "--horizon", "3", "--json")),
    );
    expect(run[0]).toEqual({ iter: 1, loss: expect.any(Number), rows_per_second: expect.any(Number) });
    const end = run.at(-1) as Record<string, number>;
    expect(end).toMatchObject({ done: true, iters: 120, test_loss: null, model: "model.safetensors" });
    expect(end.mae).toBeLessThan(0.5 * end.persistence_mae!);

    const model = "model.safetensors";
    const held = ["eval", model, "--data", "all.csv", "--from", "136"];
    const [score] = succeeded(await unrolled(folder, ...held, "--json"));
    expect(score).toMatchObject({ mae: end.mae, rmse: end.rmse, nrmse: end.nrmse, forecasts: 13 });
    expect(score!.ahead).toMatchObject([{ steps: 1 }, { steps: 3 }]);
    expect(Object.keys(score!.columns as object)).toEqual(["wave", "echo"]);
    const report = await unrolled(folder, ...held);
    expect(report.stdout).toContain("13 forecasts, 3 steps ahead, compared from row 136 on");
    expect(report.stdout).toMatch(
      / +MAE +RMSE +NRMSE\nmodel .*\npersistence .*\n1 ahead .*\n3 ahead .*\nwave .*\necho .*\n\{/,
    );
    const lines = report.stdout.trimEnd().split("\n");
    expect(JSON.parse(lines.at(-1)!)).toEqual(score);

    const next = succeeded(
      await unrolled(folder, "predict", model, "--data", "all.csv", "--steps", "5", "--json"),
    );
    expect(next.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
    const right = waves(151).values.subarray(300);
    const { values } = next[0] as { values: Record<string, number> };
    expect(Math.abs(values.wave! - right[0]!)).toBeLessThan(3);
    for (const file of ["all.tsv", "german.csv"]) {
      const same = succeeded(
        await unrolled(folder, "predict", model, "--data", file, "--steps", "5", "--json"),
      );
      expect(same, file).toEqual(next);
    }
    const shown = await unrolled(folder, "predict", model, "--data", "all.csv");
    expect(shown.stderr).toBe("step\twave\techo\n");
    expect(shown.stdout.trimEnd().split("\n")[0]).toBe(`1\t${values.wave}\t${values.echo}`);

    const [info] = succeeded(await unrolled(folder, "info", model, "--json"));
    expect(info).toMatchObject({ spec: { task: "forecaster", columns: ["wave", "echo"], horizon: 3 } });
    const learnt = Array.from({ length: 135 }, (_, i) => row(i)[0]!); // what is held out does not count
    const [{ mean }] = info!.scaling as [{ mean: number }];
    expect(mean).toBeCloseTo(learnt.reduce((sum, value) => sum + value) / 135, 9);
    expect((await unrolled(folder, "info", model)).stdout).toMatch(/scaling +\[\{"mean":/);
  });

  it("reads the columns that are named, and says what it left out", async () => {
    const folder = newFolder(FILES);
    const notes = await unrolled(folder, ...forecaster("--data", "all.csv", "--iters", "2"));
    expect(notes.stderr).toContain("all.csv: columns wave, echo; left out date");
    expect(notes.stderr).toContain("if all stayed as it is: MAE");
    const columns = ["--column", "echo", "wave", "--target", "wave"];
    succeeded(
      await unrolled(folder, ...forecaster("--data", "all.csv", ...columns, "--iters", "2", "--json")),
    );
    const [info] = succeeded(await unrolled(folder, "info", "model.safetensors", "--json"));
    expect(info).toMatchObject({ spec: { columns: ["echo", "wave"], targets: ["wave"] } });
    const next = succeeded(
      await unrolled(folder, "predict", "model.safetensors", "--data", "all.csv", "--json"),
    );
    expect(next).toEqual([{ step: 1, values: { wave: expect.any(Number) } }]);
  });

  it("takes one column of numbers, of a file or as words", async () => {
    const folder = newFolder(FILES);
    const direct = [
      "--horizon",
      "4",
      "--strategy",
      "direct",
      "--no-changes",
      "--loss",
      "mae",
      "--iters",
      "3",
    ];
    succeeded(await unrolled(folder, ...forecaster("--data", "plain.txt", ...direct, "--json")));
    const predict = ["predict", "model.safetensors", "--json"];
    const fromFile = succeeded(await unrolled(folder, ...predict, "--data", "plain.txt"));
    expect(fromFile).toEqual([{ step: 4, values: { value: expect.any(Number) } }]);
    const words = FILES["plain.txt"].trim().split("\n");
    expect(succeeded(await unrolled(folder, ...predict, ...words))).toEqual(fromFile);
    const [info] = succeeded(await unrolled(folder, "info", "model.safetensors", "--json"));
    expect(info).toMatchObject({ spec: { changes: false, loss: "mae", strategy: "direct" } });
  });

  it("stops and goes on, with rows of a file of their own to validate", async () => {
    const folder = newFolder(FILES);
    const data = ["--data", "begin.csv", "--validation", "end.csv", "--json"];
    const whole = succeeded(
      await unrolled(folder, ...forecaster(...data, "--schedule", "constant", "--out", "a.safetensors")),
    );
    const part = ["--schedule", "constant", "--iters", "50", "--out", "b.safetensors"];
    succeeded(await unrolled(folder, ...forecaster(...data, ...part)));
    const resume = ["--resume", "b.checkpoint.safetensors", "--iters", "120"];
    succeeded(await unrolled(folder, "train", ...data, ...resume));
    const files = contents(folder);
    expect(files["b.checkpoint.safetensors"]).toBe(files["a.checkpoint.safetensors"]);
    expect(files["b.safetensors"]).toBe(files["a.safetensors"]);
    const eval_ = ["eval", "a.safetensors", "--data", "all.csv", "--from", "121", "--json"];
    const [score] = succeeded(await unrolled(folder, ...eval_));
    expect(score).toMatchObject({ mae: whole.at(-1)!.mae, forecasts: 30 });
    const other = await unrolled(folder, "train", "--data", "all.csv", ...resume, "--iters", "130");
    expect(other).toMatchObject({ code: 1 });
    expect(other.stderr).toContain("not the one that this run began with");
  });

  it("goes no further than the line along which its rate falls", async () => {
    const folder = newFolder(FILES);
    succeeded(await unrolled(folder, ...forecaster("--data", "all.csv", "--iters", "3", "--json")));
    const on = ["train", "--data", "all.csv", "--resume", "model.checkpoint.safetensors", "--iters", "4"];
    expect((await unrolled(folder, ...on)).stderr).toContain(
      "the linear schedule of this run ends at iteration 3",
    );
  });

  it("says clearly what it cannot evaluate or forecast", async () => {
    const folder = newFolder(FILES);
    const train = ["--iters", "1", "--json", "--target", "echo"];
    succeeded(await unrolled(folder, ...forecaster("--data", "all.csv", ...train)));
    const model = "model.safetensors";
    for (const [args, message] of [
      [["eval", model, "--data", "plain.txt"], "plain.txt, line 1: there is no column"],
      [["eval", model, "--data", "gap.csv"], 'gap.csv, line 152: column "wave" is empty; fill the gap'],
      [
        ["eval", model, "--data", "rows.csv", "--from", "13"],
        "rows.csv: 0 rows to compare forecasts of 1 steps with",
      ],
      [["eval", model, "--data", "rows.csv", "--steps", "2"], '"wave" is read and not forecast'],
      [["predict", model, "--data", "all.csv", "--steps", "2"], "all.csv: forecast: 2 steps, more than 1"],
      [["predict", model, "1", "2"], "predict, line 1: there is no column"],
      [["sample", model], 'task is "forecaster", expected language-model'],
    ] as const) {
      const result = await unrolled(folder, ...args);
      expect(result, message).toMatchObject({ code: 1, stdout: "" });
      expect(result.stderr).toContain(message);
    }
    const names = ["--iters", "1", "--hidden", "4", "--out", "names.safetensors"];
    succeeded(
      await unrolled(folder, "train", "--task", "classifier", "--data", "names.tsv", "--json", ...names),
    );
    const wrong = await unrolled(folder, "eval", "names.safetensors", "--data", "all.csv", "--from", "3");
    expect(wrong.stderr).toContain("--from goes with task forecaster, not with classifier");
  });
});

it.concurrent.each<[string, string[], string]>([
  ["a missing cell", ["--data", "gap.csv"], 'gap.csv, line 152: column "wave" is empty; fill the gap'],
  ["NaN", ["--data", "nan.csv"], 'nan.csv, line 152: column "wave" is "NaN"; fill the gap'],
  ["a ragged row", ["--data", "ragged.csv"], "ragged.csv, line 152: 2 cells, expected 3"],
  ["another separator", ["--data", "pipes.csv"], "pipes.csv, line 2: no number in a column"],
  ["no header", ["--data", "bare.csv"], "bare.csv, line 1: "],
  [
    "a column that is not there",
    ["--data", "all.csv", "--column", "wind"],
    'all.csv, line 1: there is no column "wind"',
  ],
  [
    "a column of text",
    ["--data", "all.csv", "--column", "date"],
    'all.csv, line 2: column "date" is "day 0", expected a number',
  ],
  ["one row", ["--data", "one.csv"], "one.csv: 1 rows, of which the last 1 would be held out"],
  [
    "a horizon longer than the data",
    ["--data", "rows.csv", "--horizon", "12"],
    "rows.csv: 12 rows, of which the last 12",
  ],
  [
    "a horizon that leaves too little",
    ["--data", "rows.csv", "--horizon", "6"],
    "rows.csv: 6 rows to learn from",
  ],
  [
    "a validation part too short",
    ["--data", "all.csv", "--validation", "one.csv"],
    'one.csv, line 1: there is no column "wave"',
  ],
  ["an empty file", ["--data", "empty.csv"], "empty.csv is empty"],
  ["a text in Latin-1", ["--data", "latin.csv"], "latin.csv is not a text in UTF-8"],
  ["a text in UTF-16", ["--data", "utf16.csv"], "utf16.csv is not a text"],
  ["a line of 10 MB", ["--data", "long.csv"], 'long.csv, line 4: column "x" is "777'],
  ["both ends", ["--data", "all.csv", "--bidirectional"], "see the future"],
  [
    "iterated targets alone",
    ["--data", "all.csv", "--target", "wave", "--strategy", "iterated", "--horizon", "2"],
    '"echo" is read and not forecast',
  ],
  [
    "an option of another task",
    ["--data", "all.csv", "--pooling", "max"],
    "--pooling goes with task classifier",
  ],
])("%s is refused, and nothing is written", async (_, args, message) => {
  const folder = newFolder(args.includes("long.csv") ? { "long.csv": LONG } : FILES);
  const before = Object.keys(contents(folder));
  const { code, stdout, stderr } = await unrolled(folder, ...forecaster(...args, "--json"));
  expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(message);
  expect(stderr.length).toBeLessThan(1000);
  expect(Object.keys(contents(folder))).toEqual(before);
});
