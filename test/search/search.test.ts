import { describe, expect, it, vi } from "vitest";
import { UnrolledError } from "../../src/errors.ts";
import { parseSearchLog, serializeSearchLog } from "../../src/search/log.ts";
import { type Objective, type SearchOptions, search } from "../../src/search/search.ts";
import { checkSpace } from "../../src/search/space.ts";
import type { Trial } from "../../src/search/trial.ts";
import { expectError } from "../runtimes.ts";

const SPACE = checkSpace({
  cell: ["rnn", "gru", "lstm"],
  lr: { min: 1e-4, max: 1, scale: "log" },
  hidden: { min: 1, max: 64, whole: true },
  dropout: { min: 0, max: 0.9 },
});

/** An objective with its minimum at gru, 0.01, 48, 0.3; the loss falls to its value over four reports. */
const bowl: Objective = async ({ cell, lr, hidden, dropout }, { report, signal }) => {
  const distances = [
    cell === "gru" ? 0 : 1,
    Math.log10(lr as number) + 2,
    ((hidden as number) - 48) / 32,
    (dropout as number) - 0.3,
  ];
  const value = distances.reduce((sum, distance) => sum + distance * distance, 0);
  for (let k = 1; k <= 4; k++) {
    if (signal.aborted) throw new UnrolledError("ERR_ABORTED", "stopped");
    report(10 * k, value + 1 / k);
  }
};

const timeless = (trials: readonly Trial[]) => trials.map((trial) => ({ ...trial, seconds: 0 }));
const find = (options: Partial<SearchOptions>, objective = bowl) =>
  search(objective, { space: SPACE, trials: 20, ...options });

