// Size of a page's download: the library and one build of the kernels, after gzip -9.

import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

/** Kilobytes. */
const LIMIT = 55;

export async function size() {
  return [
    await row("index.js + relaxed.wasm", "index.js", "wasm/relaxed.wasm"),
    await row("index.js + relaxed.js (default)", "index.js", "wasm/relaxed.js"),
  ];
}

async function row(name, ...files) {
  const sizes = await Promise.all(files.map(zipped));
  return {
    name,
    engine: "gzip -9",
    measured: sizes.map((bytes) => `${(bytes / 1000).toFixed(1)}`).join(" + "),
    value: sizes.reduce((sum, bytes) => sum + bytes, 0) / 1000,
    unit: "kB",
    most: LIMIT,
  };
}

async function zipped(file) {
  return gzipSync(await readFile(new URL(`../../dist/${file}`, import.meta.url)), { level: 9 }).length;
}
