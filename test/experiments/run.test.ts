import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

// Every network of the experiments learns for a moment, in a process of its own: `npm run build` first.

const RUN = fileURLToPath(new URL("../../experiments/run.mjs", import.meta.url));

/** What a run of the experiments writes as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: the tests are what checks its form
async function run(...args: string[]): Promise<any[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [RUN, "--json", ...args]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("experiments", { timeout: 120_000 }, () => {
  it.each([
    ["adding", 5, [100, 100]],
    ["copy", 4, [26, 26]],
    ["reber", 4, [29, 99]],
    ["agreement", 4, [9, 15]],
  ] as const)("%s: every cell trains and is measured", async (task, cells, [least, most]) => {
    const runs = await run(task, "--iterations", "3");
    expect(runs).toHaveLength(cells);
    for (const { cell, seed, iterations, figures, flow, variant, stepsPerSecond } of runs) {
      expect({ seed, iterations, variant }, cell).toEqual({ seed: 0, iterations: 3, variant: "strict" });
      for (const figure of Object.values<number>(figures)) expect(figure).toBeGreaterThanOrEqual(0);
      expect(stepsPerSecond).toBeGreaterThan(0);
      for (const norms of [flow.start, flow.end]) {
        expect(norms.length, cell).toBeGreaterThanOrEqual(least);
        expect(norms.length, cell).toBeLessThanOrEqual(most);
        expect(norms.every((norm: number) => Number.isFinite(norm)) && norms[0] > 0).toBe(true);
      }
    }
  });

  it("an LSTM learns the embedded Reber grammar in three epochs, strings longer than 30 included", async () => {
    const [{ checks }] = await run("reber", "--cell", "lstm-fb1", "--iterations", "471");
    const perfect = checks.map(({ figures }: { figures: { perfect30: number } }) => figures.perfect30);
    expect(perfect).toHaveLength(3);
    expect(perfect[0]).toBe(0);
    expect(perfect[2]).toBeGreaterThan(0.95);
  });

  it("a GRU learns agreement over three modifiers from sentences with at most two", async () => {
    const [{ figures }] = await run("agreement", "--cell", "gru", "--iterations", "625");
    expect(figures.depth3).toBeGreaterThan(0.95);
  });

  it("the same seed gives the same figures, another seed others", async () => {
    const figures = async (seed: string) => {
      const [{ figures }] = await run("copy", "--cell", "gru", "--seed", seed, "--iterations", "5");
      return figures;
    };
    const first = await figures("3");
    expect(await figures("3")).toEqual(first);
    expect(await figures("4")).not.toEqual(first);
  });

  it.each([
    [["nope"], "there is no task nope, expected one of adding, copy, reber, agreement"],
    [["copy", "--cell", "irnn"], "copy has no cell irnn, expected one of rnn, gru, lstm, lstm-fb1"],
    [["--seed", "one"], "--seed is one, expected a whole number"],
    [["copy", "--save", "--iterations", "5"], "--save needs the task's own budget"],
  ])("refuses %j", async (args, message) => {
    await expect(run(...args)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  });
});
