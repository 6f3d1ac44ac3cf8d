import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const script = fileURLToPath(new URL("../main.mjs", import.meta.url));

/** A runtime that is a program: every call is a process of its own. */
export function processAdapter(name, path, flags = []) {
  return {
    name,
    async open() {
      const { stdout } = await run(path, ["--version"]);
      return {
        version: stdout.match(/\d+\.\d+\.\d+/)[0],
        async call(task, options = {}) {
          const { stdout } = await run(path, [...flags, script, task, JSON.stringify(options)], {
            timeout: 120_000,
            maxBuffer: 2 ** 26,
          });
          return JSON.parse(stdout);
        },
      };
    },
  };
}
