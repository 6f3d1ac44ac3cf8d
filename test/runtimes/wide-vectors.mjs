import { existsSync, readFileSync } from "node:fs";

const CPUS = "/proc/cpuinfo";

/** Returns whether this processor is known to have a feature, by its name in Linux, such as "avx2". Only Linux tells. */
export function hasFeature(name) {
  return existsSync(CPUS) && new RegExp(`\\b${name}\\b`).test(readFileSync(CPUS, "utf8"));
}

/** Returns whether this processor is known to have vectors of 256 bits. */
export function hasWideVectors() {
  return process.arch === "x64" && hasFeature("avx2");
}
