import { useEffect, useState } from "preact/hooks";
import type { CheckProgress } from "./checked.ts";
import { closeReader, type Reading } from "./reader.ts";
import type { Answer } from "./use-answer.ts";

/** What is in data, or how far their reading is. */
export interface Check<T> extends Answer<T> {
  readonly progress?: CheckProgress | undefined;
}

/**
 * Reads data whenever the inputs change, and stops reading those before.
 *
 * @param reading undefined: nothing is read
 * @param inputs name all that the reading depends on
 */
export function useCheck<T>(reading: Reading<T> | undefined, inputs: readonly unknown[]): Check<T> {
  const [check, setCheck] = useState<Check<T>>({ busy: false });
  useEffect(() => {
    if (!reading) return setCheck({ busy: false });
    const stop = new AbortController();
    const show = (change: (before: Check<T>) => Check<T>) => !stop.signal.aborted && setCheck(change);
    setCheck(({ value }) => ({ value, busy: true }));
    let isDone = false; // progress has a channel of its own, so its last message may come after the result
    const report = (progress: CheckProgress) =>
      !isDone && show(({ value }) => ({ value, busy: true, progress }));
    const end = (check: Check<T>) => {
      isDone = true;
      show(() => check);
    };
    reading(report, stop.signal).then(
      (value) => end({ value, busy: false }),
      (error) => end({ error: (error as Error).message, busy: false }),
    );
    return () => stop.abort();
  }, inputs);
  useEffect(() => closeReader, []);
  return check;
}
