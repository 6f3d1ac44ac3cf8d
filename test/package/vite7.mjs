// The development server of Vite 7, which merges packages without the scripts of their workers.

import { strict as assert } from "node:assert";
import { join } from "node:path";
import * as vite from "vite7";
import { copyProject } from "./consumer.mjs";
import { readOutput } from "./read-output.mjs";

/**
 * @param {string} project a folder in which the package is installed
 * @param {Record<string, import("playwright-core").BrowserContext>} browsers
 * @param {() => { worker: number, workers: number, group: number }} expected what Node computes
 */
export function* vite7Checks(project, browsers, expected) {
  const folder = join(project, "../vite7");
  for (const [name, browser] of Object.entries(browsers)) {
    yield [
      `Vite 7's development server: trains in workers and in a group in ${name}`,
      async () => {
        await copyProject(project, folder, []);
        const server = await vite.createServer({
          root: folder,
          configFile: false,
          server: { host: "127.0.0.1" },
          logLevel: "error",
        });
        await server.listen();
        try {
          const { worker, workers, group } = expected();
          const answer = await readOutput(browser, server.resolvedUrls.local[0]);
          assert.deepEqual(JSON.parse(answer), { worker, workers, group });
        } finally {
          await server.close();
        }
      },
    ];
  }
}
