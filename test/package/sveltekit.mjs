// SvelteKit: a page that is rendered on the server first, and a route of the server.

import { strict as assert } from "node:assert";
import { join } from "node:path";
import { copyProject, run } from "./consumer.mjs";
import { serveWith } from "./edge.mjs";
import { readOutput } from "./read-output.mjs";

const packages = [
  "@sveltejs/kit",
  "@sveltejs/adapter-node",
  "@sveltejs/vite-plugin-svelte",
  "svelte",
  "vite",
];

/**
 * @param {string} project a folder in which the package is installed
 * @param {import("playwright-core").BrowserContext} browser
 * @param {() => { worker: number, workers: number }} expected what Node computes
 */
export function* svelteKitChecks(project, browser, expected) {
  const folder = join(project, "../sveltekit");
  const vite = join(folder, "node_modules/vite/bin/vite.js");
  yield [
    "SvelteKit: builds",
    async () => {
      await copyProject(project, folder, packages);
      await run(process.execPath, [vite, "build"], { cwd: folder });
    },
  ];
  const servers = {
    SvelteKit: ["build/index.js"],
    "SvelteKit's development server": [vite, "dev", "--host", "127.0.0.1"],
  };
  for (const [name, command] of Object.entries(servers)) {
    yield [
      `${name}: trains in two workers in chromium, and in a worker of the server`,
      async () => {
        const server = await serveWith(process.execPath, command, folder);
        try {
          const url = server.url.replace("0.0.0.0", "127.0.0.1").replace(/\/?$/, "/");
          assert.equal(await readOutput(browser, url), String(expected().workers));
          assert.deepEqual(await (await fetch(`${url}server`)).json(), { worker: expected().worker });
        } finally {
          await server.close();
        }
      },
    ];
  }
}
