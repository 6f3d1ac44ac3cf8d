// Builds the studio and its service worker into dist/ with Vite, from the package as users install it.

import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL(".", import.meta.url));
const dist = join(root, "dist");

/**
 * The studio has one worker script, which also trains, so the package's own script is replaced by it, and the code that trains in the
 * page's thread if there are no workers is left out. It saves 275 kB after gzip.
 *
 * @type {import("vite").Plugin}
 */
const oneWorker = {
  name: "one-worker",
  enforce: "pre",
  transform(code, id) {
    if (id.endsWith("/dist/worker.js")) {
      return code.replaceAll("./trainer-worker.js", relative(dirname(id), join(root, "src/worker.ts")));
    }
    if (id.endsWith("/dist/thread.js")) return "export {};";
  },
};

/** @type {import("vite").InlineConfig} */
export const config = {
  root,
  configFile: false,
  logLevel: "warn",
  /** Relative addresses, so that the studio can be in any folder of a site. */
  base: "./",
  plugins: [oneWorker],
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  worker: { format: "es" },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    /** The bundles are small after gzip; what counts is measured by the tests. */
    chunkSizeWarningLimit: 2000,
  },
};

export async function buildStudio() {
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
