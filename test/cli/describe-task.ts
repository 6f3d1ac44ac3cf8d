import { describe, expect, it } from "vitest";
import { contents, expectRefused, type Files, jsonLines, type Line, newFolder, unrolled } from "./cli.ts";

// The tests of a task at the command line are a table: `describeTask` trains a small model once, checks what each command
// prints about it, stops and resumes a run, and checks what is refused. To test a new task, write a file `<task>.test.ts`
// with its `TaskTable`, and below it an `it` for each thing that only this task can do.

/** The file to which a run writes its model by default. */
export const MODEL = "model.safetensors";

/** The folder of a finished run, and the lines that it printed. */
export interface Trained {
  readonly folder: string;
  readonly run: readonly Line[];
}

/** The output of a command, with and without `--json`, and the lines of the run that trained its model. */
export interface Printed extends Trained {
  readonly json: readonly Line[];
  readonly text: string;
  /** Standard error, without `--json`. */
  readonly notes: string;
}

export interface TaskTable {
  /** Files that are in the folder of every test. */
  readonly files: Files;
  /** Command and options of every training run, without its data. */
  readonly train: readonly string[];
  /** The options of an uninterrupted run, and a check of the lines that it prints. The other tests use its model. */
  readonly trains: readonly [options: readonly string[], check: (run: readonly Line[]) => void];
  /** Commands that use the model, and checks of what they print. */
  readonly prints: Readonly<
    Record<string, readonly [args: readonly string[], check: (printed: Printed) => void]>
  >;
  readonly resumes?: Resumed;
  /** Training runs that are refused. */
  readonly refusesToTrain?: readonly RefusedTraining[];
  /** Commands that are refused for this model. */
  readonly refuses?: readonly RefusedCommand[];
}

export type RefusedTraining = readonly [what: string, options: readonly string[], message: string | RegExp];
export type RefusedCommand = readonly [message: string | RegExp, command: readonly string[]];

/** A run that is stopped and resumed, and ends with the same files as an uninterrupted one. */
export interface Resumed {
  readonly data: readonly string[];
  /** Options that the checkpoint keeps. */
  readonly options?: readonly string[];
  /** Options that must be repeated when a run is resumed. */
  readonly again?: readonly string[];
  /** The iteration after which it is stopped. */
  readonly after: number;
  readonly iterations: number;
  /** Checks the model "a.safetensors"; `run` are the lines of the uninterrupted run. */
  readonly check?: (trained: Trained) => Promise<void>;
}

/** Defines the tests of a task. @returns the trained model for further tests */
export function describeTask(name: string, table: TaskTable): () => Promise<Trained> {
  const { files, train, trains, prints, resumes, refusesToTrain = [], refuses = [] } = table;
  const [options, checkRun] = trains;
  const trained = trainOnce(files, [...train, ...options]);

  describe.concurrent(name, () => {
    it("is trained", async () => checkRun((await trained()).run));

    it.each(Object.entries(prints))("%s", async (_, [args, check]) => {
      const { folder, run } = await trained();
      const json = await jsonLines(folder, ...args);
      const { code, stdout: text, stderr: notes } = await unrolled(folder, ...args);
      expect(code, notes).toBe(0);
      check({ folder, run, json, text, notes });
    });

    if (resumes) it("stops and resumes, with the same bits", () => expectResumed(files, train, resumes));

    it.each(refuses)("refuses: %s", async (message, command) =>
      expectRefused((await trained()).folder, command, message),
    );

    it.each(refusesToTrain)("refuses to train: %s", async (_, args, message) =>
      expectRefused(newFolder(files), [...train, ...args, "--json"], message),
    );
  });
  return trained;
}

/** Makes a run for several tests, which starts when the first of them asks for it. */
export function trainOnce(files: Files, command: readonly string[]): () => Promise<Trained> {
  const start = async () => {
    const folder = newFolder(files);
    return { folder, run: await jsonLines(folder, ...command) };
  };
  let trained: Promise<Trained> | undefined;
  return () => {
    trained ??= start();
    return trained;
  };
}

async function expectResumed(files: Files, train: readonly string[], resumed: Resumed): Promise<void> {
  const { data, options = [], again = [], after, iterations, check } = resumed;
  const folder = newFolder(files);
  const begin = (end: number, out: string) =>
    jsonLines(folder, ...train, ...data, ...options, ...again, "--iters", `${end}`, "--out", out);
  const whole = await begin(iterations, "a.safetensors");
  await begin(after, "b.safetensors");
  const resume = ["--resume", "b.checkpoint.safetensors", "--iters", `${iterations}`, ...again];
  const rest = await jsonLines(folder, "train", ...data, ...resume);

  const losses = (run: readonly Line[]) => run.flatMap(({ iter, loss }) => (loss ? [[iter, loss]] : []));
  expect(losses(rest)).toEqual(losses(whole).slice(after));
  const scores = (run: readonly Line[]) => {
    const { seconds, training_seconds, model, checkpoint, ...end } = run.at(-1)!;
    return end;
  };
  expect(scores(rest)).toEqual(scores(whole));
  expect(scores(rest)).toMatchObject({ done: true, iters: iterations });
  const written = contents(folder);
  expect(written["a.safetensors"]).toBeDefined();
  expect(written["b.checkpoint.safetensors"]).toBe(written["a.checkpoint.safetensors"]);
  expect(written["b.safetensors"]).toBe(written["a.safetensors"]);
  await check?.({ folder, run: whole });
}
