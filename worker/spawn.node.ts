import { Worker } from "node:worker_threads";
import type { OwnWorker } from "./spawn.ts";

// spawn.ts for Node, which has no Web Workers; build.mjs replaces it.

export function hasWorkers(): boolean {
  return true;
}

/** The worker does not get the flags of the process, because some do not suit a worker, such as --input-type or --import. */
const OPTIONS = { execArgv: [] };

export function spawn(url?: string | URL): OwnWorker {
  // Without the comment, Turbopack bundles every file of this folder, since any of them could be the script.
  if (url !== undefined) return new Worker(/* turbopackIgnore: true */ url, OPTIONS) as unknown as OwnWorker;
  // If this is not one expression, bundlers do not recognise the script.
  return new Worker(new URL("./trainer-worker.node.js", import.meta.url), OPTIONS) as unknown as OwnWorker;
}
