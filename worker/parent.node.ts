import { parentPort } from "node:worker_threads";

// What parent.ts does, in Node. build.mjs puts it in its place.

export const parent = parentPort as unknown as EventTarget;
