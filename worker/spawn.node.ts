import { Worker } from "node:worker_threads";
import type { OwnWorker } from "./spawn.ts";

// The version of spawn.ts for Node, which has no Web Workers. For Node, build.mjs replaces spawn.ts with this file.

export function hasWorkers(): boolean {
  return true;
}

/** The worker gets none of the flags of the process. Some flags, such as --input-type or --import, do not work for a worker. */
const OPTIONS = { execArgv: [] };

/** Starts a worker. @param url the address of a script that calls `serve`; default: the script of this package */
export function spawn(url?: string | URL): OwnWorker {
  // `turbopackIgnore` stops Turbopack from bundling every file of this folder. Turbopack would do so because any file could be
  // the script.
  if (url !== undefined) return new Worker(/* turbopackIgnore: true */ url, OPTIONS) as unknown as OwnWorker;
  // Keep `new Worker(new URL(...))` as one expression. Otherwise, bundlers do not recognise the script.
  return new Worker(new URL("./trainer-worker.node.js", import.meta.url), OPTIONS) as unknown as OwnWorker;
}
