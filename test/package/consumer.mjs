// A fresh project that has installed the packed package, and how programs are run in it.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));
const windows = process.platform === "win32";

/** Returns the variables for a program. Vite sets NODE_ENV in this process; a user's shell has none. */
export function environment() {
  const { NODE_ENV, ...variables } = process.env;
  return variables;
}

/** Runs a program to its end. @returns what it has printed @throws Error with what it has printed */
export async function run(program, args, options) {
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      maxBuffer: 2 ** 26,
      env: environment(),
      ...options,
    });
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

/**
 * Makes another project with the installed package: the files of app/, those of the folder beside this file that is named like
 * `folder`, and packages that are installed beside this file, with all that they need. They are copied, because frameworks refuse
 * links that lead out of a project.
 *
 * @param {string} project what `makeConsumer` has made
 */
export async function copyProject(project, folder, names) {
  await cp(join(here, "app"), folder, { recursive: true });
  await cp(join(here, basename(folder)), folder, { recursive: true });
  await cp(join(project, "package.json"), join(folder, "package.json")); // frameworks leave its dependencies out of their bundles
  await cp(join(project, "node_modules/unrolled"), join(folder, "node_modules/unrolled"), {
    recursive: true,
  });
  for (const name of await withDependencies(names)) {
    const from = join(here, "node_modules", name);
    if (existsSync(from)) await cp(from, join(folder, "node_modules", name), { recursive: true });
  }
}

/** Adds the packages that the named ones need, by the lock file. */
async function withDependencies(names) {
  const { packages } = JSON.parse(await readFile(join(here, "package-lock.json"), "utf8"));
  const all = new Set(names);
  for (const name of all) {
    const own = `node_modules/${name}`;
    for (const [path, { dependencies, optionalDependencies }] of Object.entries(packages)) {
      if (path !== own && !path.startsWith(`${own}/`)) continue;
      for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) all.add(needed);
    }
  }
  return all;
}
