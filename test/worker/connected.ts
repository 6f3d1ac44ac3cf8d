import type { Worker } from "node:worker_threads";
import { expect } from "vitest";
import type { ErrorCode } from "../../src/errors.ts";
import type { Connection, StartOptions } from "../../worker/connect.ts";
import { TEXT } from "../train/run.ts";

// Connects to the built package as a user does: `npm run build` first.

export const dist = (file: string) => new URL(`../../dist/${file}`, import.meta.url).href;
export const { connect } = (await import(dist("worker.node.js"))) as typeof import("../../worker/connect.ts");
const { UnrolledError } = (await import(dist("index.js"))) as typeof import("../../src/index.ts");

/** The model of `newTrainer`, with dropout. */
export const TINY: StartOptions<"language-model"> = {
  data: TEXT,
  spec: { hidden: 6, dropout: 0.2 },
  recipe: { batch: 4, seq: 6 },
};
export const FOREVER = { iterations: 1e9, validateEvery: 1e9 };

/** Connects to a worker; returns its thread as well. */
export async function connectToThread(): Promise<{ connection: Connection; thread: Worker }> {
  let thread: Worker | undefined;
  process.once("worker", (started) => {
    thread = started;
  });
  const connection = await connect({ variant: "strict" });
  return { connection, thread: thread! };
}

/** Starts endless training; resolves after the first progress event. The promise of its end is caught. */
export async function beginTraining(
  connection: Connection,
  signal?: AbortSignal,
): Promise<{ done: Promise<unknown> }> {
  let heard = () => {};
  const first = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const done = connection.train({ ...FOREVER, signal, onStep: () => heard() });
  done.catch(() => {});
  await Promise.race([first, done]);
  return { done };
}

export async function expectRejection(promise: Promise<unknown>, code: ErrorCode, message: string | RegExp) {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(UnrolledError);
  expect(error.code, error.message).toBe(code);
  expect(error.message).toMatch(message);
}
