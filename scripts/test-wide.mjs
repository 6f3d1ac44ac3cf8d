// Runs the tests of the library on the kernels for vectors of 256 bits: npm run test:wide
// They need an x64 processor with AVX2 and Node 24, which is installed if this is an older Node.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { inPackage, installPackages } from "../test/runtimes/install.mjs";
import { hasWideVectors } from "../test/runtimes/wide-vectors.mjs";

/** The folders of tests whose numbers come from kernels that run in this process. */
const FOLDERS = "assembly autograd finetune graph models network nn optim runtime train".split(" ");

if (!hasWideVectors()) {
  console.log("not run: this is no Linux on an x64 processor with AVX2");
  process.exit();
}
let node = process.execPath;
if (Number(process.versions.node.split(".")[0]) < 24) {
  await installPackages();
  node = inPackage("node-24/bin/node");
}
const root = new URL("..", import.meta.url);
const vitest = fileURLToPath(new URL("node_modules/vitest/vitest.mjs", root));
const folders = FOLDERS.map((name) => `test/${name}/`);
const { status } = spawnSync(node, [vitest, "run", ...folders, ...process.argv.slice(2)], {
  cwd: fileURLToPath(root),
  stdio: "inherit",
  env: { ...process.env, UNROLLED_WIDE: "1" },
});
process.exitCode = status ?? 1;
