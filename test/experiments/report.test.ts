import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { withFigures } from "../../experiments/report.mjs";
import { readResults } from "../../experiments/results.mjs";
import { TASKS } from "../../experiments/tasks/index.mjs";

const page = readFileSync(new URL("../../docs/long-range.md", import.meta.url), "utf8");

it("docs/long-range.md has the figures of the measured runs, for every task and cell", async () => {
  for (const [name, { cells }] of Object.entries(TASKS)) {
    const measured = (await readResults(name)).map((run) => run.cell);
    expect(new Set(measured)).toEqual(new Set(cells));
    expect(page).toContain(`<!-- ${name} -->`);
  }
  expect(await withFigures(page)).toBe(page);
});

it("the measured runs used the budgets that the tasks have now, and some show what is expected of each cell", async () => {
  for (const [name, { config, expected }] of Object.entries(TASKS)) {
    const runs = await readResults(name);
    for (const run of runs) expect(run.config).toEqual(config);
    for (const [cell, { holds }] of Object.entries(expected)) {
      expect(
        runs.some((run) => run.cell === cell && holds(run)),
        `${name} ${cell}`,
      ).toBe(true);
    }
  }
});
