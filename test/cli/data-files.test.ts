import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  contents,
  expectRefused,
  finish,
  jsonLines,
  newFolder,
  SMALL,
  start,
  TINY,
  unrolled,
} from "./cli.ts";

const PETS = ["cat purrs\tcat", "dog barks\tdog", "cat meows\tcat", "dog growls\tdog"];
const lines = (from: number, to: number) => PETS.concat(PETS, PETS).slice(from, to).join("\n");

describe("several files", () => {
  const folder = newFolder({
    "all.tsv": lines(0, 12),
    "a.tsv": lines(0, 5),
    "b.tsv": lines(5, 12),
    "c.jsonl": '{"text":"cat sleeps","label":"cat"}\n{"text":"cat","label":\n',
  });
  const train = (out: string, ...data: string[]) =>
    unrolled(folder, "train", ...SMALL, "--out", out, ...data.flatMap((file) => ["--data", file]));

  it("give the model that one file with all examples gives", async () => {
    expect(await train("one.safetensors", "all.tsv")).toMatchObject({ code: 0 });
    expect(await train("two.safetensors", "a.tsv", "b.tsv")).toMatchObject({ code: 0 });
    const files = contents(folder);
    expect(files["two.safetensors"]).toBe(files["one.safetensors"]);
    const [whole] = await jsonLines(folder, "eval", "one.safetensors", "--data", "all.tsv");
    const both = ["--data", "a.tsv", "--data", "b.tsv"];
    expect(await jsonLines(folder, "eval", "one.safetensors", ...both)).toEqual([whole]);
    const predicted = await jsonLines(folder, "predict", "one.safetensors", ...both);
    expect(predicted.map(({ text }) => text)).toEqual(
      lines(0, 12)
        .split("\n")
        .map((line) => line.split("\t")[0]),
    );
  });

  it("have formats of their own, and errors name file and line", async () => {
    await expectRefused(
      folder,
      ["train", ...SMALL, "--out", "new.safetensors", "--data", "a.tsv", "--data", "c.jsonl"],
      /^unrolled: c\.jsonl, line 2: /,
    );
  });

  it("are continued only with all of them, in their order", async () => {
    const run = ["train", ...SMALL, "--out", "run.safetensors"];
    const both = ["--data", "a.tsv", "--data", "b.tsv"];
    expect(await unrolled(folder, ...run, ...both)).toMatchObject({ code: 0 });
    const resume = ["train", "--resume", "run.checkpoint.safetensors", "--iters", "5"];
    await expectRefused(folder, [...resume, "--data", "b.tsv", "--data", "a.tsv"], /data/);
    expect(await unrolled(folder, ...resume, ...both)).toMatchObject({ code: 0 });
  });

  it("are named again in the command that continues", async () => {
    const child = start(
      folder,
      "train",
      "--data",
      "a.tsv",
      "--data",
      "b.tsv",
      ...SMALL.slice(0, 2),
      "--iters",
      "1000000",
      "--early-stop",
      "0",
      "--out",
      "s.safetensors",
    );
    child.stderr.once("data", () => setTimeout(() => child.kill("SIGINT"), 300));
    const { stderr } = await finish(child);
    expect(stderr).toMatch("--data a.tsv --data b.tsv");
  });

  it("are never overwritten", async () => {
    await expectRefused(
      folder,
      ["train", ...SMALL, "--data", "all.tsv", "--data", "a.tsv", "--out", "a.tsv"],
      /--out a\.tsv would overwrite a\.tsv/,
    );
    await expectRefused(
      folder,
      [
        "train",
        ...SMALL,
        "--data",
        "all.tsv",
        "--validation",
        "a.tsv",
        "--validation",
        "b.tsv",
        "--out",
        "b.tsv",
      ],
      /would overwrite b\.tsv/,
    );
  });

  it("of numbers are one series", async () => {
    const csv = (from: number, to: number) =>
      `day,sales\n${Array.from({ length: to - from }, (_, i) => `${from + i},${(from + i) % 7}`).join("\n")}\n`;
    const folder = newFolder({
      "one.csv": csv(0, 80),
      "a.csv": csv(0, 30),
      "b.csv": csv(30, 80),
      "bad.csv": "sales\n1\nx\n",
      ...Object.fromEntries(
        [2023, 2024].map((year) => [`${year}.csv`, `date,sales\n${year}-01-01,1\n${year}-02-01,2\n`]),
      ),
    });
    const options = ["--task", "forecaster", "--hidden", "4", "--iters", "2", "--variant", "strict"];
    expect(
      await unrolled(folder, "train", ...options, "--data", "one.csv", "--out", "1.safetensors"),
    ).toMatchObject({ code: 0 });
    const two = await unrolled(
      folder,
      ...["train", ...options, "--data", "a.csv", "--data", "b.csv", "--out", "2.safetensors"],
    );
    expect(two).toMatchObject({ code: 0 });
    expect(two.stderr).toMatch("2 files are one series, in this order: a.csv, b.csv");
    const files = contents(folder);
    expect(files["2.safetensors"]).toBe(files["1.safetensors"]);
    await expectRefused(
      folder,
      ["train", ...options, "--data", "a.csv", "--data", "bad.csv", "--out", "3.safetensors"],
      /bad\.csv, line 3/,
    );
    await expectRefused(
      folder,
      ["train", ...options, "--data", "2024.csv", "--data", "2023.csv", "--out", "3.safetensors"],
      /time runs backwards: 2023\.csv begins before 2024\.csv ends; give the files from old to new/,
    );
  });
});

