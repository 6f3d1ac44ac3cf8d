import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { openLanguageModelCheckpoint } from "../../src/models/language-model/checkpoint.ts";
import { LanguageModel } from "../../src/models/language-model/model.ts";
import { parseModel } from "../../src/network/model-file.ts";
import { CLI, contents, finish, newFolder, objects, start, TINY, unrolled } from "./cli.ts";

const FOREVER = ["--iters", "100000000"];

/** Starts a training run and waits until --json has printed a number of lines. */
async function startTraining(folder: string, lines: number, ...args: string[]) {
  const child = start(folder, "train", ...TINY, "--json", ...args);
  const finished = finish(child);
  let seen = 0;
  await new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on("line", () => ++seen === lines && resolve());
  });
  return { child, finished };
}

const checkpointOf = (folder: string, name: string) =>
  openLanguageModelCheckpoint(readFileSync(join(folder, `${name}.checkpoint.safetensors`)));

it.concurrent.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)(
  "%s saves and stops with exit code %i; --resume ends as if nothing had been",
  async (signal, exitCode) => {
    const folder = newFolder();
    // Validates only at the end, so that the interruption falls between two validations.
    const options = ["--validate-every", "1000000", "--dropout", "0.2", "--out", "part.safetensors"];
    const { child, finished } = await startTraining(folder, 5, ...FOREVER, ...options);
    child.kill(signal);
    const { code, stderr, stdout } = await finished;
    expect(code).toBe(exitCode);
    const { iteration, best } = checkpointOf(folder, "part").progress;
    expect(best).toBeNull();
    const lines = objects({ code, stderr, stdout });
    expect(lines.at(-2)!.iter).toBe(iteration);
    const checkpoint = "part.checkpoint.safetensors";
    expect(lines.at(-1)).toEqual({
      done: false,
      stopped: "signal",
      iters: iteration,
      model: null,
      checkpoint,
    });
    expect(stderr).toContain(`stopped after iteration ${iteration} and saved`);
    expect(Object.keys(contents(folder)).sort()).toEqual(["part.checkpoint.safetensors", "text.txt"]);

    // The command of the message, with fewer iterations.
    const [, command = ""] = /To continue: npx unrolled (.*)/.exec(stderr)!;
    const iterations = String(iteration + 20);
    const again = command.trim().replace("100000000", iterations).split(" ");
    expect(again).toContain("--validate-every");
    const whole = [
      "--dropout",
      "0.2",
      "--iters",
      iterations,
      "--validate-every",
      "1000000",
      "--out",
      "whole.safetensors",
    ];
    const results = await Promise.all([
      unrolled(folder, ...again, "--json"),
      unrolled(folder, "train", ...TINY, ...whole),
    ]);
    expect(results.map((result) => result.code)).toEqual([0, 0]);
    expect(objects(results[0]!)).toHaveLength(22);
    const all = contents(folder);
    expect(all["part.safetensors"]).toBe(all["whole.safetensors"]);
    expect(all["part.checkpoint.safetensors"]).toBe(all["whole.checkpoint.safetensors"]);
  },
);

it.concurrent("--resume writes next to the checkpoint, and replaces the model only by a better one", async () => {
  // The end, which is held out, contradicts the training part: the validation loss rises with training.
  const folder = newFolder({ "text.txt": `${"abc".repeat(72)}${"acb".repeat(8)}` });
  const options = [
    "--batch",
    "1",
    "--lr",
    "0.02",
    "--iters",
    "60",
    "--validate-every",
    "5",
    "--out",
    "folder/run.safetensors",
  ];
  const first = objects(await unrolled(folder, "train", ...TINY, ...options, "--json")).at(-1)!;
  const sub = join(folder, "folder");
  const before = contents(sub);
  const resume = ["train", "--data", "text.txt", "--resume", "folder/run.checkpoint.safetensors", "--json"];
  const here = objects(await unrolled(folder, ...resume, "--iters", "61")).at(-1)!;
  expect(here).toMatchObject({ done: true, iters: 61, model: "folder/run.safetensors" });
  expect(here.validation_nats).toBe(first.validation_nats);
  expect(here.last_validation_nats).toBeGreaterThan(first.validation_nats as number);
  expect(contents(sub)["run.safetensors"]).toBe(before["run.safetensors"]);
  expect(contents(sub)["run.checkpoint.safetensors"]).not.toBe(before["run.checkpoint.safetensors"]);
  expect(Object.keys(contents(folder))).toEqual(["text.txt"]);

  // With another name, the run takes its best model along.
  const there = objects(await unrolled(folder, ...resume, "--iters", "62", "--out", "new.safetensors")).at(
    -1,
  )!;
  expect(there.validation_nats).toBe(first.validation_nats);
  expect(contents(folder)["new.safetensors"]).toBe(before["run.safetensors"]);
  expect(Object.keys(contents(folder)).sort()).toEqual([
    "new.checkpoint.safetensors",
    "new.safetensors",
    "text.txt",
  ]);
});

it.concurrent.each([30, 61, 100])("a kill after %i lines leaves whole files", async (lines) => {
  const folder = newFolder();
  const { child, finished } = await startTraining(folder, lines, ...FOREVER, "--validate-every", "1");
  child.kill("SIGKILL");
  await finished;
  expect(parseModel(readFileSync(join(folder, "model.safetensors")), [LanguageModel]).spec.hidden).toBe(8);
  expect(checkpointOf(folder, "model").progress.iteration).toBeGreaterThanOrEqual(lines / 2 - 1);
});

const shell = (folder: string, line: string) =>
  promisify(execFile)("bash", ["-c", line.replaceAll("unrolled", `'${process.execPath}' '${CLI}'`)], {
    cwd: folder,
  });

it.concurrent("commands end quietly if their reader closes the pipe", async () => {
  const folder = newFolder();
  await unrolled(folder, "train", ...TINY, "--iters", "2");
  const line = "set -o pipefail; unrolled sample model.safetensors --length 100000000 | head -c 50";
  const { stdout, stderr } = await shell(folder, line);
  expect(stdout).toHaveLength(50);
  expect(stderr).toBe("");
});

it.concurrent("training saves and stops if its reader closes the pipe", async () => {
  const folder = newFolder();
  const training = `unrolled train ${TINY.join(" ")} ${FOREVER.join(" ")} --json`;
  const { stdout, stderr } = await shell(folder, `{ ${training}; echo "code $?" >&2; } | head -1`);
  expect(JSON.parse(stdout)).toMatchObject({ iter: 1 });
  expect(stderr).toMatch(/stopped after iteration \d+ and saved/);
  expect(stderr).toContain("code 130");
  expect(checkpointOf(folder, "model").progress.iteration).toBeGreaterThan(0);
});
