// Consumes the packed package as users do: npm run test:package [-- WORD...]
// Only checks whose names have one of the words are run. Some need others: pages Node's answers and a build (-- Node: Vite:), the
// edge its models (-- edge:).
// The last line is "N passed, N failed"; the exit code is 0 only if none failed.

import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { makeConsumer, run } from "./consumer.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const modified = (file) => statSync(here + file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (!existsSync(new URL("../../dist/index.js", import.meta.url))) {
  throw new Error("the package is not built; run npm run build first");
}
if (modified("node_modules/.package-lock.json") < modified("package-lock.json")) {
  console.log("installing bundlers and checkers (760 MB, once)");
  await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: here, shell: process.platform === "win32" });
}

const { checksOf } = await import("./checks.mjs");
const names = process.argv.slice(2);
const totals = { passed: 0, failed: 0 };
const consumer = await makeConsumer();
try {
  for await (const [name, check] of checksOf(consumer)) {
    if (names.length > 0 && !names.some((word) => name.includes(word))) continue;
    const begun = performance.now();
    try {
      const note = await check();
      totals.passed++;
      console.log(
        `ok      ${name}${note ? ` (${note})` : ""}  ${((performance.now() - begun) / 1000).toFixed(1)} s`,
      );
    } catch (error) {
      totals.failed++;
      console.log(`FAILED  ${name}\n${String(error.stack).replace(/^/gm, "          ")}`);
    }
  }
} finally {
  await consumer.remove();
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
if (totals.failed || !totals.passed) process.exitCode = 1;
