// Prepares what the rows need: the built library, the peers and the peak kernel.

import { execFile } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
const run = promisify(execFile);

export async function setUp() {
  if (!existsSync(new URL("../dist/index.js", import.meta.url))) {
    throw new Error("the library is not built; run npm run build first");
  }
  if (modified("node_modules/.package-lock.json") < modified("package-lock.json")) await installPeers();
  await Promise.all([compilePeak("strict", ["simd"]), compilePeak("relaxed", ["simd", "relaxed-simd"])]);
}

function modified(file) {
  return statSync(here + file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

async function installPeers() {
  console.error("bench: installing the engines and peers (340 MB, once)");
  await run("npm", ["ci", "--prefix", here, "--no-audit", "--no-fund"], {
    cwd: here,
    shell: process.platform === "win32",
  });
}

async function compilePeak(variant, features) {
  const compiler = fileURLToPath(new URL("../node_modules/assemblyscript/bin/asc.js", import.meta.url));
  const options = [
    "-O3",
    "--noAssert",
    "--runtime",
    "stub",
    ...features.flatMap((name) => ["--enable", name]),
  ];
  await run(process.execPath, [compiler, "peak.ts", "-o", `build/peak-${variant}.wasm`, ...options], {
    cwd: here,
  });
}
