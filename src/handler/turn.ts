type Later = (run: () => void) => unknown;

/** Runs a function after the input and output that wait now. A timer of 0 takes a millisecond or more in Node. */
const soon: Later = (globalThis as { setImmediate?: Later }).setImmediate ?? ((run) => setTimeout(run));

/**
 * Waits so that other requests get their turn.
 *
 * @param wait milliseconds; 0: only what waits now
 * @param signal ends the waiting
 */
export function turn(wait: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (!wait) {
      soon(resolve);
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, wait);
    signal?.addEventListener("abort", done);
  });
}

/** @throws the signal's reason if it is aborted */
export function expectWanted(signal: AbortSignal): void {
  if (signal.aborted) throw new Gone();
}

/** Says that the client no longer waits for the answer. */
export class Gone extends Error {}