describe.each(["random", "genetic"] as const)("%s search", (method) => {
  it("is decided by its seed", async () => {
    const [a, b, c] = await Promise.all([find({ method }), find({ method }), find({ method, seed: 2 })]);
    expect(timeless(a.trials)).toEqual(timeless(b.trials));
    expect(a.trials[0]!.candidate).not.toEqual(c.trials[0]!.candidate);
    expect(a.trials.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(a.best!.best).toBe(Math.min(...a.trials.map(({ best }) => best!)));
  });

  it("continues from any point of its log as if it had not been stopped", async () => {
    const whole = await find({ method });
    const header = { method, seed: 1 };
    for (const done of [0, 1, 7, 8, 9, 19, 20]) {
      const log = serializeSearchLog(header, whole.trials.slice(0, done));
      const onTrial = vi.fn();
      const rest = await find({ method, history: parseSearchLog(log, header), onTrial });
      expect(timeless(rest.trials)).toEqual(timeless(whole.trials));
      expect(rest.best!.number).toBe(whole.best!.number);
      expect(onTrial).toHaveBeenCalledTimes(20 - done);
    }
  });

  it("tries nothing twice, and ends if there is nothing left", async () => {
    const space = checkSpace({ cell: ["rnn", "gru", "lstm"], layers: { min: 1, max: 4, whole: true } });
    const constant: Objective = async (_, { report }) => report(1, 1);
    const { trials } = await search(constant, { space, method, population: 4, trials: 100 });
    expect(trials).toHaveLength(12);
    expect(new Set(trials.map(({ candidate }) => JSON.stringify(candidate))).size).toBe(12);
  });

  it("continues after candidates that fail, and never calls one the best", async () => {
    const { trials, best } = await find({ method }, async (candidate, context) => {
      if (context.number % 3 === 1) throw new UnrolledError("ERR_VALUE", "spec: no");
      if (context.number % 3 === 2) {
        context.report(1, -5);
        context.report(2, Number.NaN);
      }
      await bowl(candidate, context);
    });
    expect(trials.slice(0, 2)).toMatchObject([
      { status: "failed", error: "spec: no", best: null, losses: [] },
      { status: "failed", error: "the loss at iteration 2 is NaN", best: -5, losses: [[1, -5]] },
    ]);
    expect(best!.number % 3).toBe(0);
    const failing = await find({ method }, async () => {
      throw new UnrolledError("ERR_NAN", "nan");
    });
    expect(failing.best).toBeUndefined();
    expect(failing.trials).toHaveLength(20);
  });
});

it("genetic search comes nearer to the optimum than random search", async () => {
  const options = { trials: 60, medianAfter: 0 };
  const means = await Promise.all(
    (["random", "genetic"] as const).map(async (method) => {
      const seeds = Array.from({ length: 10 }, (_, i) => i + 1);
      const all = await Promise.all(seeds.map((seed) => find({ ...options, method, seed })));
      return all.reduce((sum, { best }) => sum + best!.best! - 1 / 4, 0) / seeds.length;
    }),
  );
  expect(means[1]).toBeLessThan(means[0]! / 2);
});

describe("ends", () => {
  it("the signal ends the candidate under way, which is not counted", async () => {
    const controller = new AbortController();
    const release = vi.spyOn(controller.signal, "removeEventListener");
    const done: Trial[] = [];
    const objective: Objective = async (candidate, context) => {
      if (context.number === 4) controller.abort();
      await bowl(candidate, context);
    };
    const onTrial = (trial: Trial) => void done.push(trial);
    await expect(find({ signal: controller.signal, onTrial }, objective)).rejects.toMatchObject({
      code: "ERR_ABORTED",
    });
    expect(done).toHaveLength(3);
    expect(release).toHaveBeenCalledTimes(4);
    const rest = await find({ history: done });
    expect(timeless(rest.trials)).toEqual(timeless((await find({})).trials));
    await expect(find({ signal: controller.signal })).rejects.toMatchObject({
      code: "ERR_ABORTED",
      message: "stopped after 0 candidates",
    });
  });

  it.each([
    ["a mistake in the objective", new TypeError("x is undefined")],
    ["a full disk", new UnrolledError("ERR_FILE", "the disk is full")],
    ["an abort that nobody asked for", new UnrolledError("ERR_ABORTED", "stopped")],
  ])("%s ends the search", async (_, error) => {
    await expect(find({}, () => Promise.reject(error))).rejects.toBe(error);
  });

  it("an objective has to report", async () => {
    await expect(find({}, async () => {})).rejects.toMatchObject({ code: "ERR_STATE" });
  });

  it.each([
    { method: "grid" as "random" },
    { trials: 0 },
    { population: 0 },
    { tournament: 1.5 },
    { seed: -1 },
    { medianAfter: Number.NaN },
    { space: {} },
  ])("refuses %j", async (options) => {
    await expect(find(options)).rejects.toMatchObject({ code: "ERR_VALUE" });
  });

  it("refuses the history of another search", async () => {
    const { trials } = await find({ seed: 2 });
    await expect(find({ history: trials })).rejects.toMatchObject({ code: "ERR_DATA" });
  });
});

describe("the log", () => {
  const header = { method: "random", seed: 1, space: SPACE };

  it.each([
    ["", "ERR_FORMAT", /^line 1: not JSON/],
    ["{}\n", "ERR_FORMAT", /^line 1: not the first line/],
    ['{"iter":1}\n', "ERR_FORMAT", /^line 1: not the first line/],
    [serializeSearchLog({ ...header, seed: 2 }, []), "ERR_STATE", /its seed is 2, not 1;/],
    [serializeSearchLog({ ...header, more: 1 }, []), "ERR_STATE", /its more is 1, not missing;/],
    [
      `${serializeSearchLog(header, [])}{"number":1}\n`,
      "ERR_FORMAT",
      /^line 2: trial: candidate is undefined/,
    ],
    [`${serializeSearchLog(header, [])}{"numb`, "ERR_FORMAT", /^line 2: not JSON/],
  ] as const)("refuses %j", (text, code, message) => {
    expectError(() => parseSearchLog(text, header), code, message);
  });

  it("refuses trials out of order", async () => {
    const { trials } = await find({});
    const text = serializeSearchLog(header, trials.slice(1));
    expectError(() => parseSearchLog(text, header), "ERR_FORMAT", /^line 2: expected trial number 1/);
    expect(parseSearchLog(serializeSearchLog(header, trials), header)).toEqual(trials);
  });
});
