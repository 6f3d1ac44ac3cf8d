// npm run example:browser [-- --port 8000] [--not-isolated]
// Builds the page and serves it. Isolated from other origins, its threads can share memory; it works without as well.

import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { preview } from "vite";
import { buildPage, config } from "./build.mjs";

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Serves what was built. @returns its address, and a function that ends it */
export async function servePage({ port = 4173, isolated = true, strictPort = false } = {}) {
  const headers = { "Cache-Control": "no-cache", ...(isolated && ISOLATION) };
  const { resolvedUrls, close } = await preview({ ...config, preview: { port, strictPort, headers } });
  return { url: resolvedUrls.local[0], close };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: { port: { type: "string", default: "4173" }, "not-isolated": { type: "boolean" } },
  });
  await buildPage();
  const { url } = await servePage({ port: Number(values.port), isolated: !values["not-isolated"] });
  console.log(`The page is at ${url} (Ctrl-C ends it)`);
}
