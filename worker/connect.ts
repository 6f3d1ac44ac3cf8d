import { checkOptions } from "../src/checks.ts";
import { UnrolledError } from "../src/errors.ts";
import type {
  EvaluationOf,
  InputsOf,
  PredictionsOf,
  PredictOptionsOf,
  TaskKey,
  TaskName,
} from "../src/tasks/types.ts";
import type { TrainResult } from "../src/train/train.ts";
import type {
  Cancellable,
  ConnectedTrainOptions,
  EvaluateOptions,
  GenerateParameters,
  PredictSource,
  RestoreOptions,
  RunInfo,
  StartOptions,
} from "./call-types.ts";
import { type Host, type HostOptions, readable, startHost } from "./host.ts";
import type {
  EvaluateRequest,
  PredictRequest,
  RestoreRequest,
  RunEvents,
  StartRequest,
  TrainingSession,
} from "./protocol.ts";

export type { TaskKey, TaskName } from "../src/tasks/types.ts";
export type * from "./call-types.ts";
export { type StartedGroup, type StartGroupOptions, startGroup } from "./group/start-group.ts";
export type { TrainRequest } from "./protocol.ts";
export type { OwnWorker } from "./spawn.ts";

/** Where to train, and a signal that cancels waiting for the worker. A script that never calls `serve` never answers. */
export interface ConnectOptions extends HostOptions, Cancellable {}

const HOST = "variant module worker workers crossOrigin";
const FORMAT = "labelFirst tagColumn format";
/** Names of options that `start` and `restore` share. */
const RUN =
  `data validation recipe vocabulary minCount column target iterations epochs signal ${FORMAT}` as const;

/**
 * Connects to a worker that trains and runs models.
 *
 * @typeParam K the tasks that the connection is used for, such as `"classifier"`; default: all. It is not checked at run time.
 * @throws ERR_STATE if the worker does not start, ERR_ABORTED if the signal is aborted, ERR_VALUE, ERR_WASM
 */
export async function connect<K extends TaskKey = TaskName>(
  options: ConnectOptions = {},
): Promise<Connection<K>> {
  const { signal, ...host } = checkOptions("connect", options, `${HOST} signal`);
  const connection = new Connection<K>(host);
  try {
    await connection.ready({ signal });
    return connection;
  } catch (error) {
    connection.release();
    throw error;
  }
}

/**
 * A connection to a session that trains and runs a model, in a worker or in this thread. A call rejects with the error that the
 * same call throws in the thread. After `release`, it rejects with ERR_DISPOSED. If the worker has died, calls reject with
 * ERR_STATE, except that `start`, `restore` and `load` start a new worker.
 */
export class Connection<K extends TaskKey = TaskName> {
  readonly #options: HostOptions;
  readonly #waiting = new Set<(error: UnrolledError) => void>();
  #host: Host | undefined;
  #ended: UnrolledError | undefined;
  #busy: { readonly method: string } | undefined;
  #lastCheckpoint: Uint8Array | undefined;

  /** @see connect */
  constructor(options: HostOptions) {
    this.#options = checkOptions("Connection", options, HOST);
  }

  /** Waits for the worker, and starts one if there is none. @throws the errors of `connect` */
  async ready(options: Cancellable = {}): Promise<void> {
    const { signal } = checkOptions("ready", options, "signal");
    return this.#open("ready", signal, async () => {});
  }

  /** Where the session runs. In this thread, training gives the event loop regular turns. */
  get place(): "worker" | "thread" | undefined {
    return this.#host?.place;
  }

  /**
   * The run's last checkpoint that reached this side, even if the store could not save it. After a worker has died, `restore`
   * can continue from it. It is undefined before the first checkpoint.
   */
  get lastCheckpoint(): Uint8Array | undefined {
    return this.#lastCheckpoint;
  }

