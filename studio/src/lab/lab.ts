import { createRuntime, type Runtime, UnrolledError } from "unrolled";
import { mulberry32, type Random } from "./random.ts";

/** The options that all experiments share. */
export interface LabOptions<Event> {
  /** Seed of the initial weights and of the drawn data, a whole number below 2^32; default 1. */
  readonly seed?: number;
  /** Receives what can be shown so far: at the start, about five times a second, and at the end. */
  readonly onProgress?: (event: Event) => void;
  /** Asked about 40 times a second. If it returns true, the experiment ends with ERR_ABORTED. */
  readonly shouldStop?: () => boolean;
}

/** How far an experiment is. */
export interface Progress {
  /** Share of the work that is done, from 0 to 1. */
  readonly share: number;
}

/** Milliseconds of work between two pauses. The next iteration is added to them, and together they stay below 50. */
const SLICE = 20;

/** Milliseconds between two reports. */
const BETWEEN_REPORTS = 200;

/** The runtime, random numbers and pace of one experiment. */
export class Lab<Event> {
  readonly rt: Runtime;
  /** Draws the data of the experiment. */
  readonly random: Random;
  readonly #options: LabOptions<Event>;
  #paused = performance.now();
  #reported = -Infinity;

  constructor(rt: Runtime, options: LabOptions<Event>) {
    this.rt = rt;
    this.random = mulberry32(options.seed ?? 1);
    this.#options = options;
  }

  /**
   * Lets the event loop run if it has not run for 20 ms, so that a worker hears messages.
   *
   * @throws ERR_ABORTED if the experiment is to stop
   */
  async pause(): Promise<void> {
    if (performance.now() - this.#paused < SLICE) return;
    await new Promise((resolve) => setTimeout(resolve));
    if (this.#options.shouldStop?.()) throw new UnrolledError("ERR_ABORTED", "the experiment was stopped");
    this.#paused = performance.now();
  }

  /** Reports what `event` returns, unless the last report is younger than 200 ms. */
  report(event: () => Event): void {
    if (performance.now() - this.#reported >= BETWEEN_REPORTS) this.reportNow(event());
  }

  /** Reports in any case. */
  reportNow(event: Event): void {
    this.#reported = performance.now();
    this.#options.onProgress?.(event);
  }
}

/**
 * Runs an experiment in a runtime of its own, which is freed at the end. It uses the strict build of the kernels, so that a seed
 * has the same outcome in every browser.
 */
export async function inLab<Event, Result>(
  options: LabOptions<Event>,
  run: (lab: Lab<Event>) => Result | Promise<Result>,
): Promise<Result> {
  const rt = await createRuntime({ seed: options.seed ?? 1, variant: "strict" });
  try {
    return await run(new Lab(rt, options));
  } finally {
    rt.dispose();
  }
}
