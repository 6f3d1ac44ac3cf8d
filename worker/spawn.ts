import { startAcross } from "./cross-origin.ts";
import { spawnMerged } from "./merged.ts";
import type { FollowMessage, OpenMessage } from "./protocol.ts";

/** The methods of a started worker that this library calls. */
export interface StartedWorker {
  /** Sends a message. @param transfer objects that are moved instead of copied */
  postMessage(message: OpenMessage | FollowMessage, transfer: Transferable[]): void;
  /** Ends the worker. */
  terminate(): unknown;
  /** Makes the worker keep the process alive. Only Node and Bun have this method. */
  ref?(): unknown;
  /** Makes the worker not keep the process alive. Only Node and Bun have this method. */
  unref?(): unknown;
}

/** A worker that the caller has started: a Web Worker, or a worker thread of Node. */
export interface OwnWorker extends StartedWorker {
  /** Adds a listener. Web Workers have this method. */
  addEventListener?(type: string, listener: (event: Event) => void): void;
  /** Adds a listener. Worker threads of Node have this method. */
  on?(type: string, listener: (value: unknown) => void): unknown;
}

/** Returns whether the platform has workers. */
export function hasWorkers(): boolean {
  return typeof Worker === "function";
}

/**
 * Starts a worker.
 *
 * @param url the address of a script that calls `serve`; default: the script of this package
 * @param crossOrigin whether the script may have another origin than the page
 */
export function spawn(url: string | URL | undefined, crossOrigin: boolean): OwnWorker {
  const start = () => {
    if (url !== undefined) return new Worker(url, { type: "module" });
    // Keep `new Worker(new URL(...))` as one expression. Otherwise, bundlers do not recognise the script.
    return spawnMerged() ?? new Worker(new URL("./trainer-worker.js", import.meta.url), { type: "module" });
  };
  return crossOrigin ? startAcross(start) : start();
}
