import { useEffect, useState } from "preact/hooks";
import type { CheckedData, CheckPlan, CheckProgress } from "./checked.ts";
import { checkData, closeReader } from "./reader.ts";
import type { Answer } from "./use-answer.ts";

/** What is in data, or how far their reading is. */
export interface Check extends Answer<CheckedData> {
  readonly progress?: CheckProgress | undefined;
}

/** Reads data whenever they or the plan change, and stops reading those before. @param data undefined: nothing is read */
export function useCheck(data: File | undefined, plan: CheckPlan): Check {
  const [check, setCheck] = useState<Check>({ busy: false });
  useEffect(() => {
    if (!data) return setCheck({ busy: false });
    const stop = new AbortController();
    const show = (change: (before: Check) => Check) => !stop.signal.aborted && setCheck(change);
    setCheck(({ value }) => ({ value, busy: true }));
    let isDone = false; // progress has a channel of its own, so its last message may come after the result
    const report = (progress: CheckProgress) =>
      !isDone && show(({ value }) => ({ value, busy: true, progress }));
    const end = (check: Check) => {
      isDone = true;
      show(() => check);
    };
    checkData(data, plan, report, stop.signal).then(
      (value) => end({ value, busy: false }),
      (error) => end({ error: (error as Error).message, busy: false }),
    );
    return () => stop.abort();
  }, [data, JSON.stringify(plan)]);
  useEffect(() => closeReader, []);
  return check;
}
