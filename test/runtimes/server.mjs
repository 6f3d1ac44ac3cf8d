// Serves this repository to browsers.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { exports as resolve } from "resolve.exports";

const root = new URL("../../", import.meta.url);
const types = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** The file that a bundler for browsers finds for each name that the package exports without a pattern, and not only for Node. */
async function importMap() {
  const manifest = JSON.parse(await readFile(new URL("package.json", root), "utf8"));
  const names = Object.entries(manifest.exports)
    .filter(([name, file]) => !name.includes("*") && (typeof file === "string" || file.default))
    .map(([name]) => name);
  return {
    imports: Object.fromEntries(
      names.map((name) => {
        const [file] = resolve(manifest, name, { browser: true });
        return [name.replace(".", manifest.name), file.replace(".", "")];
      }),
    ),
  };
}

/**
 * @param {object} options
 * @param {boolean} options.isolated whether pages get SharedArrayBuffer
 * @param {(end: () => void) => void} defer receives the function that ends the server
 * @returns {Promise<{ url: string }>} an empty page in which `import("unrolled")` works
 */
export async function serve({ isolated }, defer) {
  const page = `<!doctype html><title>unrolled</title><script type="importmap">${JSON.stringify(await importMap())}</script>`;
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    response.setHeader("content-type", types[extname(pathname)] ?? "text/html");
    if (isolated) {
      response.setHeader("cross-origin-opener-policy", "same-origin");
      response.setHeader("cross-origin-embedder-policy", "require-corp");
    }
    try {
      response.end(pathname === "/" ? page : await readFile(new URL(`.${pathname}`, root)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  defer(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${server.address().port}/` };
}
