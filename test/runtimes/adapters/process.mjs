import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const script = fileURLToPath(new URL("../main.mjs", import.meta.url));

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
