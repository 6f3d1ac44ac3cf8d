// Serves the models in workerd, bundled as by its tools.

import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { inPackage } from "../../test/runtimes/install.mjs";

const worker = (batch) => `
  import { createHandler } from "../../dist/handler.js";
  import * as library from "../../dist/index.workerd.js";
  import { openModels } from "./open.mjs";
  import mood from "mood.safetensors";
  import writer from "writer.safetensors";
  const files = { mood: new Uint8Array(mood), writer: new Uint8Array(writer) };
  export default createHandler(openModels(library, files), { batch: ${batch} });`;

/** @returns {Promise<{ url: string, close: () => Promise<void> }>} */
export async function serveInWorkerd(folder, batch) {
  const files = new Map();
  const separate = {
    name: "separate-files",
    setup({ onResolve }) {
      onResolve({ filter: /\.(wasm|safetensors)$/ }, async ({ path, resolveDir }) => {
        const own = path.endsWith(".wasm") ? join(resolveDir, path) : join(folder, path);
        files.set(basename(path), await readFile(own));
        return { path: `./${basename(path)}`, external: true };
      });
    },
  };
  const { outputFiles } = await build({
    stdin: {
      contents: worker(batch),
      resolveDir: import.meta.dirname ?? new URL(".", import.meta.url).pathname,
    },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    plugins: [separate],
    logLevel: "error",
  });
  const modules = Array.from(files, ([path, contents]) => ({
    type: path.endsWith(".wasm") ? "CompiledWasm" : "Data",
    path,
    contents,
  }));
  const { Miniflare } = await import(inPackage("miniflare/dist/src/index.js"));
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.mjs", contents: outputFiles[0].text }, ...modules],
    modulesRoot: "/",
    compatibilityDate: "2026-01-01",
  });
  const { origin } = await miniflare.ready;
  return { url: origin, close: () => miniflare.dispose() };
}
