import { Worker } from "node:worker_threads";
import type { OwnWorker } from "./spawn.ts";

// The version of spawn.ts for Node, which has no Web Workers. For Node, build.mjs replaces spawn.ts with this file.

export function hasWorkers(): boolean {
  return true;
}

export function spawn(url: string | URL = new URL("./trainer-worker.node.js", import.meta.url)): OwnWorker {
  // The worker gets none of the flags of the process. Some flags, such as --input-type or --import, do not work for a worker.
  return new Worker(url, { execArgv: [] }) as unknown as OwnWorker;
}
