import type { OwnWorker } from "./spawn.ts";

// The version of spawn.ts for edge platforms, which have no workers. For them, build.mjs replaces spawn.ts with this file. This
// file names no worker script, so bundlers look for none.

export function hasWorkers(): boolean {
  return false;
}

export function spawn(): OwnWorker {
  throw new Error("this platform has no workers");
}
