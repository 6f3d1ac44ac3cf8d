// The data of the programs in examples/, as they give them to their trainers: runs a program up to there.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const PROGRAMS = new URL("../../../examples/", import.meta.url);
const STAND_IN = new URL("stand-in.mjs", import.meta.url).href;
const module = (code) => `data:text/javascript,${encodeURIComponent(code)}`;
/** Loads stand-in.mjs where a program imports the package. */
const RESOLVE = module(
  `export const resolve = (name, context, next) => next(name === "unrolled" ? "${STAND_IN}" : name, context);`,
);
const HOOK = module(`import { register } from "node:module"; register(${JSON.stringify(RESOLVE)});`);

/** Returns `train` and `validation` of a program's trainer. */
export async function partsOf(name) {
  const folder = await mkdtemp(join(tmpdir(), "captured-"));
  const file = join(folder, "parts.json");
  try {
    const program = fileURLToPath(new URL(`${name}.mjs`, PROGRAMS));
    const env = { ...process.env, CAPTURED: file };
    await promisify(execFile)(process.execPath, ["--import", HOOK, program], { env });
    return JSON.parse(await readFile(file, "utf8"));
  } finally {
    await rm(folder, { recursive: true });
  }
}
