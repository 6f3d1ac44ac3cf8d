import { UnrolledError } from "../../src/errors.ts";
import type { TaskModel } from "../../src/network/model.ts";
import { serializeModel } from "../../src/network/model-file.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import type { BatchGradients, IterationBatch, TrainingGroup } from "../../src/train/gradients.ts";
import { checkDivisible, divideBatch } from "./batch-parts.ts";
import { checkWorkers, MOST_WORKERS } from "./check-workers.ts";
import { FollowerLink } from "./follower-link.ts";
import { eachPlace, gradientsOf, type Numbers } from "./numbers.ts";
import { type PartResult, type PartTask, partGradients } from "./part-gradients.ts";
import { joinStates, loadState, storeState } from "./stored-state.ts";

/**
 * Distance between the positions of two consecutive threads in the sequence of random numbers, in blocks. A thread starts to draw
 * random numbers at its position. No run draws RANDOM_STRIDE blocks, so two threads never use the same random numbers.
 */
const RANDOM_STRIDE = 2 ** 53 / MOST_WORKERS;

export interface GroupOptions {
  /**
   * Whether weights and gradients are in shared memory. If not, they are in buffers that are sent back and forth. The default is
   * true if the platform allows shared memory. Web pages need cross-origin isolation for shared memory. Results do not depend on
   * this option.
   */
  readonly shared?: boolean;
  /** WebAssembly kernels for the followers, which the caller has already compiled. */
  readonly module?: WebAssembly.Module;
  /**
   * Called when a thread is lost. The default callback calls `end` of the group. Your own callback must end the group too. Some
   * platforms do not report lost threads.
   */
  readonly onLost?: (error: UnrolledError) => void;
}

/**
 * Threads that train a model together (data parallel). This thread is the leader. It stores everything that lasts longer than an
 * iteration. The other threads are followers. In each iteration, a follower receives the weights and a part of the batch, and
 * returns gradients.
 *
 * The leader adds the gradients in the order of the threads. The exact results thus depend only on the number of threads, not on
 * their speed.
 */
export class Group implements TrainingGroup {
  readonly #links: readonly FollowerLink[];
  readonly #options: GroupOptions;
  #model: TaskModel | undefined;
  #busy = false;

  /** @param ports one port to each follower. Each follower must call `follow`. @throws ERR_VALUE if there are too many ports */
  constructor(ports: readonly MessagePort[], options: GroupOptions = {}) {
    checkWorkers(ports.length + 1);
    const { onLost = (error) => this.end(error) } = options;
    const lost = (reason: string) =>
      onLost(new UnrolledError("ERR_STATE", `a training thread has ended: ${reason}; start another group`));
    this.#links = ports.map((port) => new FollowerLink(port, lost));
    this.#options = options;
  }

  /** Number of threads that train, including this one. */
  get workers(): number {
    return this.#links.length + 1;
  }

  /**
   * Sends the model that is to be trained to the followers. It replaces an earlier model.
   *
   * @throws ERR_VALUE if the sequences of a batch depend on each other in training
   * @throws ERR_MEMORY if the memory of a thread cannot grow
   * @throws ERR_STATE if an iteration is still running or a thread has ended
   */
  open(model: TaskModel): Promise<void> {
    return this.#alone(async () => {
      if (model === this.#model) return;
      checkDivisible(model);
      this.#model = undefined;
      const { shared = mayShare(), module } = this.#options;
      const size = 4 * model.parameterCount;
      const start = { model: serializeModel(model), variant: model.runtime.variant, module };
      await allOf(
        this.#links.map((link) =>
          link.open(start, shared ? new SharedArrayBuffer(size) : new ArrayBuffer(size)),
        ),
      );
      this.#model = model;
    });
  }

  /** Rejects pending and later calls with the error. It does not end the threads; the caller must do this. */
  end(error: UnrolledError): void {
    for (const link of this.#links) link.end(error);
  }

  /**
   * Calculates the gradients of a batch on all threads. The returned function adds them to the model.
   *
   * @throws ERR_NAN if a loss is not finite; ERR_MEMORY if the memory of a thread cannot grow
   * @throws ERR_STATE if an iteration is still running or a thread has ended; ERR_VALUE if the group has a different model
   */
  gradients(model: TaskModel, whole: IterationBatch): Promise<() => BatchGradients> {
    return this.#alone(() => {
      if (model === this.#model) return this.#calculate(model, whole);
      throw new UnrolledError("ERR_VALUE", "the group has another model; open this one first");
    });
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) throw new UnrolledError("ERR_STATE", "an iteration is still running; wait for its end");
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }

  async #calculate(
    model: TaskModel,
    { batch, state, iteration }: IterationBatch,
  ): Promise<() => BatchGradients> {
    const { runtime: rt } = model;
    const { seed, position } = rt.random.state;
    const parts = divideBatch(model, batch, this.workers);
    const columns = parts.map((part) => part.columns);
    const work = parts.map(
      ({ batch, columns: own }, rank): PartTask => ({
        batch,
        ...(state && { state: storeState(state, own) }),
        iteration,
        sequences: columns.flat().length,
        random: { seed, position: position + rank * RANDOM_STRIDE },
      }),
    );
    const links = this.#links.slice(0, parts.length - 1);
    const theirs = links.map((link, i) => link.calculate(model, work[i + 1]!));
    const mine = new Promise<PartResult>((resolve) => resolve(partGradients(model, work[0]!)));
    rt.random.state = { seed, position }; // the state before the iteration: a checkpoint must store it
    const results = await allOf([mine, ...theirs]);
    return () => {
      rt.random.state = { seed, position: position + Math.max(...results.map(({ drawn }) => drawn)) };
      const gradients = gradientsOf(model.parameters());
      for (const { numbers } of links) eachPlace(numbers, gradients, addTo);
      return joinResults(rt, iteration, results, columns);
    };
  }
}

/**
 * Waits for all promises, even if one of them fails. The next request can be sent only when every thread has finished.
 *
 * @throws the error of the first promise in the list that failed
 */
async function allOf<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const ends = await Promise.allSettled(promises);
  return ends.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
}

function addTo(data: Float32Array, numbers: Numbers): void {
  for (let i = 0; i < data.length; i++) data[i]! += numbers[i]!;
}

function joinResults(
  runtime: Runtime,
  iteration: number,
  results: readonly PartResult[],
  columns: readonly (readonly number[])[],
): BatchGradients {
  let [loss, counted, symbols] = [0, 0, 0];
  for (const result of results) {
    if (result.counted) loss += result.value * result.counted;
    counted += result.counted;
    symbols += result.symbols;
  }
  if (!counted)
    throw new UnrolledError("ERR_NAN", `iteration ${iteration}: the batch has no target that counts`);
  const states = results.flatMap(({ state }) => state ?? []);
  return {
    value: loss / counted,
    symbols,
    ...(states.length && { state: loadState(runtime, joinStates(states, columns)) }),
  };
}

/** Returns whether threads can share memory. Web pages need cross-origin isolation for shared memory. */
function mayShare(): boolean {
  return typeof SharedArrayBuffer === "function" && globalThis.crossOriginIsolated !== false;
}
