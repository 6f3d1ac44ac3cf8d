import { expect, it } from "vitest";
import { expectRefused, newFolder, TINY, unrolled } from "./cli.ts";

const files = { "space.json": '{"cell":["rnn","gru","lstm"],"lr":{"min":1e-4,"max":0.3,"scale":"log"}}' };
const SEARCH = ["search", ...TINY, "--iters", "16", "--space", "space.json"];

const bad = (space: string) => ({ "space.json": space });
const other = { ...files, "search.jsonl": `{"search":{"data":"other"}}\n` };

it.concurrent.each<[string, Record<string, string>, string[], ...string[]]>([
  ["a space that is missing", {}, [], "space.json", "no such file"],
  ["a space that is not JSON", bad("lr: 3"), [], "space.json: not JSON"],
  ["an unknown field", bad('{"rate":[1]}'), [], "space.json: space: unknown field rate", "lr, "],
  ["a field that is not a hyper-parameter", bad('{"data":["a"]}'), [], "unknown field data"],
  [
    "a field that makes losses incomparable",
    bad('{"minCount":[1,2]}'),
    [],
    "space.json: space: minCount changes what the loss measures, so losses could not be compared; give it as an option",
  ],
  ["such a field of another task", bad('{"strategy":["joint"]}'), [], "unknown field strategy"],
  ["min > max", bad('{"lr":{"min":1,"max":0.1}}'), [], "min 1 is above max 0.1"],
  ["a value that train refuses", bad('{"cell":["gru","cnn"]}'), [], "space.json", "--cell", "cnn"],
  ["a range of what is not a number", bad('{"cell":{"min":1,"max":2}}'), [], "--cell", "Allowed choices"],
  ["a range that is not whole", bad('{"embedding":{"min":1,"max":2}}'), [], "--embedding", "whole number"],
  ["a number for a switch", bad('{"tied":[3]}'), [], "--tied", "expected true or false"],
  ["how a file is read", bad('{"format":["text"]}'), [], "unknown field format"],
  ["a field of another task", bad('{"pooling":["max"]}'), [], "--pooling goes with task classifier"],
  ["a field that is an option too", bad('{"hidden":[4]}'), [], "hidden is also given as an option"],
  [
    "options that never go together",
    bad('{"nonlinearity":["relu"]}'),
    [],
    "nonlinearity",
    "which needs cell rnn",
  ],
  ["data that is missing", files, ["--data", "none.txt"], "none.txt", "no such file"],
  ["the log of another search", other, [], "search.jsonl: the log of another search", "its data is"],
  ["a log that is something else", files, ["--log", "space.txt"], "space.txt: line 1: not JSON"],
  ["a log over the data", files, ["--log", "text.txt"], "--log text.txt would overwrite text.txt"],
  ["a model over the space", files, ["--out", "space.json"], "--out space.json would overwrite space.json"],
  ["a picture over the log", files, ["--svg", "./search.jsonl"], "would overwrite search.jsonl"],
  ["a log in no folder", files, ["--log", "none/log"], "none/log", "no such file or folder"],
  [
    "a study without a name",
    files,
    ["--storage", "s.log", "--study", ""],
    "--study is empty, expected the name",
  ],
  ["another method", files, ["--method", "grid"], "--method", "random, genetic"],
])("%s: is refused, and changes nothing", (_, more, args, ...patterns) =>
  expectRefused(newFolder({ "space.txt": "notes", ...more }), [...SEARCH, ...args], ...patterns),
);

it.concurrent("a field is refused if its option conflicts with one that is given", async () => {
  const folder = newFolder({ "space.json": '{"seq":[3,4]}' });
  const args = ["--data", "text.txt", "--lines", "--iters", "4", "--space", "space.json"];
  const { code, stderr } = await unrolled(folder, "search", ...args);
  expect(code).toBe(1);
  expect(stderr).toContain("space.json: option '--lines' cannot be used with option '--seq <n>'");
});

it.concurrent("a log of the same search with other options is refused", async () => {
  const folder = newFolder(files);
  await unrolled(folder, ...SEARCH, "--trials", "2");
  for (const [args, field] of [
    [["--iters", "17"], "options"],
    [["--seed", "2"], "options"],
    [["--method", "genetic"], "method"],
    [["--median-after", "1"], "medianAfter"],
  ] as const) {
    const message = `search.jsonl: the log of another search: its ${field} is`;
    await expectRefused(folder, [...SEARCH, ...args, "--trials", "3"], message);
  }
});

it.concurrent("a model or a picture of somebody else is replaced with --force only", async () => {
  const folder = newFolder({ ...files, "other.svg": "a picture" });
  const trained = await unrolled(folder, "train", ...TINY, "--iters", "1", "--out", "trained.safetensors");
  expect(trained.code).toBe(0);
  const svg = ["--trials", "1", "--svg", "own.svg"];
  expect((await unrolled(folder, ...SEARCH, ...svg)).code).toBe(0);
  expect((await unrolled(folder, ...SEARCH, ...svg, "--trials", "2")).code, "its own files").toBe(0);
  await expectRefused(folder, [...SEARCH, "--trials", "3", "--out", "trained.safetensors"], "--force");
  await expectRefused(folder, [...SEARCH, "--trials", "3", "--svg", "other.svg"], "--force");
  await expectRefused(
    folder,
    [...SEARCH, "--log", "new.jsonl"],
    "best.safetensors exists; give another --out",
  );
  const forced = [...SEARCH, "--trials", "1", "--log", "new.jsonl", "--force"];
  expect((await unrolled(folder, ...forced)).code).toBe(0);
});
