import { EXPERIMENTS, type Experiments } from "./experiments.ts";

/** The worker's half of the lessons: runs experiments by name. */
export class Bench {
  /** @param onProgress a proxy to a function of the page */
  run(name: keyof Experiments, options: object, onProgress: (event: unknown) => void): Promise<unknown> {
    const experiment = EXPERIMENTS[name] as (options: object) => Promise<unknown>;
    return experiment({ ...options, onProgress });
  }
}
