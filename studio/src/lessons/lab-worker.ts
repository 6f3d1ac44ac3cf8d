import { proxy, type Remote, wrap } from "comlink";
import type { Bench } from "../lab/bench.ts";
import type { Experiments } from "../lab/experiments.ts";

/** A worker that runs experiments, one at a time. */
export class LabWorker {
  readonly #worker = new Worker(new URL("../worker.ts", import.meta.url), { type: "module", name: "lab" });
  readonly #bench: Remote<Bench> = wrap<Bench>(this.#worker);
  #alive = true;

  get alive(): boolean {
    return this.#alive;
  }

  async run(
    name: keyof Experiments,
    options: object,
    onProgress: (event: unknown) => void,
  ): Promise<unknown> {
    return this.#bench.run(name, options, proxy(onProgress));
  }

  /** Ends the worker at once, with what it does. */
  end(): void {
    this.#alive = false;
    this.#worker.terminate();
  }
}
