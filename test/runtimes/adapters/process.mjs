import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const script = fileURLToPath(new URL("../main.mjs", import.meta.url));
const server = fileURLToPath(new URL("../serve.mjs", import.meta.url));

/**
 * A runtime that is a program: every call has its own process, and stores are folders. `endures`: long checks run in it. `extra`:
 * options for every task.
 */
export function processAdapter({ name, path, flags = [], extra, workers, endures }) {
  return {
    name,
    async open(defer) {
      const { stdout } = await run(path, ["--version"]);
      const folder = await mkdtemp(join(tmpdir(), "unrolled-"));
      defer(() => rm(folder, { recursive: true }));
      return {
        version: stdout.match(/\d+\.\d+\.\d+/)[0],
        workers,
        endures,
        store: join(folder, "store"),
        /** Starts a server with the models of serving.mjs. @returns its address */
        async serve() {
          const child = spawn(path, [...flags, server], { stdio: ["ignore", "pipe", "inherit"] });
          defer(() => child.kill());
          const [url] = await once(child.stdout, "data");
          return String(url).trim();
        },
        async call(task, options = {}) {
          const { stdout } = await run(
            path,
            [...flags, script, task, JSON.stringify({ ...extra, ...options })],
            {
              timeout: 290_000,
              maxBuffer: 2 ** 26,
            },
          );
          return JSON.parse(stdout);
        },
      };
    },
  };
}
