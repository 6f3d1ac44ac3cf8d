import { constants } from "node:os";

/** Makes the first Ctrl-C (or SIGTERM) abort the signal, so that the run saves and stops. A second ends the process at once. */
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
