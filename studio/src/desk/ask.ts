import { type Remote, wrap } from "comlink";
import type { Model } from "../runs/models.ts";
import type { Desk } from "./desk.ts";
import type { Functions } from "./functions.ts";

let desk: Remote<Desk> | undefined;
let worker: Worker | undefined;

/** Milliseconds after which an answer counts as lost, such as for a pattern that never ends. */
const PATIENCE = 30_000;

/** Returns the desk of a worker, which is started if there is none. */
function opened(): Remote<Desk> {
  if (desk) return desk;
  worker = new Worker(new URL("../worker.ts", import.meta.url), { type: "module", name: "desk" });
  worker.addEventListener("error", close);
  desk = wrap<Desk>(worker);
  return desk;
}

/** Ends the worker. The next question starts another one. */
function close(): void {
  worker?.terminate();
  desk = undefined;
}

/** Waits for an answer. @throws Error if it takes too long; the worker is then ended */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      close();
      reject(
        new Error("This took more than 30 s and was stopped. Try a shorter input, or a simpler pattern."),
      );
    }, PATIENCE);
  });
  try {
    return await Promise.race([answer, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

type Parameters<F> = F extends (model: never, ...parameters: infer P) => unknown ? P : never;
type Result<F> = F extends (...parameters: never) => infer R ? Awaited<R> : never;

/** Computes something of a model in the desk's worker, so that the page stays smooth. */
export async function ask<Name extends keyof Functions>(
  { key, bytes }: Model,
  name: Name,
  ...parameters: Parameters<Functions[Name]>
): Promise<Result<Functions[Name]>> {
  const answered = async () => {
    const desk = opened();
    for (;;) {
      const answer = await desk.ask(key, name, parameters);
      if (answer) return answer.value as Result<Functions[Name]>;
      await desk.open(key, bytes);
    }
  };
  return inTime(answered());
}
