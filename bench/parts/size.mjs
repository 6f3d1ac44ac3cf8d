// Sizes of the downloads that README.md promises, after gzip -9.

import { downloads, sizeOf } from "../../scripts/downloads.mjs";

export function size() {
  return Promise.all(
    downloads.map(async (entry) => ({
      name: entry.what,
      engine: "gzip -9",
      measured: "download",
      value: (await sizeOf(entry)) / 1000,
      unit: "kB",
      most: entry.limit / 1000,
    })),
  );
}
