// Serves a page under a strict Content-Security-Policy, and hears what came of it.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { json } from "node:stream/consumers";
import * as vite from "vite";

const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** Nothing but the files of this server, and of what is inlined the page's import map alone. */
function policyFor(page) {
  const [, map] = page.match(/<script type="?importmap"?>(.*?)<\/script>/s) ?? [];
  const hash = map ? `'sha256-${createHash("sha256").update(map).digest("base64")}'` : "";
  return `default-src 'none'; script-src 'self' 'wasm-unsafe-eval' ${hash}; worker-src 'self'; connect-src 'self'`;
}

/**
 * @param {string} folder
 * @param {RegExp} [lost] a file that is not found the first two times that it is asked for
 * @returns {Promise<{ url: string, answer: Promise<{ value?: unknown, error?: string }>, close(): void }>}
 */
export async function serve(folder, lost) {
  const policy = policyFor(await readFile(join(folder, "index.html"), "utf8"));
  let losses = 2;
  let hear;
  const answer = new Promise((resolve) => {
    hear = resolve;
  });
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (request.method === "POST") return hear(await json(request));
    const file = pathname === "/" ? "/index.html" : pathname;
    response.setHeader("content-type", types[extname(file)] ?? "text/plain");
    response.setHeader("content-security-policy", policy);
    response.setHeader("cache-control", "no-store");
    try {
      if (lost?.test(file) && losses-- > 0) throw new Error("lost");
      response.end(await readFile(join(folder, file)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    answer,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** As `serve`, by Vite's development server: from the sources, without a build and without a policy. */
export async function serveWithVite(folder) {
  let hear;
  const answer = new Promise((resolve) => {
    hear = resolve;
  });
  const listener = {
    name: "listener",
    configureServer({ middlewares }) {
      middlewares.use("/answer", async (request) => hear(await json(request)));
    },
  };
  const server = await vite.createServer({
    root: folder,
    worker: { format: "es" },
    plugins: [listener],
    server: { host: "127.0.0.1" },
    logLevel: "error",
  });
  await server.listen();
  return { url: server.resolvedUrls.local[0], answer, close: () => server.close() };
}
