import { parentPort } from "node:worker_threads";

// parent.ts for Node; build.mjs replaces it.

export const parent = parentPort as unknown as EventTarget;
