// A fresh project that has installed the packed package, and how programs are run in it.

import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));
const windows = process.platform === "win32";

/** Runs a program to its end. @returns what it has printed @throws Error with what it has printed */
export async function run(program, args, options) {
  try {
    const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 2 ** 26, ...options });
    return stdout;
  } catch ({ message, stdout, stderr }) {
    throw new Error([message, stdout, stderr].join("\n"));
  }
}

/** Runs the script of a package beside this file to its end. @throws Error with what it has printed */
export async function runScript(script, args, options) {
  await run(process.execPath, [join(here, "node_modules", script), ...args], options);
}

/** Packs the package as it is built and installs it, as a user does, in a new folder `project` with the files of app/. */
export async function makeConsumer() {
  const base = await mkdtemp(join(tmpdir(), "unrolled-consumer-"));
  const folder = join(base, "project");
  await cp(join(here, "app"), folder, { recursive: true });
  await run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], {
    cwd: root,
    shell: windows,
  });
  const name = (await readdir(folder)).find((file) => file.endsWith(".tgz"));
  const install = ["install", "--no-audit", "--no-fund", "--prefer-offline", `./${name}`];
  await run("npm", install, { cwd: folder, shell: windows });
  return {
    folder,
    tarball: join(folder, name),
    remove: () => rm(base, { recursive: true, force: true }),
  };
}
