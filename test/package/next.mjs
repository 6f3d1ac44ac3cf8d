// Next.js with its own bundler, Turbopack, in a project without a configuration.

import { strict as assert } from "node:assert";
import { join } from "node:path";
import { copyProject, run } from "./consumer.mjs";
import { serveWith } from "./edge.mjs";
import { readOutput } from "./read-output.mjs";

/**
 * @param {string} project a folder in which the package is installed
 * @param {import("playwright-core").BrowserContext} browser
 * @param {() => { trained: number, worker: number, sound: number[] }} expected what Node computes
 */
export function* nextChecks(project, browser, expected) {
  const folder = join(project, "../next");
  const next = join(folder, "node_modules/next/dist/bin/next");
  process.env.NEXT_TELEMETRY_DISABLED = "1";
  yield [
    "Next.js: builds",
    async () => {
      await copyProject(project, folder, ["next", "react", "react-dom"]);
      await run(process.execPath, [next, "build"], { cwd: folder });
    },
  ];

  const trains = async (url, answer) =>
    assert.equal(await readOutput(browser, url), String(expected()[answer]));
  const checks = {
    "trains in a worker in chromium": (url) => trains(url, "worker"),
    "trains in two workers, imported later in chromium": (url) => trains(`${url}later`, "workers"),
    "trains and runs at the edge": async (url) => {
      const { trained, worker, sound } = expected();
      assert.deepEqual(await (await fetch(`${url}edge`)).json(), { trained, worker, sound });
    },
    "trains in a worker of the server": async (url) => {
      assert.deepEqual(await (await fetch(`${url}server`)).json(), { worker: expected().worker });
    },
  };
  const served = async (command, ...checks) => {
    const server = await serveWith(process.execPath, [next, command, "-H", "127.0.0.1"], folder);
    try {
      for (const check of checks) await check(server.url.replace(/\/?$/, "/"));
    } finally {
      await server.close();
    }
  };
  for (const [name, check] of Object.entries(checks)) {
    yield [`Next.js: ${name}`, () => served("start", check)];
  }
  yield ["Next.js: all of it in the development server", () => served("dev", ...Object.values(checks))];
}
