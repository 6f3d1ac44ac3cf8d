// Runs the tests of engines outside of JavaScript, also those that take long: npm run test:engines
// PYTHON names the Python that has their modules, such as torch. Arguments choose files: npm run test:engines -- torchrun

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = new URL("..", import.meta.url);
const vitest = fileURLToPath(new URL("node_modules/vitest/vitest.mjs", root));
const names = process.argv.slice(2);
const files = names.length ? names.map((name) => `test/engines/${name}`) : ["test/engines/"];
const { status } = spawnSync(process.execPath, [vitest, "run", ...files], {
  cwd: fileURLToPath(root),
  stdio: "inherit",
  env: { ...process.env, ENGINES: "long" },
});
process.exitCode = status ?? 1;
