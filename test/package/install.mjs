// What npm prints when it installs the packed package.

import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

export function* installChecks({ folder, tarball }) {
  yield ["an install warns of nothing", () => checkQuiet(join(folder, "../quiet"), tarball)];
}

/** Installs in an empty project, without the settings of this machine's npm, of which npm may warn as well. */
async function checkQuiet(folder, tarball) {
  await mkdir(folder);
  await writeFile(join(folder, "package.json"), '{ "name": "quiet", "private": true }');
  await writeFile(join(folder, "npmrc"), "");
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const args = ["install", "--no-audit", "--no-fund", "--userconfig", "npmrc", tarball];
  const options = { cwd: folder, env, shell: process.platform === "win32" };
  const { stdout, stderr } = await promisify(execFile)("npm", args, options);
  assert.match(stdout, /added 1 package/);
  assert.doesNotMatch(stdout + stderr, /warn/i);
}
