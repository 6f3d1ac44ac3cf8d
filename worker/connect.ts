import { UnrolledError } from "../src/errors.ts";
import type { Evaluated } from "../src/train/task-trainer.ts";
import type { TrainEvents, TrainResult, TrainStore } from "../src/train/train.ts";
import { type Host, type HostOptions, startHost } from "./host.ts";
import type {
  EvaluateOptions,
  RestoreOptions,
  RunEvents,
  RunInfo,
  StartOptions,
  TrainingSession,
  TrainRequest,
} from "./protocol.ts";

export type { HostOptions as ConnectOptions } from "./host.ts";
export type { EvaluateOptions, RestoreOptions, RunInfo, StartOptions, TrainRequest } from "./protocol.ts";
export type { OwnWorker } from "./spawn.ts";
export { type StartedGroup, type StartGroupOptions, startGroup } from "./start-group.ts";

/** A call that can be given up. */
export interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

/** How to train, and what to hear of it. */
export interface ConnectedTrainOptions extends TrainRequest, TrainEvents<Evaluated>, Cancellable {
  /** Where the best model and the latest checkpoint go; on this side. */
  readonly store?: TrainStore;
}

/** Connects to a worker that trains and runs models. @throws ERR_STATE where it does not start, ERR_VALUE, ERR_WASM */
export async function connect(options: HostOptions = {}): Promise<Connection> {
  const connection = new Connection(options);
  try {
    await connection.ready();
    return connection;
  } catch (error) {
    connection.release();
    throw error;
  }
}

/**
 * Training and predicting where `connect` put it. Every call rejects with the error that it throws in the thread; with ERR_STATE
 * where the worker has died, after which `start`, `restore` and `load` begin a new one; with ERR_DISPOSED after `release`.
 */
export class Connection {
  readonly #options: HostOptions;
  readonly #waiting = new Set<(error: UnrolledError) => void>();
  #host: Host | undefined;
  #ended: UnrolledError | undefined;
  #lastCheckpoint: Uint8Array | undefined;

  /** @see connect */
  constructor(options: HostOptions) {
    this.#options = options;
  }

  /** Waits for the worker, and starts it where there is none. @throws ERR_STATE, ERR_WASM, ERR_VALUE */
  async ready(): Promise<void> {
    await this.#ask(this.#begin(), async () => {});
  }

  /** Where it runs: without workers, or by choice, in this thread, in slices that leave the event loop its turns. */
  get place(): "worker" | "thread" | undefined {
    return this.#host?.place;
  }

  /** The last checkpoint that a run has saved: `restore` goes on from it after a worker has died. */
  get lastCheckpoint(): Uint8Array | undefined {
    return this.#lastCheckpoint;
  }

  /**
   * Begins a new run, in place of what there was. The signal ends the worker.
   *
   * @throws ERR_ABORTED, ERR_DATA, ERR_FILE, ERR_VALUE; ERR_STATE while another `start`, `restore`, `load` or `train` runs
   */
  async start({ signal, ...options }: StartOptions & Cancellable): Promise<RunInfo> {
    return this.#open(signal, (session, { send }) => session.start(send(options)));
  }

  /** Goes on with a run that was stopped. @throws as `start`; ERR_FORMAT; ERR_DATA where the data are others */
  async restore({ signal, ...options }: RestoreOptions & Cancellable): Promise<RunInfo> {
    return this.#open(signal, (session, { send }) => session.restore(send(options)));
  }

  /** Opens a trained model. @param model a model file @throws as `start`; ERR_FORMAT */
  load(model: Uint8Array, { signal }: Cancellable = {}): Promise<RunInfo> {
    return this.#open(signal, (session) => session.load(model));
  }

