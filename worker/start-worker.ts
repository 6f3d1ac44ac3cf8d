import { UnrolledError } from "../src/errors.ts";
import { type OwnWorker, spawn } from "./spawn.ts";

/** The address of a script that calls `serve`, or a function that starts a worker with such a script. */
export type WorkerSource = string | URL | (() => OwnWorker);

/** Starts a worker. @param source default: the script of this package @throws ERR_STATE if the worker does not start */
export function startWorker(source: WorkerSource | undefined): OwnWorker {
  try {
    return typeof source === "function" ? source() : spawn(source);
  } catch (cause) {
    throw new UnrolledError("ERR_STATE", `the worker does not start: ${String(cause)}`, { cause });
  }
}
