import { execFile } from "node:child_process";
import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { finish, newFolder, objects, start, TINY, unrolled } from "../cli/cli.ts";
import { describeEngine, PYTHON } from "./python.ts";

// Our command line and Optuna at the same study, in one journal file.

const SCRIPT = fileURLToPath(new URL("study.py", import.meta.url));
const SPACE = JSON.stringify({
  cell: ["rnn", "gru", "lstm"],
  lr: { min: 1e-4, max: 0.3, scale: "log" },
  hidden: { min: 4, max: 12, whole: true },
  dropout: { min: 0, max: 0.5 },
});
const files = { "space.json": SPACE };
const SIZES = TINY.slice(4);
const SEARCH = ["search", "--data", "text.txt", ...SIZES, "--iters", "16", "--space", "space.json"];
const STUDY = ["--storage", "journal.log", "--study", "names"];

interface Shown {
  readonly number: number;
  readonly state: string;
  readonly value: number | null;
  readonly params: Record<string, unknown>;
  readonly reports: number[];
  readonly steps: number[];
  readonly user: Record<string, unknown>;
  readonly system: Record<string, unknown>;
  readonly types: Record<string, string>;
  readonly seconds: number | null;
}

async function optuna(folder: string, command: string, ...rest: string[]): Promise<string> {
  const options = [SCRIPT, command, "journal.log", "names", ...rest];
  return (await promisify(execFile)(PYTHON, options, { cwd: folder })).stdout;
}

async function show(folder: string): Promise<{ best: Shown; trials: Shown[] }> {
  return JSON.parse(await optuna(folder, "show"));
}

