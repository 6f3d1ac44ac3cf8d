import { constants } from "node:os";

/**
 * Makes Ctrl-C (or SIGTERM) abort the returned signal. The run then saves and stops. A second Ctrl-C ends the process at once.
 */
export function stopOnSignal(): { signal: AbortSignal; exitCode: () => number; release: () => void } {
  const controller = new AbortController();
  let code = 0;
  const stop = (name: NodeJS.Signals) => {
    code = 128 + constants.signals[name];
    if (controller.signal.aborted) process.exit(code);
    controller.abort();
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  return {
    signal: controller.signal,
    exitCode: () => code,
    release: () => process.off("SIGINT", stop).off("SIGTERM", stop),
  };
}
