import { proxy, type Remote, wrap } from "comlink";
import type { Model } from "../runs/models.ts";
import type { check } from "./check.ts";
import type { CheckedData, CheckPlan, CheckProgress, FurtherData } from "./checked.ts";
import type { further } from "./further.ts";
import type { Report } from "./watched.ts";

// Data are read in a worker of their own, so that pictures do not wait, and so that it can be stopped at any moment.

/** What the worker can do. */
export interface Reads {
  readonly check: typeof check;
  readonly further: typeof further;
}

interface Reader {
  readonly worker: Worker;
  readonly reads: Remote<Reads>;
}

let reader: Reader | undefined;

function opened(): Reader {
  if (reader) return reader;
  const worker = new Worker(new URL("../worker.ts", import.meta.url), { type: "module", name: "reader" });
  reader = { worker, reads: wrap<Reads>(worker) };
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

/** Reads data. @param signal stops it @throws the library's error if a run would refuse the data */
export type Reading<T> = (onProgress: (progress: CheckProgress) => void, signal: AbortSignal) => Promise<T>;

function reading<T>(start: (reader: Reader, report: Report) => Promise<T>): Reading<T> {
  return (onProgress, signal) => {
    const own = opened();
    const { worker } = own;
    return new Promise<T>((resolve, reject) => {
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
      start(own, proxy(onProgress))
        .then(resolve, reject)
        .finally(() => listening.abort());
    });
  };
}

/** Reads data as a new run would, and says what is in them. */
export const checkData = (data: File, plan: CheckPlan): Reading<CheckedData> =>
  reading(({ reads }, report) => reads.check(data, plan, idOf(data), report));

/** Reads data as a run does that trains a model further. @param load loads the data */
export const checkFurther = (
  model: Model,
  load: () => Promise<File>,
  plan: CheckPlan,
): Reading<FurtherData> =>
  reading(async ({ reads }, report) => reads.further(model.bytes, await load(), plan, report));
