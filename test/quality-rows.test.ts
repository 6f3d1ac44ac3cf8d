// The table of bench/quality.md against the programs of examples/.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const table = readFileSync(join(root, "bench", "quality.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| "));
/** Programs whose rows are those of a longer training. */
const OTHER_ROWS = new Map([
  ["handwriting", "handwriting, held-out writers"],
  ["speech", "speech, held-out voices"],
]);
/** Trains on Shakespeare for a minute of the clock. */
const WITHOUT_ROW = new Set(["start"]);

test("every program of examples has a row, with both scores", () => {
  const programs = readdirSync(join(root, "examples"))
    .filter((name) => name.endsWith(".mjs"))
    .map((name) => name.replace(".mjs", ""))
    .filter((name) => !WITHOUT_ROW.has(name));
  expect(programs.length).toBeGreaterThan(20);
  const missing = programs.filter((name) => {
    const row = table.find((line) => line.startsWith(`| ${OTHER_ROWS.get(name) ?? `example ${name}`} |`));
    return !row || row.includes("not measured");
  });
  expect(missing).toEqual([]);
});