  /**
   * Starts a new run, which replaces the current model. The signal ends the worker.
   *
   * @throws ERR_ABORTED, ERR_DATA, ERR_FILE, ERR_VALUE; ERR_STATE while another `start`, `restore`, `load` or `train` runs
   */
  async start(options: StartOptions<K> & Cancellable): Promise<RunInfo<K>> {
    const request: StartRequest & Cancellable = options;
    const { signal, ...rest } = checkOptions("start", request, `${RUN} task spec level tokens`);
    const info = await this.#open<RunInfo<K>>("start", signal, (session, { send }) =>
      session.start(send(rest)),
    );
    this.#lastCheckpoint = undefined;
    return info;
  }

  /** Continues a stopped run. @throws the errors of `start`; ERR_FORMAT; ERR_DATA if the data are not those of the run */
  async restore(options: RestoreOptions<K> & Cancellable): Promise<RunInfo<K>> {
    const request: RestoreRequest & Cancellable = options;
    const { signal, ...rest } = checkOptions("restore", request, `${RUN} checkpoint`);
    const info = await this.#open<RunInfo<K>>("restore", signal, (session, { send }) =>
      session.restore(send(rest)),
    );
    this.#lastCheckpoint = rest.checkpoint;
    return info;
  }

  /** Opens a trained model. @param model a model file @throws the errors of `start`, and ERR_FORMAT */
  async load(model: Uint8Array, options: Cancellable = {}): Promise<RunInfo<K>> {
    const { signal } = checkOptions("load", options, "signal");
    const info = await this.#open<RunInfo<K>>("load", signal, (session) => session.load(model));
    this.#lastCheckpoint = undefined;
    return info;
  }

  /**
   * Trains up to a total number of iterations (default: that of `start`). A later call continues where the last one stopped.
   * `onStep` is called at most ten times a second.
   *
   * @throws ERR_ABORTED if the signal is aborted, after the checkpoint has been saved; ERR_NAN; the errors of the callbacks
   */
  async train(options: ConnectedTrainOptions<EvaluationOf<K>> = {}): Promise<TrainResult<EvaluationOf<K>>> {
    const { signal, store, onStep, onValidation, ...request } = checkOptions(
      "train",
      options,
      "iterations epochs validateEvery store onStep onValidation signal",
    );
    const events: RunEvents = {
      // If a callback throws, async makes the run end after its checkpoint, in a worker as in this thread.
      onStep: async (event) => onStep?.(event),
      onValidation: async (event) => onValidation?.(event as never),
      saveModel: async (bytes) => store?.saveModel(bytes),
      saveCheckpoint: async (bytes) => {
        this.#lastCheckpoint = bytes;
        await store?.saveCheckpoint(bytes);
      },
    };
    const stop = () => this.#call("stop", (session) => session.stop()).catch(() => {});
    return this.#alone("train", signal, stop, () =>
      this.#call("train", (session, host) =>
        host.withEvents(events, (events) => session.train(request, events)),
      ),
    );
  }

  /** Pauses training after the current iteration; all other calls are answered. */
  pause(): Promise<void> {
    return this.#call("pause", (session) => session.pause());
  }

  resume(): Promise<void> {
    return this.#call("resume", (session) => session.resume());
  }

  /** Measures how good the model is on data like its training data. @throws ERR_DATA, ERR_FILE */
  async evaluate(options: EvaluateOptions<K>): Promise<EvaluationOf<K>> {
    const request: EvaluateRequest = options;
    checkOptions("evaluate", request, `data streams beam maxLength lengthPenalty from steps ${FORMAT}`);
    return this.#call("evaluate", (session, { send }) => session.evaluate(send(request)));
  }

  /**
   * Predicts as the model's own `predict`, `forecast` or `encode` does.
   *
   * @param inputs a list of inputs, or the data that contain them: `{ data: file }`
   * @throws ERR_DATA, ERR_VALUE; ERR_FILE; ERR_STATE if the model was replaced while the data were read
   */
  async predict(
    inputs: InputsOf<K> | PredictSource<K>,
    options?: PredictOptionsOf<K>,
  ): Promise<PredictionsOf<K>> {
    const isSource = typeof inputs === "object" && inputs !== null && "data" in inputs;
    if (isSource) checkOptions("predict", inputs as PredictRequest, `data ${FORMAT}`);
    return this.#call("predict", (session, { send }) =>
      session.predict(isSource ? send(inputs) : inputs, options),
    );
  }

  /** Writes text with the model. @throws ERR_DATA, ERR_VALUE */
  generate(...[options]: GenerateParameters<K>): Promise<string> {
    return this.#call("generate", (session) => session.generate(options));
  }

  /**
   * Returns the model file: the latest weights (default), or those of the best validation.
   *
   * @throws ERR_STATE if no validation was the best since `start`, `restore` or `load`
   */
  model(which?: "latest" | "best"): Promise<Uint8Array<ArrayBuffer>> {
    return this.#call("model", (session) => session.model(which));
  }

  /** Returns the current state of the run, for `restore`. @throws ERR_STATE if the model was loaded */
  checkpoint(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#call("checkpoint", (session) => session.checkpoint());
  }

  /** Ends the worker at once. Pending calls reject with ERR_DISPOSED. */
  release(): void {
    this.#end(new UnrolledError("ERR_DISPOSED", "the connection was released; connect again"));
  }

  #begin(): Host {
    if (this.#host) return this.#host;
    if (this.#ended?.code === "ERR_DISPOSED") throw this.#ended;
    const host = startHost(this.#options, (reason, cause) => {
      if (this.#host !== host) return;
      const advice = "start, restore or load starts another one";
      this.#end(new UnrolledError("ERR_STATE", `the worker has ended: ${reason}; ${advice}`, { cause }));
    });
    this.#host = host;
    return host;
  }

  #end(error: UnrolledError): void {
    this.#host?.end();
    this.#host = undefined;
    this.#busy = undefined;
    if (this.#ended?.code !== "ERR_DISPOSED") this.#ended = error;
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
  }

  /** Makes a call that starts a worker if there is none, and ends the worker if the signal cancels the call. */
  #open<T>(
    method: string,
    signal: AbortSignal | undefined,
    call: (session: TrainingSession, host: Host) => Promise<unknown>,
  ): Promise<T> {
    const giveUp = () =>
      this.#end(new UnrolledError("ERR_ABORTED", "cancelled; start, restore or load starts another worker"));
    return this.#alone(method, signal, giveUp, () => this.#ask<T>(this.#begin(), call));
  }

  /**
   * Runs a call that replaces or changes the model, and refuses other such calls meanwhile. If a call is refused, its signal has
   * no effect.
   */
  async #alone<T>(
    method: string,
    signal: AbortSignal | undefined,
    giveUp: () => void,
    work: () => Promise<T>,
  ): Promise<T> {
    if (signal?.aborted) throw new UnrolledError("ERR_ABORTED", "the signal was aborted before the call");
    if (this.#busy) {
      const advice = `${this.#busy.method} is still running; wait for its end, or stop it`;
      throw new UnrolledError("ERR_STATE", `${method}: ${advice}`);
    }
    const busy = { method };
    this.#busy = busy;
    signal?.addEventListener("abort", giveUp);
    try {
      return await work();
    } finally {
      signal?.removeEventListener("abort", giveUp);
      if (this.#busy === busy) this.#busy = undefined;
    }
  }

  async #call<T>(
    method: string,
    call: (session: TrainingSession, host: Host) => Promise<unknown>,
  ): Promise<T> {
    if (this.#host) return this.#ask(this.#host, call);
    throw (
      this.#ended ??
      new UnrolledError("ERR_STATE", `${method}: there is no worker; call start, restore or load`)
    );
  }

  /**
   * Makes a call that also rejects if the worker dies. Comlink alone would then never answer.
   *
   * @typeParam T the result by task, which the types of the session do not know
   */
  #ask<T>(host: Host, call: (session: TrainingSession, host: Host) => Promise<unknown>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      host.keepAlive(true);
      this.#waiting.add(reject);
      host.ready
        .then(({ session }) => call(session, host))
        .then(resolve as (value: unknown) => void, (error) => reject(readable(error)))
        .finally(() => {
          this.#waiting.delete(reject);
          if (!this.#waiting.size) host.keepAlive(false);
        });
    });
  }
}
