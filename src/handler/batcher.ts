import { expectWanted, turn } from "./turn.ts";

/** Computes the outputs of inputs, in their order. */
export type Compute = (inputs: readonly unknown[]) => readonly unknown[] | Promise<readonly unknown[]>;

/** An input and what became of it. */
interface Job {
  readonly input: unknown;
  /** Whether no batch has the input yet. */
  waits: boolean;
  outcome?: { readonly output: unknown } | { readonly error: unknown };
  /** Resolves when a batch that takes its time has its outputs. */
  running?: Promise<void>;
}

/** Milliseconds after which a request looks whether its outputs are there. */
const LOOK = 20;

/**
 * Collects the inputs of many requests and computes them in batches.
 *
 * Each request waits by timers of its own, computes the batches that are due, and reads its outputs when it wakes. It leaves nothing to
 * a loop or a promise of another request: workerd stops the timers of a request whose client has left, and ends a request that waits for
 * nothing of its own.
 */
export class Batcher {
  readonly #compute: Compute;
  readonly #most: number;
  readonly #wait: number;
  readonly #onBatch: (size: number) => void;
  #jobs: Job[] = [];

  /**
   * @param most maximum number of inputs of a batch
   * @param wait milliseconds that an input waits for others
   * @param onBatch receives the number of inputs of each batch
   */
  constructor(compute: Compute, most: number, wait: number, onBatch: (size: number) => void) {
    this.#compute = compute;
    this.#most = most;
    this.#wait = wait;
    this.#onBatch = onBatch;
  }

  /** Number of inputs that wait. */
  get waiting(): number {
    return this.#jobs.length;
  }

  /**
   * Computes the outputs of a request's inputs, together with those of other requests. If inputs of other requests are wrong, their
   * requests alone fail.
   *
   * @throws Gone if the signal is aborted; the inputs that still wait are then left out; the first error of `compute` for the inputs alone
   */
  async add(inputs: readonly unknown[], signal: AbortSignal): Promise<unknown[]> {
    const own = inputs.map((input): Job => ({ input, waits: true }));
    const waits = () => own.some((job) => job.waits);
    this.#jobs.push(...own);
    try {
      await turn(this.#jobs.length < this.#most ? this.#wait : 0, signal);
      while (waits()) {
        expectWanted(signal);
        this.#next();
        if (waits()) await turn(0);
      }
    } finally {
      if (waits()) this.#jobs = this.#jobs.filter((job) => !own.includes(job));
    }
    for (const job of own) while (!job.outcome) await Promise.race([job.running, turn(LOOK)]);
    return own.map(({ outcome }) => {
      if ("error" in outcome!) throw outcome.error;
      return outcome!.output;
    });
  }

  /** Starts the batch of the inputs that wait longest. */
  #next(): void {
    const batch = this.#jobs.splice(0, this.#most);
    for (const job of batch) job.waits = false;
    this.#onBatch(batch.length);
    this.#run(batch);
  }

  #run(batch: readonly Job[]): void {
    const keep = (outputs: readonly unknown[]) => {
      batch.forEach((job, i) => {
        job.outcome = { output: outputs[i] };
      });
    };
    const fail = (error: unknown) => {
      if (batch.length === 1) batch[0]!.outcome = { error };
      else for (const job of batch) this.#run([job]);
    };
    try {
      const outputs = this.#compute(batch.map(({ input }) => input));
      if (outputs instanceof Promise) {
        const running = outputs.then(keep, fail);
        for (const job of batch) job.running = running;
      } else keep(outputs);
    } catch (error) {
      fail(error);
    }
  }
}