  /**
   * Trains as `train` does, up to so many iterations in all (default: what `start` said): called again, it goes on where it stopped.
   * `onStep` hears of it at most ten times a second.
   *
   * @throws ERR_ABORTED after the signal, when the checkpoint has been saved; ERR_NAN; what the callbacks throw
   */
  async train(options: ConnectedTrainOptions = {}): Promise<TrainResult<Evaluated>> {
    const { signal, store, onStep, onValidation, ...request } = options;
    checkSignal(signal);
    const stop = () => this.#call("stop", (session) => session.stop()).catch(() => {});
    signal?.addEventListener("abort", stop);
    try {
      const events: RunEvents = {
        onStep: (event) => onStep?.(event),
        onValidation: (event) => onValidation?.(event),
        saveModel: async (bytes) => store?.saveModel(bytes),
        saveCheckpoint: async (bytes) => {
          await store?.saveCheckpoint(bytes);
          this.#lastCheckpoint = bytes;
        },
      };
      return await this.#call("train", (session, host) =>
        host.hearing(events, (events) => session.train(request, events)),
      );
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /** Training waits after the iteration under way; all other calls are answered. */
  pause(): Promise<void> {
    return this.#call("pause", (session) => session.pause());
  }

  resume(): Promise<void> {
    return this.#call("resume", (session) => session.resume());
  }

  /** How good the model is on data like those it was trained on. @throws ERR_DATA, ERR_FILE */
  async evaluate(options: EvaluateOptions): Promise<Evaluated> {
    return this.#call("evaluate", (session, { send }) => session.evaluate(send(options)));
  }

  /** What the model says of inputs: as its own `predict`, `forecast` or `encode` in the thread. @throws ERR_DATA, ERR_VALUE */
  predict(inputs: readonly unknown[], options?: object): Promise<readonly unknown[]> {
    return this.#call("predict", (session) => session.predict(inputs, options));
  }

  /** What the model writes. @throws ERR_DATA, ERR_VALUE */
  generate(options?: object): Promise<string> {
    return this.#call("generate", (session) => session.generate(options));
  }

  /** The model file: of the weights as they are (default), or of the best validation. @throws ERR_STATE before the first */
  model(which?: "latest" | "best"): Promise<Uint8Array<ArrayBuffer>> {
    return this.#call("model", (session) => session.model(which));
  }

  /** The run as it is, for `restore`. @throws ERR_STATE of a model that was loaded */
  checkpoint(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#call("checkpoint", (session) => session.checkpoint());
  }

  /** Ends the worker at once; calls that wait reject with ERR_DISPOSED. */
  release(): void {
    this.#end(new UnrolledError("ERR_DISPOSED", "the connection was released; connect anew"));
  }

  #begin(): Host {
    if (this.#host) return this.#host;
    if (this.#ended?.code === "ERR_DISPOSED") throw this.#ended;
    const host = startHost(this.#options, (reason, cause) => {
      if (this.#host !== host) return;
      const advice = "start, restore or load begins a new one";
      this.#end(new UnrolledError("ERR_STATE", `the worker has ended: ${reason}; ${advice}`, { cause }));
    });
    this.#host = host;
    return host;
  }

  #end(error: UnrolledError): void {
    this.#host?.end();
    this.#host = undefined;
    if (this.#ended?.code !== "ERR_DISPOSED") this.#ended = error;
    for (const reject of this.#waiting) reject(error);
  }

  /** A call that begins with a worker of its own where there is none, and ends it where it is given up. */
  async #open(
    signal: AbortSignal | undefined,
    call: (session: TrainingSession, host: Host) => Promise<RunInfo>,
  ): Promise<RunInfo> {
    checkSignal(signal);
    const giveUp = () =>
      this.#end(new UnrolledError("ERR_ABORTED", "given up; start, restore or load begins anew"));
    signal?.addEventListener("abort", giveUp);
    try {
      return await this.#ask(this.#begin(), call);
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  async #call<T>(method: string, call: (session: TrainingSession, host: Host) => Promise<T>): Promise<T> {
    if (this.#host) return this.#ask(this.#host, call);
    throw (
      this.#ended ??
      new UnrolledError("ERR_STATE", `${method}: there is no worker; call start, restore or load`)
    );
  }

  /** Comlink leaves a call to a worker that has died without an answer for ever. */
  #ask<T>(host: Host, call: (session: TrainingSession, host: Host) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      host.hold(true);
      this.#waiting.add(reject);
      host.ready
        .then(({ session }) => call(session, host))
        .then(resolve, (error) => reject(readable(error)))
        .finally(() => {
          this.#waiting.delete(reject);
          if (!this.#waiting.size) host.hold(false);
        });
    });
  }
}

function checkSignal(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new UnrolledError("ERR_ABORTED", "the signal was given before the call");
}

/** Says what to do about what cannot be sent. */
function readable(error: unknown): unknown {
  if ((error as Error)?.name !== "DataCloneError") return error;
  const message = `${(error as Error).message}: a worker can be sent plain data only, no functions and no bytes that were moved`;
  return new UnrolledError("ERR_VALUE", message, { cause: error });
}
