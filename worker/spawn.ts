import { startAcross } from "./cross-origin.ts";
import { spawnMerged } from "./merged.ts";
import type { FollowMessage, OpenMessage } from "./protocol.ts";

/** The methods of a started worker that the thread that started it uses. */
export interface StartedWorker {
  postMessage(message: OpenMessage | FollowMessage, transfer: Transferable[]): void;
  terminate(): unknown;
  /** Node and Bun: makes the worker keep the process alive. `unref` undoes this. */
  ref?(): unknown;
  unref?(): unknown;
}

/** A worker that a caller started: a Web Worker, or a thread of Node. */
export interface OwnWorker extends StartedWorker {
  addEventListener?(type: string, listener: (event: Event) => void): void;
  on?(type: string, listener: (value: unknown) => void): unknown;
}

/** Returns whether the platform has workers. */
export function hasWorkers(): boolean {
  return typeof Worker === "function";
}

/**
 * Starts a worker with the package's script, or with the script at `url`, which calls `serve`.
 *
 * @param crossOrigin whether a blob may start a script of another origin
 */
export function spawn(url: string | URL | undefined, crossOrigin: boolean): OwnWorker {
  const start = () => {
    if (url !== undefined) return new Worker(url, { type: "module" });
    // If this is not one expression, bundlers do not recognise the script.
    return spawnMerged() ?? new Worker(new URL("./trainer-worker.js", import.meta.url), { type: "module" });
  };
  return crossOrigin ? startAcross(start) : start();
}
