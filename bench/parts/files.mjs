// Time and memory that damaged files take: see test/hostile.

import { ask } from "../child.mjs";

/** Maximum seconds, in milliseconds. */
const MOST_TIME = 2000;

/** Maximum kilobytes beyond ten times the size of the file. */
const MOST_MEMORY = 2 ** 24 / 1000;

export async function files({ engines, effort }) {
  const rows = [];
  for (const engine of engines.filter(({ role }) => role === "main" || role === "running")) {
    const results = await ask(engine, "files", effort, ["--expose-gc"]);
    for (const [kind, { count, milliseconds, slowest, excess, largest }] of Object.entries(results)) {
      const row = { name: `${count.toLocaleString("en")} ${kind} files`, engine: engine.name };
      rows.push(
        { ...row, measured: `longest: ${slowest}`, value: milliseconds, unit: "ms", most: MOST_TIME },
        {
          ...row,
          measured: `memory beyond 10 times the size: ${largest || "none"}`,
          value: excess / 1000,
          unit: "kB",
          most: MOST_MEMORY,
        },
      );
    }
  }
  return rows;
}
