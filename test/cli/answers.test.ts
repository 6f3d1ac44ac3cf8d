import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { expectRefused, jsonLines, newFolder, objects, unrolled } from "./cli.ts";

const LINES = ["cat purrs\tcat", "dog barks\tdog", "cat meows\tcat", "dog growls\tdog"];
const SMALL = ["--hidden", "4", "--embedding", "4", "--iters", "2", "--variant", "strict"];

async function trained(task: string, data: string, files: Record<string, string> = {}, ...options: string[]) {
  const folder = newFolder({ "train.tsv": data, ...files });
  const result = await unrolled(
    folder,
    "train",
    "--task",
    task,
    "--data",
    "train.tsv",
    ...SMALL,
    ...options,
    "--out",
    "m.safetensors",
  );
  expect(result).toMatchObject({ code: 0 });
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  return { folder, read };
}

it("the answers of a classifier stand beside the lines of every file, in the order of the data", async () => {
  const data = `${LINES.join("\n")}\n`.repeat(4);
  const jsonl = '{"id":7,"text":"cat"}\n{"id":8,"text":"dog, \\"barks\\"","label":"dog"}\n';
  const { folder, read } = await trained("classifier", data, {
    "a.tsv": "cat\textra\tcat\n",
    "b.jsonl": jsonl,
  });
  const all = ["predict", "m.safetensors", "--data", "train.tsv"];
  const printed = await jsonLines(folder, ...all);
  const result = await unrolled(folder, ...all, "--data", "a.tsv", "--out", "out.tsv");
  expect(result).toMatchObject({ code: 0, stdout: "", stderr: "out.tsv: 17 answers\n" });
  const rows = read("out.tsv")
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
  expect(rows.length).toBe(17);
  printed.forEach(({ label, probability }, i) => {
    expect(rows[i]).toEqual([...LINES[i % 4]!.split("\t"), label, String(probability)]);
  });
  expect(rows[16]!.slice(0, 3)).toEqual(["cat", "extra", "cat"]);
  const json = await unrolled(
    folder,
    "predict",
    "m.safetensors",
    "--data",
    "b.jsonl",
    "--out",
    "out.jsonl",
    "--json",
  );
  expect(objects(json)).toEqual([{ out: "out.jsonl", answers: 2 }]);
  expect(
    read("out.jsonl")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { id: 7, text: "cat", label: expect.any(String), probability: expect.any(Number) },
    {
      id: 8,
      text: 'dog, "barks"',
      label: "dog",
      predicted_label: expect.any(String),
      probability: expect.any(Number),
    },
  ]);
  expect(
    await unrolled(folder, "predict", "m.safetensors", "--out", "texts.csv", 'a "cat", purring'),
  ).toMatchObject({ code: 0 });
  expect(read("texts.csv")).toMatch(/^text,label,probability\n"a ""cat"", purring",(cat|dog),0\.\d+\n$/);
});

it("a tagger's tags stand beside its tokens, with the empty lines of the data", async () => {
  const data = "the\tD\ncat\tN\n\na\tD\ndog\tN\nbarks\tV\n\n";
  const { folder, read } = await trained("tagger", data.repeat(4), { "new.tsv": "a\ncat\n\n\nthe\n" });
  expect(
    await unrolled(folder, "predict", "m.safetensors", "--data", "new.tsv", "--out", "out.tsv"),
  ).toMatchObject({ code: 0 });
  expect(read("out.tsv")).toMatch(/^a\t\w\ncat\t\w\n\n\nthe\t\w\n$/);
  const text = await unrolled(folder, "predict", "m.safetensors", "the cat", "--out", "out.csv");
  expect(text).toMatchObject({ code: 0 });
  expect(read("out.csv")).toMatch(/^token,tag\nthe,\w\ncat,\w\n$/);
});

it("targets and texts stand beside their sources and conditions", async () => {
  const pairs = await trained("encoder-decoder", "a b\tb a\nb c\tc b\n".repeat(6));
  expect(
    await unrolled(
      pairs.folder,
      "predict",
      "m.safetensors",
      "--data",
      "train.tsv",
      "--out",
      "out.tsv",
      "--max-length",
      "3",
    ),
  ).toMatchObject({ code: 0 });
  expect(pairs.read("out.tsv").split("\n")[0]).toMatch(/^a b\tb a\t[^\t]*\t-\d+(\.\d+)?$/);
  const made = await trained("generator", "x\tab\ny\tba\n".repeat(6));
  expect(
    await unrolled(made.folder, "predict", "m.safetensors", "--data", "train.tsv", "--out", "out.tsv"),
  ).toMatchObject({ code: 0 });
  expect(made.read("out.tsv").trimEnd().split("\n").length).toBe(12);
});

it("a forecast is a table of its own", async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 5},${i % 3}\n`).join("");
  const folder = newFolder({ "train.csv": `"a, b",c\n${rows}` });
  const options = [
    "--task",
    "forecaster",
    "--data",
    "train.csv",
    "--hidden",
    "4",
    "--iters",
    "2",
    "--variant",
    "strict",
  ];
  expect(
    await unrolled(folder, "train", ...options, "--horizon", "2", "--out", "m.safetensors"),
  ).toMatchObject({ code: 0 });
  const predict = ["predict", "m.safetensors", "--data", "train.csv"];
  const printed = await jsonLines(folder, ...predict);
  expect(await unrolled(folder, ...predict, "--out", "out.csv")).toMatchObject({ code: 0 });
  const values = printed.map(({ step, values }) => [step, ...Object.values(values as object)].join(","));
  expect(readFileSync(join(folder, "out.csv"), "utf8")).toBe(`step,"a, b",c\n${values.join("\n")}\n`);
});

it("--out replaces no file unless --force is given, and never the data or the model", async () => {
  const { folder, read } = await trained("classifier", `${LINES.join("\n")}\n`.repeat(4), {
    "old.tsv": "old",
  });
  const predict = ["predict", "m.safetensors", "--data", "train.tsv", "--out"];
  await expectRefused(
    folder,
    [...predict, "old.tsv"],
    "old.tsv exists; give another --out, or --force to replace it",
  );
  for (const file of ["train.tsv", "m.safetensors"]) {
    await expectRefused(folder, [...predict, file, "--force"], `--out ${file} would overwrite ${file}`);
  }
  await expectRefused(folder, [...predict, "none/out.tsv"], "cannot write none/out.tsv");
  expect(await unrolled(folder, ...predict, "old.tsv", "--force")).toMatchObject({ code: 0 });
  expect(read("old.tsv").trimEnd().split("\n").length).toBe(16);
});
