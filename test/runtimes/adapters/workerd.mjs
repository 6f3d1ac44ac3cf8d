// Cloudflare's runtime. The tasks are bundled as by its tools, with the kernels as modules that the runtime compiles.

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { build } from "esbuild";

const here = new URL("../", import.meta.url);

const handler = `
  import { tasks } from "./scenario.mjs";
  import { makeHandler } from "./serving.mjs";
  const served = makeHandler();
  export default {
    async fetch(request, environment, context) {
      if (new URL(request.url).pathname !== "/") return served.fetch(request, environment, context);
      const [task, options] = await request.json();
      try {
        return Response.json(await tasks[task](options));
      } catch (error) {
        return new Response(error.stack, { status: 500 });
      }
    },
  };`;

/** Bundles the handler. @returns the modules that workerd loads, in Miniflare's notation */
async function modules() {
  const kernels = new Map();
  const compiledKernels = {
    name: "compiled-kernels",
    setup({ onResolve, resolve }) {
      onResolve({ filter: /\.wasm$/ }, async ({ path, resolveDir, kind, pluginData }) => {
        if (pluginData === "found") return undefined;
        const { path: file } = await resolve(path, { resolveDir, kind, pluginData: "found" });
        kernels.set(basename(file), await readFile(file));
        return { path: `./${basename(file)}`, external: true };
      });
    },
  };
  const { outputFiles } = await build({
    stdin: { contents: handler, resolveDir: here.pathname },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    plugins: [compiledKernels],
    logLevel: "warning",
  });
  return [
    { type: "ESModule", path: "handler.mjs", contents: outputFiles[0].text },
    ...Array.from(kernels, ([path, contents]) => ({ type: "CompiledWasm", path, contents })),
  ];
}

export const workerd = {
  name: "workerd",
  async open(defer) {
    const { Miniflare } = await import("miniflare");
    const manifest = new URL("node_modules/workerd/package.json", here);
    const { version } = JSON.parse(await readFile(manifest, "utf8"));
    const miniflare = new Miniflare({
      modules: await modules(),
      modulesRoot: "/",
      compatibilityDate: "2026-01-01",
    });
    defer(() => miniflare.dispose());
    const url = await miniflare.ready;
    return {
      version,
      workers: "none",
      serve: async () => url.origin,
      async call(task, options = {}) {
        const body = JSON.stringify([task, options]);
        const response = await miniflare.dispatchFetch("http://localhost/", { method: "POST", body });
        if (!response.ok) throw new Error(await response.text());
        return response.json();
      },
    };
  },
};
