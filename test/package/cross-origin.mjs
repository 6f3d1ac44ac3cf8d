// A page that imports the package from another origin, as from a CDN, by its import map.

import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readOutput } from "./read-output.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

/**
 * @param {string} project a folder in which the package is installed
 * @param {Record<string, import("playwright-core").BrowserContext>} browsers
 * @param {() => { worker: number, workers: number, group: number }} expected what Node computes
 */
export function* crossOriginChecks(project, browsers, expected) {
  for (const [name, browser] of Object.entries(browsers)) {
    const answer = async (optionsOf, check) => {
      const package_ = await listen(cdn(join(project, "node_modules/unrolled")));
      const page = await listen(site(project, package_.origin));
      try {
        const options = encodeURIComponent(JSON.stringify(optionsOf(package_.origin)));
        check(JSON.parse(await readOutput(browser, `${page.origin}/#${options}`)));
      } finally {
        page.close();
        package_.close();
      }
    };
    const trains = (given) => {
      const { worker, workers, group } = expected();
      assert.deepEqual(given, { worker, workers, group });
    };
    yield [
      `other origin: says which option starts the worker in ${name}`,
      () =>
        answer(
          () => ({}),
          ({ code, message }) => {
            assert.equal(code, "ERR_STATE");
            assert.ok(message.includes("crossOrigin: true"), message);
          },
        ),
    ];
    yield [
      `other origin: trains in workers and in a group in ${name}`,
      () => answer(() => ({ crossOrigin: true }), trains),
    ];
    yield [
      `other origin: trains with the address of a script in ${name}`,
      () => answer((origin) => ({ worker: `${origin}/dist/trainer-worker.js`, crossOrigin: true }), trains),
    ];
  }
}

/** Serves the files of a folder to pages of any origin. */
const cdn = (folder) => async (path, response) => {
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("content-type", "text/javascript");
  response.end(await readFile(join(folder, path)));
};

/** Serves a page whose policy allows the scripts of the other origin, and workers of blobs and of what these import. */
const site = (project, origin) => async (path, response) => {
  const imports = { unrolled: `${origin}/dist/index.js`, "unrolled/worker": `${origin}/dist/worker.js` };
  const map = JSON.stringify({ imports });
  const hash = createHash("sha256").update(map).digest("base64");
  const scripts = `script-src 'self' ${origin} 'wasm-unsafe-eval' 'sha256-${hash}'`;
  response.setHeader("content-security-policy", `default-src 'none'; ${scripts}; worker-src blob: ${origin}`);
  if (path === "/") {
    response.setHeader("content-type", "text/html");
    response.end(
      `<!doctype html><script type="importmap">${map}</script><output></output><script type="module" src="/page.js"></script>`,
    );
  } else {
    response.setHeader("content-type", "text/javascript");
    response.end(await readFile(path === "/page.js" ? `${here}cross-origin/page.js` : join(project, path)));
  }
};

async function listen(answer) {
  const server = createServer((request, response) => {
    answer(request.url, response).catch(() => response.writeHead(404).end());
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
