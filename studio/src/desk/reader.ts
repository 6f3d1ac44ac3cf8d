import { proxy, type Remote, wrap } from "comlink";
import type { check } from "./check.ts";
import type { CheckedData, CheckPlan, CheckProgress } from "./checked.ts";

// Data are read in a worker of their own, so that pictures do not wait, and so that it can be stopped at any moment.

interface Reader {
  readonly worker: Worker;
  readonly check: Remote<typeof check>;
}

let reader: Reader | undefined;

function opened(): Reader {
  if (reader) return reader;
  const worker = new Worker(new URL("../worker.ts", import.meta.url), { type: "module", name: "reader" });
  reader = { worker, check: wrap<typeof check>(worker) };
  return reader;
}

/** Ends the worker, with what it keeps of the data. */
export function closeReader(): void {
  reader?.worker.terminate();
  reader = undefined;
}

let count = 0;
const ids = new WeakMap<File, string>();

/** Returns what tells a file from all others of this visit. */
export function idOf(file: File): string {
  const id = ids.get(file) ?? `file ${++count}`;
  ids.set(file, id);
  return id;
}

/**
 * Reads data as a run would, and says what is in them.
 *
 * @param signal stops it
 * @throws the library's error if a run would refuse the data
 */
export function checkData(
  data: File,
  plan: CheckPlan,
  onProgress: (progress: CheckProgress) => void,
  signal: AbortSignal,
): Promise<CheckedData> {
  const { worker, check } = opened();
  return new Promise<CheckedData>((resolve, reject) => {
    const listening = new AbortController();
    const fail = (error: unknown) => {
      listening.abort(); // a browser may report an error of a worker that was ended, when the next one is at work
      worker.terminate();
      if (reader?.worker === worker) reader = undefined;
      reject(error);
    };
    const once = { once: true, signal: listening.signal };
    const die = () => fail(new Error("The worker that reads the data has stopped. Try a smaller file."));
    signal.addEventListener("abort", () => fail(signal.reason), once);
    worker.addEventListener("error", die, once);
    check(data, plan, idOf(data), proxy(onProgress))
      .then(resolve, reject)
      .finally(() => listening.abort());
  });
}
