import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Journal } from "../../../src/cli/optuna/journal.ts";
import { OP, STATE } from "../../../src/cli/optuna/studies.ts";
import { StudyWorker } from "../../../src/cli/optuna/study.ts";
import { DEFAULT_SEARCH } from "../../../src/search/search.ts";
import { checkSpace } from "../../../src/search/space.ts";
import { expectError } from "../../runtimes.ts";

// Lines that Optuna 5.0 wrote: make-journal.py.
const RECORDED = readFileSync(fileURLToPath(new URL("optuna.log", import.meta.url)), "utf8");
const SPACE = checkSpace({
  lr: { min: 1e-4, max: 0.3, scale: "log" },
  cell: ["rnn", "gru", null],
  hidden: { min: 8, max: 16, whole: true },
  d: { min: 0, max: 1 },
});

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "unrolled-"));
  file = join(folder, "journal.log");
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const worker = (name: string | undefined = "a", space = SPACE, header = {}) =>
  new StudyWorker(file, name, header, space, DEFAULT_SEARCH);
const trialsOf = (name: string) => new Journal(file).studies.named(name)!.trials;

describe("a journal", () => {
  it("of Optuna is replayed: values, states, numbers that JSON lacks, deleted studies", () => {
    writeFileSync(file, RECORDED);
    const { studies } = new Journal(file);
    expect(studies.all.map(({ name }) => name)).toEqual(["a"]);
    const { trials, user } = studies.named("a")!;
    expect(user).toEqual({ note: "x" });
    expect(trials.map(({ state }) => state)).toEqual([1, 2, 3, 1, 4]);
    expect([...trials[0]!.reports]).toEqual([
      [1, 0.01],
      [2, Number.NaN],
    ]);
    expect(
      worker()
        .trials()
        .map(({ number, status, best }) => [number, status, best]),
    ).toEqual([
      [0, "done", 0.01],
      [1, "stopped", trials[1]!.reports.get(1)],
      [2, "failed", trials[2]!.reports.get(1)],
      [3, "done", trials[3]!.values![0]],
    ]);
    expect(worker().trials()[0]!.candidate).toMatchObject({ lr: 0.01, cell: "gru", hidden: 11 });
  });

  it("gives a waiting trial to the first of two workers", () => {
    writeFileSync(file, RECORDED);
    const line = (id: string) =>
      `{"op_code":6,"worker_id":"${id}","trial_id":4,"state":0,"values":null,"datetime_start":"2026-01-01T00:00:0${id}.000000+00:00"}\n`;
    appendFileSync(file, line("1") + line("2"));
    expect(trialsOf("a")[4]).toMatchObject({
      state: STATE.RUNNING,
      started: "2026-01-01T00:00:01.000000+00:00",
    });
    expect(worker().claimTrial()).toMatchObject({ number: 5 });
  });

  it("loses a line that was cut, and nothing else", () => {
    worker("s");
    const whole = readFileSync(file, "utf8");
    appendFileSync(file, '{"op_code":4,"worker');
    expect(worker("s").claimTrial()).toMatchObject({ id: 0, number: 0 });
    expect(readFileSync(file, "utf8").slice(0, whole.length)).toBe(whole);
    for (const text of readFileSync(file, "utf8").trimEnd().split("\n")) JSON.parse(text);
    expect(readdirSync(folder)).toEqual(["journal.log"]);
  });

  it.each(["a text\n", "a text", '{"op_code":77}\n', "[1]\n"])("is not made of %j", (text) => {
    writeFileSync(file, text);
    expectError(() => worker("s"), "ERR_FORMAT", "journal");
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("waits for the lock", async () => {
    worker("s");
    symlinkSync("journal.log", `${file}.lock`);
    const { Worker } = await import("node:worker_threads");
    const free = `setTimeout(() => require("node:fs").unlinkSync(${JSON.stringify(`${file}.lock`)}), 200)`;
    new Worker(free, { eval: true });
    expect(worker("s").claimTrial().number).toBe(0);
  });

  it("says after two seconds that it waits for the lock, and takes that of a writer who is gone after 30", () => {
    symlinkSync("journal.log", `${file}.lock`);
    const clock = [0, 1.5, 2.5, 29.5, 30.5];
    vi.spyOn(performance, "now").mockImplementation(() => 1000 * clock.shift()!);
    const said: unknown[] = [];
    vi.spyOn(console, "error").mockImplementation((text) => void said.push(text, clock[0]));
    worker("s");
    const note = "the lock of another process: at most 30 s, then that process counts as dead";
    expect(said).toEqual([`waiting for ${file}.lock, ${note}`, 29.5]);
    expect(clock).toEqual([]);
    expect(readdirSync(folder)).toEqual(["journal.log"]);
  });
});

describe("a worker", () => {
  it("claims waiting trials first, then makes new ones; no two workers get the same", () => {
    writeFileSync(file, RECORDED);
    const [one, two] = [worker(), worker()];
    const claims = [one.claimTrial(), two.claimTrial(), one.claimTrial()];
    expect(claims.map(({ number }) => number)).toEqual([4, 5, 6]);
    expect(claims[0]!.candidate).toMatchObject({ lr: 0.02 });
    expect(new Set(claims.map(({ candidate }) => JSON.stringify(candidate))).size).toBe(3);
    expect(trialsOf("a")[5]!.params.get("hidden")).toMatchObject({
      distribution: { name: "IntDistribution" },
    });
  });

  it("hears that somebody else has ended its trial, and changes nothing then", () => {
    const one = worker("s");
    const claim = one.claimTrial();
    expect(one.report(claim, 1, 2.5)).toBe(true);
    new Journal(file).update((append) =>
      append({
        op_code: OP.SET_TRIAL_STATE_VALUES,
        trial_id: 0,
        state: 3,
        values: null,
        datetime_complete: "x",
      }),
    );
    expect(one.report(claim, 2, 2.5)).toBe(false);
    one.fail(claim, "late");
    expect(trialsOf("s")[0]).toMatchObject({ state: STATE.FAIL, user: {} });
  });

  it("refuses studies whose losses or spaces are others", () => {
    writeFileSync(file, RECORDED);
    worker("a", SPACE, { data: "x" });
    expectError(() => worker("a", SPACE, { data: "y" }), "ERR_STATE", 'its data is "x", not "y"');
    const other = { ...SPACE, cell: ["rnn", "lstm"] };
    const asOther = (space: object) => () => worker("a", checkSpace({ ...SPACE, ...space }), { data: "x" });
    const choices =
      'CategoricalDistribution(["rnn","gru",null]), not as CategoricalDistribution(["rnn","lstm"])';
    expectError(asOther(other), "ERR_VALUE", `study a has cell as ${choices}; use another study`);
    const scales = "FloatDistribution(log=True), not as FloatDistribution(log=False);";
    expectError(asOther({ lr: { min: 0, max: 1 } }), "ERR_VALUE", `study a has lr as ${scales}`);
    worker("b", other);
    const unnamed = () => new StudyWorker(file, undefined, {}, SPACE, DEFAULT_SEARCH);
    expectError(unnamed, "ERR_VALUE", /has 2 studies \(a, b\)/);
  });
});
