import type { OwnWorker } from "./spawn.ts";

// spawn.ts for platforms at the edge, which have no workers; build.mjs replaces it, so that bundlers look for no script.

export function hasWorkers(): boolean {
  return false;
}

export function spawn(): OwnWorker {
  throw new Error("this platform has no workers");
}
