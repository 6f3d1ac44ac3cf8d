import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { serializeModel } from "../../src/network/model-file.ts";
import { newClassifier } from "../models/labels/labels.ts";
import { startRuntime } from "../runtimes.ts";
import { newTrainer } from "../train/run.ts";
import { CLI, expectRefused, newFolder, unrolled } from "./cli.ts";

const files = {
  "mood.safetensors": serializeModel(newClassifier(await startRuntime())),
  "play.safetensors": serializeModel(newTrainer(await startRuntime()).model),
};

/** Calls that are refused, the call that the message shows instead, and the texts that it gives to the model. */
const CALLS: readonly (readonly [args: readonly string[], shown: string, texts: readonly string[]])[] = [
  [["predict", "mood.safetensors", "-good film"], "predict mood.safetensors -- '-good film'", ["-good film"]],
  [
    ["predict", "mood.safetensors", "-- so it goes"],
    "predict mood.safetensors -- '-- so it goes'",
    ["-- so it goes"],
  ],
  [
    ["predict", "mood.safetensors", "-hello", "you"],
    "predict mood.safetensors -- -hello you",
    ["-hello", "you"],
  ],
  [["predict", "mood.safetensors", "not", "-x"], "predict mood.safetensors -- not -x", ["not", "-x"]],
  [
    ["predict", "-x", "mood.safetensors", "-5", "-y"],
    "predict mood.safetensors -- -x -5 -y",
    ["-x", "-5", "-y"],
  ],
  [
    ["predict", "mood.safetensors", "-it's $HOME", "--format", "jsonl", '-a"b`'],
    "predict --format jsonl mood.safetensors -- '-it'\\''s $HOME' '-a\"b`'",
    ["-it's $HOME", '-a"b`'],
  ],
  [
    ["predict", "mood.safetensors", "-x", "--", "-y", "--"],
    "predict mood.safetensors -- -x -y --",
    ["-x", "-y", "--"],
  ],
  [
    ["predict", "--format=jsonl", "mood.safetensors", "-x"],
    "predict '--format=jsonl' mood.safetensors -- -x",
    ["-x"],
  ],
  [["score", "play.safetensors", "-x"], "score play.safetensors -- -x", ["-x"]],
  [
    ["score", "play.safetensors", "--to be", "or not"],
    "score play.safetensors -- '--to be' 'or not'",
    ["--to be", "or not"],
  ],
];

it.concurrent.each(CALLS)("%j: the message shows the call with --", async (args, shown, texts) => {
  const folder = newFolder(files);
  await expectRefused(folder, args, /^error: unknown option '/);
  const { stderr } = await unrolled(folder, ...args);
  expect(stderr).toContain(`\nIf it is a text, put -- before the texts: npx unrolled ${shown}\n`);
  const call = `"${process.execPath}" "${CLI}" ${shown.replace(" ", " --json ")}`;
  const lines = execFileSync("sh", ["-c", call], { cwd: folder, encoding: "utf8" }).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).text)).toEqual(texts);
});

it.concurrent.each([
  ["no model", ["predict", "-x"]],
  ["a command without texts", ["info", "mood.safetensors", "-x"]],
  ["another error", ["predict", "mood.safetensors", "text", "--format", "xml"]],
])("%s: there is no such call to show", async (_, args) => {
  const { code, stderr } = await unrolled(newFolder(files), ...args);
  expect(code).toBe(1);
  expect(stderr).not.toContain("If it is a text");
});

it.concurrent("a prompt may begin with a dash, and texts may be negative numbers", async () => {
  const folder = newFolder(files);
  const prompt = await unrolled(folder, "sample", "play.safetensors", "--prompt", "-a");
  expect(prompt.stderr, "the dash is a character that this model never saw").toMatch(/prompt.*"-"/);
  const number = await unrolled(folder, "predict", "mood.safetensors", "-5");
  expect([number.code, number.stdout]).toEqual([0, expect.stringMatching(/\t-5\n$/)]);
});
