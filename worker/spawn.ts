import type { FollowMessage, OpenMessage } from "./protocol.ts";

/** A worker that was started, as far as this side needs it. */
export interface StartedWorker {
  postMessage(message: OpenMessage | FollowMessage, transfer: Transferable[]): void;
  terminate(): unknown;
  /** Node and Bun: whether it keeps the process alive. */
  ref?(): unknown;
  unref?(): unknown;
}

/** A worker as a caller may bring one: a Web Worker, or a thread of Node. */
export interface OwnWorker extends StartedWorker {
  addEventListener?(type: string, listener: (event: Event) => void): void;
  on?(type: string, listener: (value: unknown) => void): unknown;
}

/** Whether workers can be started here. */
export function hasWorkers(): boolean {
  return typeof Worker === "function";
}

/** Starts the script of the package, or another one that does the same. */
export function spawn(url?: string | URL): OwnWorker {
  if (url !== undefined) return new Worker(url, { type: "module" });
  // In one expression, or bundlers for pages do not see that a script is meant.
  return new Worker(new URL("./trainer-worker.js", import.meta.url), { type: "module" });
}
