// Runs the built package in every runtime: npm run test:runtimes [-- NAME...]
// A NAME chooses the runtimes whose names start with it. The last line is "N passed, N failed"; the exit code is 0 if none failed.

import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { installPackages } from "./install.mjs";

const AT_ONCE = 2;

/** Time limit of a check in seconds, so that nothing hangs. */
const LIMIT = 300;

/** @throws Error if a promise takes too long */
function inTime(promise) {
  const giveUp = async () => {
    await setTimeout(LIMIT * 1000, undefined, { ref: false });
    throw new Error(`no end within ${LIMIT} s`);
  };
  return Promise.race([promise, giveUp()]);
}

/** Runs all checks in a runtime. @returns the lines to print, and how many checks passed and failed */
async function test(adapter, checks) {
  const outcome = { lines: [], passed: 0, failed: 0 };
  const attempt = async (name, run) => {
    const begun = performance.now();
    const line = await inTime(run()).then(
      (note) => {
        outcome.passed++;
        return `  ok      ${name}${note ? ` (${note})` : ""}`;
      },
      (error) => {
        outcome.failed++;
        return `  FAILED  ${name}\n${String(error.stack).replace(/^/gm, "            ")}`;
      },
    );
    outcome.lines.push(`${line}  ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  };
  const ends = [];
  let runtime;
  await attempt("starts", async () => {
    runtime = await adapter.open((end) => ends.unshift(end));
  });
  outcome.lines.unshift([adapter.name, runtime?.version].join(" "));
  for (const { name, run, needs = () => true } of runtime ? (adapter.checks ?? checks) : []) {
    if (needs(runtime)) await attempt(name, () => run(runtime));
  }
  for (const end of ends) {
    const ended = async () => end();
    await inTime(ended()).catch((error) =>
      outcome.lines.push(`  does not end as it should: ${error.message}`),
    );
  }
  return outcome;
}

async function main(names) {
  if (!existsSync(new URL("../../dist/index.js", import.meta.url))) {
    throw new Error("the package is not built; run npm run build first");
  }
  await installPackages();
  // After the installation, as adapters import what it installs.
  const [{ adapters }, { checks }] = await Promise.all([
    import("./adapters/index.mjs"),
    import("./checks.mjs"),
  ]);
  const chosen = adapters.filter(
    ({ name }) => !names.length || names.some((start) => name.toLowerCase().startsWith(start.toLowerCase())),
  );
  const totals = { passed: 0, failed: 0 };
  const waiting = [...chosen];
  const lane = async () => {
    for (let adapter = waiting.shift(); adapter; adapter = waiting.shift()) {
      const { lines, passed, failed } = await test(adapter, checks);
      console.log(lines.join("\n"));
      totals.passed += passed;
      totals.failed += failed;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
  if (totals.failed || !totals.passed) process.exitCode = 1;
}

await main(process.argv.slice(2));
