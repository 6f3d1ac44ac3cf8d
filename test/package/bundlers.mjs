// What users of each bundler write to build the page of app/, with no setting but those that its documentation asks for.

import { copyFile, cp, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import esbuild from "esbuild";
import * as vite from "vite";
import webpack from "webpack";
import { parcel } from "./parcel.mjs";

/** esbuild leaves `new URL("./trainer-worker.js", import.meta.url)` as it is: the script is an entry of its own. */
async function withEsbuild(folder, out) {
  await esbuild.build({
    absWorkingDir: folder,
    entryPoints: [
      { in: "main.js", out: "main" },
      { in: "worklet.js", out: "worklet" },
      { in: "unrolled/trainer-worker", out: "trainer-worker" },
    ],
    outdir: out,
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    loader: { ".wasm": "file" },
    logLevel: "error",
  });
  await copyFile(join(folder, "index.html"), join(out, "index.html"));
}

async function withVite(folder, out) {
  await vite.build({ root: folder, build: { outDir: out }, worker: { format: "es" }, logLevel: "error" });
}

async function withWebpack(folder, out) {
  const stats = await promisify(webpack)({
    mode: "production",
    context: folder,
    entry: "./main.js",
    output: { path: out, filename: "main.js" },
    performance: { hints: false },
  });
  if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString("errors-warnings"));
  await copyFile(join(folder, "index.html"), join(out, "index.html"));
}

/** No bundler: an import map in the page, and the package's folder on the server. Worklets heed no import map. */
async function withNothing(folder, out) {
  await cp(folder, out, { recursive: true });
  const { exports } = createRequire(join(folder, "main.js"))("unrolled/package.json");
  const address = (name) => exports[name].default.replace(".", "/node_modules/unrolled");
  const imports = { unrolled: address("."), "unrolled/worker": address("./worker") };
  const page = await readFile(join(folder, "index.html"), "utf8");
  const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
  await writeFile(join(out, "index.html"), page.replace("<script", `${map}\n<script`));
  const worklet = await readFile(join(folder, "worklet.js"), "utf8");
  await writeFile(join(out, "worklet.js"), worklet.replace('"unrolled"', JSON.stringify(imports.unrolled)));
}

/**
 * `build(folder, out)` makes a page; `kernels` is how its program asks for the address of a .wasm file; `chunk` are the
 * files of which one has the kernels inlined, if the page may ask for them again; `worklet` says whether the worklet is built as well.
 */
export const bundlers = {
  esbuild: {
    build: withEsbuild,
    kernels: 'export { default } from "unrolled/wasm/strict.wasm";',
    chunk: /strict.*\.js$/,
    worklet: true,
  },
  Vite: {
    build: withVite,
    kernels: 'export { default } from "unrolled/wasm/strict.wasm?url";',
    chunk: /strict.*\.js$/,
  },
  webpack: {
    build: withWebpack,
    kernels: 'export default new URL("unrolled/wasm/strict.wasm", import.meta.url);',
    chunk: /\/\d+\.main\.js$/,
  },
  "Parcel, packageExports": parcel,
  "no bundler": {
    build: withNothing,
    kernels: 'export default "/node_modules/unrolled/dist/wasm/strict.wasm";',
    chunk: /strict\.js$/,
    worklet: true,
  },
};
