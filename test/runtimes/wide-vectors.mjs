import { existsSync, readFileSync } from "node:fs";

const CPUS = "/proc/cpuinfo";

/** Returns whether this processor is known to have vectors of 256 bits. Only Linux tells. */
export function hasWideVectors() {
  return process.arch === "x64" && existsSync(CPUS) && /\bavx2\b/.test(readFileSync(CPUS, "utf8"));
}
