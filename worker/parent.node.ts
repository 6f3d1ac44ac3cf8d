import { parentPort } from "node:worker_threads";

// The version of parent.ts for Node. For Node, build.mjs replaces parent.ts with this file.

export const parent = parentPort as unknown as EventTarget;