describeEngine("an Optuna study", { modules: ["optuna"], long: true }, () => {
  it.concurrent("made by us is read by Optuna, with its best trial, values and reports", async () => {
    const folder = newFolder(files);
    const result = await unrolled(
      folder,
      ...SEARCH,
      ...STUDY,
      "--trials",
      "4",
      "--median-after",
      "1",
      "--json",
    );
    expect(result).toMatchObject({ code: 0, stderr: "" });
    const [end, ...lines] = objects(result).reverse();
    const { best, trials } = await show(folder);
    expect(trials.map(({ number }) => number)).toEqual([0, 1, 2, 3]);
    for (const [i, line] of lines.reverse().entries()) {
      const { params, reports, state, value, steps, types } = trials[i]!;
      expect(line).toMatchObject({ number: i, candidate: params });
      expect((line.losses as number[][]).map(([, loss]) => loss)).toEqual(reports);
      expect(steps).toEqual(reports.map((_, step) => step + 1));
      expect(state).toBe(line.status === "done" ? "COMPLETE" : "PRUNED");
      expect(value).toBe(state === "COMPLETE" ? line.best : reports.at(-1));
      expect(types).toEqual({
        cell: "CategoricalDistribution",
        lr: "FloatDistribution",
        hidden: "IntDistribution",
        dropout: "FloatDistribution",
      });
    }
    expect(end).toMatchObject({
      ...{ done: true, trials: 4, study: "names", storage: "journal.log" },
      ...{ best: best.number, candidate: best.params, validation_nats: best.value },
      ...{ model: trials[best.number]!.user.model, command: trials[best.number]!.user.command },
    });
    expect(existsSync(String(end!.model))).toBe(true);
    expect(JSON.parse(await optuna(folder, "prune"))).toBe(true);
    // Without a name, the only study of the file.
    expect(await unrolled(folder, ...SEARCH, "--storage", "journal.log", "--trials", "1")).toMatchObject({
      code: 0,
    });
    expect((await show(folder)).trials).toHaveLength(6);
  });

  it.concurrent("made by Optuna: waiting trials go first, with the values that they ask for", async () => {
    const folder = newFolder(files);
    const asked = [
      { cell: "gru", lr: 0.02, hidden: 5, dropout: 0.25 },
      { hidden: 7 },
      { lr: 99 },
      { momentum: 1 },
    ];
    await optuna(folder, "create", JSON.stringify(asked));
    const { code, stderr } = await unrolled(
      folder,
      ...SEARCH,
      ...STUDY,
      "--trials",
      "5",
      "--median-after",
      "0",
    );
    expect(code).toBe(0);
    expect(stderr).toContain('candidate 3/5: trial 2: failed (lr is 99, not in {"min":0.0001,');
    const { trials } = await show(folder);
    expect(trials.map(({ state }) => state)).toEqual(["COMPLETE", "COMPLETE", "FAIL", "FAIL", "COMPLETE"]);
    expect(trials[0]!.params).toEqual(asked[0]);
    expect(trials[1]!.params).toMatchObject({ hidden: 7, lr: expect.any(Number) });
    expect(trials[2]!.user.fail_reason).toMatch(/^lr is 99, not in/);
    expect(trials[3]!.user.fail_reason).toBe("momentum is not searched, only cell, lr, hidden, dropout");
  });

  it.concurrent("of two workers of ours and one of Optuna: each trial is run once", async () => {
    const folder = newFolder(files);
    await optuna(folder, "create", JSON.stringify([4, 5, 6, 7, 8, 9].map((hidden) => ({ hidden }))));
    const ours = () => unrolled(folder, ...SEARCH, ...STUDY, "--trials", "5", "--json");
    const [one, two] = await Promise.all([ours(), ours(), optuna(folder, "optimize", "7")]);
    const { trials, best } = await show(folder);
    expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: 17 }, (_, i) => i));
    expect(trials.filter(({ state }) => state === "COMPLETE" || state === "PRUNED")).toHaveLength(17);
    expect(trials.slice(0, 6).map(({ params }) => params.hidden)).toEqual([4, 5, 6, 7, 8, 9]);
    const mine = [one, two].flatMap((result) => objects(result).slice(0, -1));
    const numbers = mine.map(({ number }) => number as number);
    expect(new Set(numbers).size).toBe(10);
    for (const { number, value } of trials) expect(numbers.includes(number)).toBe(value! < 9);
    expect(best.value).toBeLessThan(9);
    expect(readdirSync(folder).filter((name) => /lock|rename/.test(name))).toEqual([]);
  });

  it.concurrent("loses nothing if a worker is killed: the next one repeats its trial", async () => {
    const folder = newFolder(files);
    await optuna(folder, "create", JSON.stringify([{ hidden: 4 }, { hidden: 11 }]));
    const long = ["--iters", "1000000", "--validate-every", "2", "--median-after", "0"];
    const child = start(folder, ...SEARCH, ...long, ...STUDY, "--trials", "9");
    const ended = finish(child);
    const journal = () => readFileSync(join(folder, "journal.log"), "utf8");
    while (!journal().includes('"op_code":7')) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill("SIGKILL");
    await ended;
    appendFileSync(join(folder, "journal.log"), '{"op_code":7,"worker_id":"cut'); // as if it was killed while it wrote
    const killed = (await show(folder)).trials;
    expect(killed.map(({ state }) => state)).toEqual(["RUNNING", "WAITING"]);
    // The study is of the first worker's options, which would take for ever. So this worker stops at Ctrl-C.
    const again = start(folder, ...SEARCH, ...long, ...STUDY, "--trials", "9");
    const stopped = finish(again);
    while (!/"trial_id":1.*"op_code":7|"op_code":7[^\n]*"trial_id":1,/s.test(journal()))
      await new Promise((resolve) => setTimeout(resolve, 50));
    again.kill("SIGINT");
    expect(await stopped).toMatchObject({ code: 130 });
    const { trials } = await show(folder);
    expect(trials.map(({ state }) => state)).toEqual(["FAIL", "FAIL", "WAITING"]);
    expect(trials[0]!.user.fail_reason).toMatch(/^its worker, process \d+, was killed$/);
    expect(trials[0]!.reports.slice(0, killed[0]!.reports.length)).toEqual(killed[0]!.reports);
    expect(trials[1]!.user.fail_reason).toBe("stopped by a signal");
    expect(trials[2]!.system).toMatchObject({
      fixed_params: killed[0]!.params,
      failed_trial: 0,
      retry_history: [0],
    });
  });

  it.concurrent("is refused if it maximizes", async () => {
    const folder = newFolder(files);
    await optuna(folder, "maximize");
    const { code, stderr } = await unrolled(folder, ...SEARCH, ...STUDY);
    expect(code).toBe(1);
    expect(stderr).toBe(
      "unrolled: study names does not minimize one value, but a search makes the loss small; use another study\n",
    );
  });
});
