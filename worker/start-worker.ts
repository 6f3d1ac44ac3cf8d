import { checkValue } from "../src/checks.ts";
import { UnrolledError } from "../src/errors.ts";
import { flag } from "../src/schema.ts";
import { CROSS_ORIGIN_ADVICE } from "./cross-origin.ts";
import { type OwnWorker, spawn } from "./spawn.ts";

/** The address of a script that calls `serve`, or a function that starts a worker with such a script. */
export type WorkerSource = string | URL | (() => OwnWorker);

/** The script of a worker. */
export interface WorkerScript {
  /** Default: the package's own script. */
  readonly worker?: WorkerSource | undefined;
  /**
   * Whether a script of another origin than the page's, such as that of a CDN, may be started by a blob that imports it; default
   * `false`. A content policy of the page has to allow `blob:` and the other origin in `worker-src`, and the other server has to
   * send CORS headers. If the origin is the same, and in Node, Deno and Bun, the option changes nothing.
   */
  readonly crossOrigin?: boolean;
}

/** Starts a worker. @throws ERR_STATE if the worker does not start, ERR_VALUE */
export function startWorker({ worker, crossOrigin = false }: WorkerScript): OwnWorker {
  checkValue("crossOrigin", crossOrigin, flag());
  try {
    return typeof worker === "function" ? worker() : spawn(worker, crossOrigin);
  } catch (cause) {
    const advice = (cause as Error)?.name === "SecurityError" ? `; ${CROSS_ORIGIN_ADVICE}` : "";
    throw new UnrolledError("ERR_STATE", `the worker does not start: ${String(cause)}${advice}`, { cause });
  }
}
