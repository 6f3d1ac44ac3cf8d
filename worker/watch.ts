import { CROSS_ORIGIN_ADVICE } from "./cross-origin.ts";
import type { OwnWorker } from "./spawn.ts";

/** A callback that receives the reason why a worker has ended. */
export type OnEnd = (reason: string, cause?: unknown) => void;

/** Calls `onEnd` if a worker throws an error, gets a message that cannot be read, or exits. */
export function watch(worker: OwnWorker, onEnd: OnEnd): void {
  if (worker.on) {
    worker.on("error", (error) => onEnd(String(error), error));
    worker.on("messageerror", (error) => onEnd("a message could not be read", error));
    worker.on("exit", (code) => onEnd(`exit code ${code}`));
    return;
  }
  worker.addEventListener?.("error", (event) => {
    event.preventDefault(); // pending calls report the error; without this line, Deno would end the process
    const { message, error } = event as ErrorEvent;
    onEnd(message || `its script does not load; ${CROSS_ORIGIN_ADVICE}`, error);
  });
  worker.addEventListener?.("messageerror", () => onEnd("a message could not be read"));
  worker.addEventListener?.("close", () => onEnd("it was closed"));
}
