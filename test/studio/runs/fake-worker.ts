import type { RunInfo } from "unrolled/worker";
import { vi } from "vitest";

/** What the code under test passes to `train`. */
interface TrainOptions {
  readonly signal: AbortSignal;
  readonly iterations: number;
  readonly store: {
    saveModel(bytes: Uint8Array): Promise<void>;
    saveCheckpoint(bytes: Uint8Array): Promise<void>;
  };
  readonly onStep: (step: { iteration: number; loss: number; symbolsPerSecond: number }) => void;
  readonly onValidation: (event: object) => Promise<void>;
}

const failure = (code: string) => Object.assign(new Error(code), { code });

/** Stands in for a connection: a test says when it steps, ends, dies or answers no more. */
export class FakeTrainer {
  /** All that were made, the last one at the end. */
  static readonly all: FakeTrainer[] = [];
  /** What the next `start` or `restore` waits for, or fails with. */
  static opening: Promise<unknown> = Promise.resolve();
  /** Iteration of the checkpoint that `restore` continues from. */
  static restoresAt = 0;

  stuck = false;
  released = false;
  paused = false;
  iteration = 0;
  options!: TrainOptions;
  readonly restore = vi.fn((options: { signal: AbortSignal }) => this.#open(options, FakeTrainer.restoresAt));
  readonly start = vi.fn((options: { signal: AbortSignal }) => this.#open(options, 0));
  #reject: (error: Error) => void = () => {};
  #resolve: (result: object) => void = () => {};

  readonly workers: number;

  constructor(workers: number) {
    this.workers = workers;
    FakeTrainer.all.push(this);
  }

  async #open({ signal }: { signal: AbortSignal }, iteration: number): Promise<RunInfo> {
    const aborted = new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(failure("ERR_ABORTED")));
    });
    await Promise.race([FakeTrainer.opening, aborted]);
    this.iteration = iteration;
    const run = { iteration, iterations: 100, iterationsPerEpoch: 50, workers: this.workers };
    return { task: "language-model", spec: { cell: "lstm", hidden: 8 }, parameters: 10, run } as never;
  }

  train(options: TrainOptions): Promise<object> {
    this.options = options;
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      options.signal.addEventListener("abort", async () => {
        if (this.stuck) return;
        await options.store.saveCheckpoint(Uint8Array.of(this.iteration));
        reject(failure("ERR_ABORTED"));
      });
    });
  }

  step(iteration: number, loss = 1): void {
    this.iteration = iteration;
    this.options.onStep({ iteration, loss, symbolsPerSecond: 1 });
  }

  async validate(iteration: number, loss: number, best: boolean): Promise<void> {
    if (best) await this.options.store.saveModel(Uint8Array.of(iteration));
    await this.options.store.saveCheckpoint(Uint8Array.of(iteration));
    await this.options.onValidation({ iteration, evaluation: { loss }, best });
  }

  end(stopped = "end"): void {
    this.#resolve({ stopped, iterations: this.iteration });
  }

  die(): void {
    this.released = true;
    this.#reject(
      Object.assign(new Error("the worker has ended: out of memory; start again"), { code: "ERR_STATE" }),
    );
  }

  async #answer(): Promise<Uint8Array> {
    if (this.stuck) await new Promise(() => {});
    if (this.released) throw failure("ERR_DISPOSED");
    return Uint8Array.of(this.iteration);
  }

  model = () => this.#answer();
  checkpoint = () => this.#answer();

  async pause(): Promise<void> {
    this.paused = true;
  }

  async resume(): Promise<void> {
    this.paused = false;
  }

  release(): void {
    this.released = true;
    this.stuck = false;
    this.#reject(failure("ERR_DISPOSED"));
  }
}
