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
   * Whether the script may have another origin than the page, such as a CDN; default `false`. A blob then imports the script. If
   * the page has a content security policy, `worker-src` must allow `blob:` and the other origin. The other server must send CORS
   * headers. The option changes nothing if the origin is the same. It also changes nothing in Node, Deno and Bun.
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
