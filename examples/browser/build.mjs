// Builds the page and its service worker into dist/ with Vite, from the package as users install it.

import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL(".", import.meta.url));
const dist = join(root, "dist");

/** @type {import("vite").InlineConfig} */
export const config = {
  root,
  configFile: false,
  logLevel: "warn",
  /** Relative addresses, so that the page can be in any folder of a site. */
  base: "./",
  worker: { format: "es" },
  build: { target: "es2022", modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
};

export async function buildPage() {
  await build(config);
  const files = (await readdir(dist, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(dist.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
  const version = createHash("sha256");
  for (const file of files) version.update(file).update(await readFile(join(dist, file)));
  const names = files.map((file) => (file === "index.html" ? "./" : file));
  const worker = (await readFile(join(root, "sw.js"), "utf8"))
    .replace('VERSION = ""', `VERSION = "${version.digest("hex").slice(0, 16)}"`)
    .replace("FILES = []", `FILES = ${JSON.stringify(names)}`);
  await writeFile(join(dist, "sw.js"), worker);
}
