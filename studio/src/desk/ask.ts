import { type Remote, wrap } from "comlink";
import type { Model } from "../runs/models.ts";
import type { CheckedData, CheckPlan } from "./checked.ts";
import type { Desk } from "./desk.ts";
import type { Functions } from "./functions.ts";

let desk: Remote<Desk> | undefined;

const worker = () => new Worker(new URL("../worker.ts", import.meta.url), { type: "module", name: "desk" });

type Parameters<F> = F extends (model: never, ...parameters: infer P) => unknown ? P : never;
type Result<F> = F extends (...parameters: never) => infer R ? Awaited<R> : never;

/** Reads data as a run would, and says what is in them. @throws the library's error if a run would refuse them */
export function checkData(data: File, plan: CheckPlan): Promise<CheckedData> {
  desk ??= wrap<Desk>(worker());
  return desk.check(data, plan);
}

/** Computes something of a model in the desk's worker, so that the page stays smooth. */
export async function ask<Name extends keyof Functions>(
  { key, bytes }: Model,
  name: Name,
  ...parameters: Parameters<Functions[Name]>
): Promise<Result<Functions[Name]>> {
  desk ??= wrap<Desk>(worker());
  let answer = await desk.ask(key, name, parameters);
  if (!answer) {
    await desk.open(key, bytes);
    answer = await desk.ask(key, name, parameters);
  }
  return answer!.value as Result<Functions[Name]>;
}
