import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { runOptions } from "../../src/cli/search-trial.ts";
import { optionValue, textOf } from "../../src/cli/search-values.ts";
import { ALL, TASK_NAMES, taskOf } from "../../src/cli/tasks/index.ts";
import { addTaskOptions, checkTaskOptions } from "../../src/cli/tasks/options.ts";
import { addTrain } from "../../src/cli/train.ts";
import { type OptionNames, TASKS } from "../../src/tasks/index.ts";
import { expectError } from "../runtimes.ts";
import { contents, newFolder, unrolled } from "./cli.ts";

// What each task declares about itself in its file in src/cli/tasks.

it("every task of the library has its commands, by its name", () => {
  expect([...TASK_NAMES].sort()).toEqual(TASKS.map(({ Model }) => Model.task).sort());
});

/** Names that are shorter on the command line than in the library. */
const SHORT: Readonly<Record<string, string>> = { lm: "languageModel", lmWeight: "languageWeight" };

describe.each(TASK_NAMES)("the commands of the task %s", (task) => {
  const { options, changesLoss = [], words, space } = ALL[task]!;

  it("name options that exist", () => {
    const program = new Command();
    addTrain(program);
    const known = program.commands[0]!.options.map((option) => option.attributeName());
    const named = options.train().map((one) => (typeof one === "string" ? one : one.attributeName()));
    expect(known).toEqual(expect.arrayContaining([...named, ...changesLoss]));
  });

  it("list the options by which the library's task reads and evaluates data", () => {
    const { format, data, evaluate } = ALL[task]!.task.options;
    const listed = (command: "train" | "eval" | "predict", all: readonly string[]) =>
      (options[command]?.() ?? [])
        .map((one) => (typeof one === "string" ? one : one.attributeName()))
        .map((name) => SHORT[name] ?? name)
        .filter((name, i, names) => all.includes(name) && names.indexOf(name) === i) // --header, --no-header
        .sort();
    const union = (names: keyof OptionNames): string[] => TASKS.flatMap(({ options }) => options[names]);
    const formats = union("format");
    expect(listed("train", [...formats, ...union("data")])).toEqual([...format, ...data].sort());
    expect(listed("eval", [...formats, ...union("evaluate")])).toEqual([...format, ...evaluate].sort());
    expect(listed("predict", formats)).toEqual([...format].sort());
  });

  it("search over options that the task has, by values that train takes", () => {
    const all = runOptions();
    for (const [field, dimension] of Object.entries({ ...space, ...words?.space })) {
      checkTaskOptions({ [field]: 1 }, task);
      const values = "min" in dimension ? [dimension.min, dimension.max] : dimension;
      for (const value of values) expect(optionValue(all, field, value), field).toEqual(value);
    }
  });
});

it("an option is valid for the tasks that list it, and for every task if none does", () => {
  const refused = (given: object, task: string, message: string) =>
    expectError(() => checkTaskOptions({ ...given }, task), "ERR_VALUE", message);
  refused({ streams: 1 }, "classifier", "--streams goes with task language-model, not with classifier");
  refused({ lines: true }, "tagger", "--lines goes with task language-model, not with tagger");
  refused({ seq: 5 }, "tagger", "--seq goes with task language-model or forecaster, not with tagger");
  refused({ changes: false }, "generator", "--no-changes goes with task forecaster, not with generator");
  refused({ hidden: 3, top: 1 }, "generator", "--top goes with task embedder, not with generator");
  const count =
    "--min-count goes with task language-model or classifier or tagger or encoder-decoder or autoencoder or generator or embedder";
  refused({ minCount: 2 }, "forecaster", count);
  for (const task of TASK_NAMES) checkTaskOptions({ hidden: 3, data: "x", json: true }, task);
});

it("options that several tasks list are added once, in the order of each task", () => {
  const namesOf = (command: "train" | "eval", headings?: boolean) =>
    addTaskOptions(new Command(), command, headings).options.map((option) => option.long!.slice(2));
  expect(namesOf("eval")).toEqual(
    [
      "beam max-length length-penalty from steps format header no-header cut streams",
      "text-column label-column label-first token-column tag-column threshold decimal fill missing lm lm-weight length-bonus",
    ].flatMap((names) => names.split(" ")),
  );
  expect(namesOf("train", false)).toEqual([
    "level",
    "tokens",
    "vocabulary",
    "min-count",
    "softmax",
    "cutoffs",
    "vectors",
    "cut",
    "lines",
    "zero-start",
  ]);
  expect(namesOf("train", true).slice(0, 5)).toEqual(
    "source-level target-level lower-case attention encoder-layers".split(" "),
  );
});

it("a search does not vary what changes the numbers of a forecaster's data", () => {
  expect(ALL.forecaster!.changesLoss).toEqual(expect.arrayContaining(["decimal", "fill", "missing"]));
});

it("words have their own search space and unit", () => {
  expect(taskOf({ task: "language-model", level: "word" })).toMatchObject({ unit: "words" });
  expect(taskOf({ task: "language-model", level: "char" })).toMatchObject({ unit: "chars" });
  expect(taskOf({ task: "classifier", level: "word" })).toBe(ALL.classifier);
});

it("values of a space are parsed as options, and written as a person would", () => {
  const all = runOptions();
  const read = (name: string, value: Parameters<typeof optionValue>[2]) => optionValue(all, name, value);
  expect(read("head", [8, 4])).toEqual([8, 4]);
  expect(read("head", "8,4")).toEqual([8, 4]);
  expect(read("head", [])).toBeUndefined();
  expect(read("activations", null)).toBeUndefined();
  const activations = ["sigmoid", { name: "elu", alpha: 0.5 }, "tanh"];
  expect(read("activations", ["sigmoid", "elu:0.5", "tanh"])).toEqual(activations);
  expect(textOf(activations)).toBe("sigmoid,elu:0.5,tanh");
  expect(read("tied", false)).toBe(false);
  expect(read("resetGate", true)).toBe(true);
  expectError(() => read("tied", 3), "ERR_VALUE", "option '--tied' is 3, expected true or false");
  expectError(() => read("hidden", true), "ERR_VALUE", "option '--hidden <units>' is true, expected a value");
  expectError(
    () => read("hidden", 0),
    "ERR_VALUE",
    "argument '0' is invalid. expected a whole number from 1",
  );
});

it.concurrent("the former name of a task is still accepted, but not in the help", async () => {
  const pairs = Array.from({ length: 12 }, (_, i) => `cow ${i}\tred ${i}\n`).join("");
  const folder = newFolder({ "pairs.tsv": pairs });
  const options = ["--data", "pairs.tsv", "--iters", "2", "--hidden", "4", "--variant", "strict", "--json"];
  const former = await unrolled(folder, "train", "--task", "encoder", ...options, "--out", "a.safetensors");
  expect(former).toMatchObject({ code: 0, stderr: "" });
  await unrolled(folder, "train", "--task", "embedder", ...options, "--out", "b.safetensors");
  const files = contents(folder);
  expect(files["a.safetensors"]).toBe(files["b.safetensors"]);
  const search = ["search", ...options, "--trials", "1", "--size", "3", "--out", "c.safetensors"];
  const found = await unrolled(folder, ...search, "--task", "encoder");
  expect(found.code).toBe(0);
  expect(found.stdout).toContain("train --task embedder ");
  const help = await unrolled(folder, "train", "--help");
  expect(help.stdout).not.toMatch(/"encoder"/);
  const wrong = await unrolled(folder, "train", "--task", "juggling", ...options);
  expect(wrong.stderr).toContain("Allowed choices are language-model, classifier, ");
});
