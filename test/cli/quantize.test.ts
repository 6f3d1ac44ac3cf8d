import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { expectRefused, jsonLines, newFolder, objects, TINY, unrolled } from "./cli.ts";
import { trainOnce } from "./describe-task.ts";

const trained = trainOnce({}, ["train", ...TINY, "--iters", "9"]);
const quantize = (out: string, ...more: string[]) => ["quantize", "model.safetensors", "--out", out, ...more];
const sizeOf = (folder: string, file: string) => statSync(join(folder, file)).size;

it.concurrent("quantize writes a smaller file, and says in words what changed", async () => {
  const { folder } = await trained();
  const { code, stdout, stderr } = await unrolled(folder, ...quantize("words.safetensors"));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const [first, second] = stdout.trimEnd().split("\n");
  expect(first).toMatch(
    /^words\.safetensors is the model of model\.safetensors in [\d,]+ instead of [\d,]+ bytes, 0\.\d\d of its size\.$/,
  );
  expect(second).toMatch(
    /^3 matrices of weights have 8 bits a number, and a scale for each row\. The row that changes most, row \d+ of [\w.]+, changes by [\d.]+% of its length\.$/,
  );
});

it.concurrent("quantize --json prints one object, and info tells the dtype", async () => {
  const { folder } = await trained();
  const printed = await jsonLines(folder, ...quantize("json.safetensors"));
  expect(printed).toEqual([
    {
      model: "model.safetensors",
      out: "json.safetensors",
      task: "language-model",
      bytes_before: sizeOf(folder, "model.safetensors"),
      bytes_after: sizeOf(folder, "json.safetensors"),
      matrices: 3,
      largest_row_error: expect.any(Number),
      row_of: expect.stringMatching(/weight/),
      row: expect.any(Number),
    },
  ]);
  expect(printed[0]!.largest_row_error).toBeGreaterThan(0);
  expect(printed[0]!.largest_row_error).toBeLessThan(0.02);
  const infos = await Promise.all(
    ["model", "json"].map((name) => jsonLines(folder, "info", `${name}.safetensors`)),
  );
  const [before, after] = infos.map(([info]) => info!);
  expect([before!.dtype, after!.dtype]).toEqual(["f32", "int8"]);
  // Matrices of 32 x 20, 32 x 8 and 20 x 8 numbers, with as many scales as rows, and 84 biases.
  expect([before!.bytes, after!.bytes]).toEqual([4 * (1056 + 84), 1056 + 4 * (84 + 84)]);
  const { stdout } = await unrolled(folder, "info", "json.safetensors");
  expect(stdout).toMatch(/^dtype +int8: 8 bits a number and a scale for each row of a matrix$/m);
});

it.concurrent("quantize tells the size of a model from a pipe", async () => {
  const { folder } = await trained();
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const written = writeFile(pipe, readFileSync(join(folder, "model.safetensors")));
  const printed = await jsonLines(folder, "quantize", "pipe", "--out", "piped.safetensors", "--json");
  await written;
  expect(printed[0]!.bytes_before).toBe(sizeOf(folder, "model.safetensors"));
});

it.concurrent("inspect says that it calculates in float32", async () => {
  const { folder } = await trained();
  await unrolled(folder, ...quantize("inspected.safetensors"));
  for (const args of [["3 apples"], ["--data", "text.txt", "--steps", "4"]]) {
    const { code, stderr } = await unrolled(folder, "inspect", "inspected.safetensors", ...args);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        "inspected.safetensors: the weights are int8; inspect calculates in float32 with the rounded weights\n",
    });
  }
});

it.concurrent("quantize replaces a file with --force alone, and never the model", async () => {
  const { folder: from } = await trained();
  const folder = newFolder({ "model.safetensors": readFileSync(join(from, "model.safetensors")) });
  expect(await unrolled(folder, ...quantize("twice.safetensors"))).toMatchObject({ code: 0 });
  const bytes = readFileSync(join(folder, "twice.safetensors"));
  await expectRefused(
    folder,
    quantize("twice.safetensors"),
    /^unrolled: twice\.safetensors exists; give another --out, or --force to replace it$/m,
  );
  expect(await unrolled(folder, ...quantize("twice.safetensors", "--force"))).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, "twice.safetensors"))).toEqual(bytes);
  await expectRefused(
    folder,
    quantize("model.safetensors", "--force"),
    /^unrolled: --out model\.safetensors would overwrite model\.safetensors; give another file$/m,
  );
});

it.concurrent("quantize refuses what it cannot do", async () => {
  const folder = newFolder();
  await jsonLines(folder, "train", ...TINY, "--iters", "2");
  await unrolled(folder, ...quantize("q.safetensors"));
  for (const [args, message] of [
    [
      ["quantize", "q.safetensors", "--out", "r.safetensors"],
      "q.safetensors is quantised already; give the file from before",
    ],
    [["quantize", "model.checkpoint.safetensors", "--out", "r.safetensors"], "a checkpoint, not a model"],
    [["quantize", "text.txt", "--out", "r.safetensors"], "text.txt: safetensors: not a file of this format"],
    [["quantize", "none.safetensors", "--out", "r.safetensors"], "cannot read none.safetensors"],
    [quantize("none/r.safetensors"), "cannot write none/r.safetensors: no such file or folder"],
    [quantize("folder"), "cannot write folder: it is a folder"],
    [quantize("r.checkpoint.safetensors"), "--out r.checkpoint.safetensors is a checkpoint's name"],
    [["quantize", "model.safetensors"], "required option '--out <file>' not specified"],
    [
      ["train", "--data", "text.txt", "--resume", "q.safetensors", "--out", "r.safetensors"],
      "q.safetensors: not a checkpoint",
    ],
  ] as const) {
    await expectRefused(folder, args, message);
  }
});

const FIXTURES = fileURLToPath(new URL("../fixtures/files-0.1/", import.meta.url));

interface Expected {
  readonly name: string;
  readonly data: string;
  readonly commands: readonly { readonly args: readonly string[]; readonly printed: readonly object[] }[];
}

/** A model of each task, and commands that use it. */
const MODELS: readonly Expected[] = JSON.parse(readFileSync(`${FIXTURES}expected.json`, "utf8"));

it.concurrent.each(MODELS)("$name, quantised, does what its model does", async ({ name, data, commands }) => {
  const model = `${name}.safetensors`;
  const folder = newFolder({
    [data]: readFileSync(FIXTURES + data),
    "whole.safetensors": readFileSync(FIXTURES + model),
  });
  await jsonLines(folder, "quantize", "whole.safetensors", "--out", model);
  for (const { args, printed } of commands) {
    const result = await unrolled(folder, ...args);
    expect(result, args.join(" ")).toMatchObject({ code: 0, stderr: "" });
    expect(objects(result).length, args.join(" ")).toBe(printed.length);
  }
});
