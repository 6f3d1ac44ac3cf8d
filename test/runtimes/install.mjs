// Installs the runtimes in which the package is tested: those of npm next to this file, browsers as Debian's packages.

import { execFile } from "node:child_process";
import { existsSync, statSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));

/** The paths of the programs in Debian's packages. */
export const programs = {
  chromium: { path: "/usr/bin/chromium", debianPackage: "chromium" },
  firefox: { path: "/usr/bin/firefox-esr", debianPackage: "firefox-esr" },
  webkit: { path: "/usr/bin/WebKitWebDriver", debianPackage: "webkit2gtk-driver" },
  display: { path: "/usr/bin/Xvfb", debianPackage: "xvfb" },
};

/** Returns the path of a program in a package of this folder's package.json. */
export const inPackage = (path) => `${here}node_modules/${path}`;

/** Installs the locked packages of npm, unless they are there already, and this package next to them. */
export async function installPackages() {
  if (modified("node_modules/.package-lock.json") < modified("package-lock.json")) {
    console.log("installing the runtimes of npm (900 MB, once)");
    await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: here });
  }
  if (!existsSync(inPackage("unrolled"))) symlinkSync("../../..", inPackage("unrolled"), "junction");
}

function modified(file) {
  return statSync(`${here}${file}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Only one apt-get can run at a time. */
let installed = Promise.resolve();

/**
 * Installs Debian's packages of `names` (keys of `programs`) that are missing.
 *
 * @throws Error that names the packages if this user or system cannot install them
 */
export function installPrograms(...names) {
  installed = installed.catch(() => {}).then(() => installMissing(names));
  return installed;
}

async function installMissing(names) {
  const missing = names.filter((name) => !existsSync(programs[name].path));
  if (missing.length === 0) return;
  const packages = missing.map((name) => programs[name].debianPackage);
  console.log(`installing ${packages.join(", ")} by apt-get`);
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    maxBuffer: 2 ** 26,
  };
  const flags = ["--yes", "--quiet", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"];
  try {
    await run("apt-get", ["update", "--quiet"], options);
    await run("apt-get", ["install", ...flags, ...packages], options);
  } catch (cause) {
    throw new Error(`cannot install ${packages.join(", ")}; install them as root`, { cause });
  }
}
