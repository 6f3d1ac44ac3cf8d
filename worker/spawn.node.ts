import { Worker } from "node:worker_threads";
import type { OwnWorker } from "./spawn.ts";

// spawn.ts for Node, which has no Web Workers; build.mjs replaces it.

export function hasWorkers(): boolean {
  return true;
}

export function spawn(url: string | URL = new URL("./trainer-worker.node.js", import.meta.url)): OwnWorker {
  // The worker does not get the flags of the process, because some do not suit a worker, such as --input-type or --import.
  return new Worker(url, { execArgv: [] }) as unknown as OwnWorker;
}
