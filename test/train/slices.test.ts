import { afterEach, expect, it, vi } from "vitest";
import { train } from "../../src/train/train.ts";
import { startRuntime } from "../runtimes.ts";
import { MemoryStore, newTrainer } from "./run.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Counts the turns of the event loop in a run of 100 iterations. */
async function turns(): Promise<number> {
  let count = 0;
  const timer = setInterval(() => count++);
  const trainer = newTrainer(await startRuntime());
  const speeds: number[] = [];
  const onStep = ({ symbolsPerSecond }: { symbolsPerSecond: number }) => speeds.push(symbolsPerSecond);
  await train(trainer, {
    iterations: 100,
    validateEvery: 1e9,
    dataHash: "",
    store: new MemoryStore(),
    onStep,
  });
  clearInterval(timer);
  expect(speeds.every(Number.isFinite)).toBe(true);
  return count;
}

it("gives the event loop its turns if the clock stands still", async () => {
  vi.spyOn(performance, "now").mockReturnValue(5);
  const aborted = new AbortController();
  setTimeout(() => aborted.abort());
  const trainer = newTrainer(await startRuntime());
  const options = { iterations: 1e6, validateEvery: 1e9, dataHash: "", store: new MemoryStore() };
  await expect(train(trainer, { ...options, signal: aborted.signal })).rejects.toThrow("stopped");
  expect(await turns()).toBeGreaterThan(0);
});

it("gives the event loop its turns if there are no message channels", async () => {
  vi.stubGlobal("MessageChannel", undefined);
  const aborted = new AbortController();
  setTimeout(() => aborted.abort());
  const trainer = newTrainer(await startRuntime());
  const options = { iterations: 1e6, validateEvery: 1e9, dataHash: "", store: new MemoryStore() };
  await expect(train(trainer, { ...options, signal: aborted.signal })).rejects.toThrow("stopped");
});
