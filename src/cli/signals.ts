import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Makes Ctrl-C, SIGTERM, or the end of the terminal (SIGHUP) abort the returned signal. The run then saves and stops. A second
 * Ctrl-C ends the process at once.
 */
export function stopOnSignal(): { signal: AbortSignal; exitCode: () => number; release: () => void } {
  const controller = new AbortController();
  let code = 0;
  const stop = (name: NodeJS.Signals) => {
    code = 128 + constants.signals[name];
    if (controller.signal.aborted) process.exit(code);
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, stop);
  return {
    signal: controller.signal,
    exitCode: () => code,
    release() {
      for (const name of SIGNALS) process.off(name, stop);
    },
  };
}
