import { CROSS_ORIGIN_ADVICE } from "./cross-origin.ts";
import type { OwnWorker } from "./spawn.ts";

/** Called with the reason why a worker has ended. */
export type OnEnd = (reason: string, cause?: unknown) => void;

/** Listens for the end of a worker: an error, a message that cannot be read, or its exit. */
export function watch(worker: OwnWorker, onEnd: OnEnd): void {
  if (worker.on) {
    worker.on("error", (error) => onEnd(String(error), error));
    worker.on("messageerror", (error) => onEnd("a message could not be read", error));
    worker.on("exit", (code) => onEnd(`exit code ${code}`));
    return;
  }
  worker.addEventListener?.("error", (event) => {
    event.preventDefault(); // pending calls report the error; otherwise Deno would end the process
    const { message, error } = event as ErrorEvent;
    onEnd(message || `its script does not load; ${CROSS_ORIGIN_ADVICE}`, error);
  });
  worker.addEventListener?.("messageerror", () => onEnd("a message could not be read"));
  worker.addEventListener?.("close", () => onEnd("it was closed"));
}