describe("a folder", () => {
  function folderOfTexts() {
    const folder = newFolder({ ".hidden.txt": "hidden", "all.txt": "ab\nba\nabba\nbaba\n".repeat(9) });
    const put = (name: string, text: string) => writeFileSync(join(folder, "texts", name), text);
    mkdirSync(join(folder, "texts", "deep", ".git"), { recursive: true });
    put("b.txt", "ba\n".repeat(1));
    put("a.txt", "ab");
    put("B", "abba\nbaba\n");
    put(".hidden", "zzz");
    put("deep/.git/config", "zzz");
    put("README.md", "zzz");
    put("deep/LICENSE-MIT.txt", "zzz");
    put("deep/c.txt", "ab\nba\nabba\nbaba\n".repeat(8));
    put("empty.txt", "");
    put("old.safetensors", "zzz");
    symlinkSync("..", join(folder, "texts", "deep", "round"));
    return folder;
  }
  const options = [...TINY.slice(2), "--iters", "2"];

  it("means its texts by name, also those in its folders, and says what it skips", async () => {
    const folder = folderOfTexts();
    writeFileSync(join(folder, "all.txt"), `abba\nbaba\nab\nba\n${"ab\nba\nabba\nbaba\n".repeat(8)}`);
    for (const [data, out] of [
      ["all.txt", "1.safetensors"],
      ["texts", "2.safetensors"],
    ] as const) {
      const result = await unrolled(folder, "train", ...options, "--data", data, "--out", out);
      expect(result).toMatchObject({ code: 0 });
      if (data === "texts") {
        expect(result.stderr).toMatch(
          "texts: 4 files are read; skipped: texts/README.md, texts/deep/LICENSE-MIT.txt, texts/deep/round and 2 more",
        );
      }
    }
    const files = contents(folder);
    expect(files["2.safetensors"]).toBe(files["1.safetensors"]);
    const [one] = await jsonLines(folder, "eval", "1.safetensors", "--data", "all.txt");
    expect(await jsonLines(folder, "eval", "1.safetensors", "--data", "texts/")).toEqual([one]);
  });

  it("is never written to so that a later run would read the result", async () => {
    const folder = folderOfTexts();
    for (const [out, problem] of [
      ["texts/model", "--out texts/model is inside the folder texts"],
      ["texts/deep/model.txt", "is inside the folder texts"],
      ["texts/a.txt", "--out texts/a.txt would overwrite texts/a.txt"],
    ] as const) {
      await expectRefused(folder, ["train", ...options, "--data", "texts", "--out", out], problem);
    }
    const space = ["--trials", "1", "--iters", "2", "--data", "texts", "--out", "best.safetensors"];
    await expectRefused(
      folder,
      ["search", ...space, "--log", "texts/log.jsonl"],
      "--log texts/log.jsonl is inside",
    );
    const inside = ["train", ...options, "--data", "texts", "--out", "texts/model.safetensors"];
    expect(await unrolled(folder, ...inside)).toMatchObject({ code: 0 });
    const again = await unrolled(folder, ...inside, "--force");
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).toMatch("4 files are read; skipped: ");
  });

  it("without texts is refused", async () => {
    const folder = newFolder();
    await expectRefused(folder, ["train", ...options, "--data", "folder"], "the folder folder has no texts");
    writeFileSync(join(folder, "folder", "x.png"), "x");
    await expectRefused(
      folder,
      ["train", ...options, "--data", "folder"],
      "the folder folder has no texts; there are folder/x.png, which are no data",
    );
  });
});
