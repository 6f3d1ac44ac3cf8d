/**
 * Training and running models in a worker, from the thread of a page or program.
 *
 * @module unrolled/worker
 */
import { checkOptions } from "../src/checks.ts";
import { UnrolledError } from "../src/errors.ts";
import type {
  EvaluationOf,
  InputsOf,
  PredictionsOf,
  PredictOptionsOf,
  SuggestionsOf,
  TaskKey,
  TaskName,
} from "../src/tasks/types.ts";
import type { TrainResult } from "../src/train/train.ts";
import type {
  Cancellable,
  ConnectedTrainOptions,
  EvaluateOptions,
  GenerateParameters,
  ModelInfo,
  PredictSource,
  RestoreOptions,
  RunInfo,
  StartOptions,
  SuggestParameters,
} from "./call-types.ts";
import { type Host, type HostOptions, readable, startHost } from "./host.ts";
import { withOptionNames } from "./option-names.ts";
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
export type { HostOptions } from "./host.ts";
export type {
  EvaluateRequest,
  OpenInfo,
  PredictRequest,
  RestoreRequest,
  StartRequest,
  TrainRequest,
} from "./protocol.ts";
export type { OwnWorker } from "./spawn.ts";
export type { WorkerSource } from "./start-worker.ts";

/**
 * Options of {@link connect}. The options say where to train. Aborting `signal` ends the wait for the worker. Without `signal`,
 * `connect` waits forever if the script of the worker does not call `serve`.
 */
export interface ConnectOptions extends HostOptions, Cancellable {}

const HOST = "variant module worker workers crossOrigin";
const FORMAT =
  "labelFirst tokenColumn tagColumn textColumn labelColumn format header decimal fill missing cut";
/** Names of the options that both `start` and `restore` take. */
const RUN =
  `data validation recipe vocabulary minCount column target iterations epochs signal ${FORMAT}` as const;

/**
 * Connects to a worker that trains and runs models.
 *
 * @typeParam K the tasks that the connection is used for, such as `"classifier"`; default: all tasks. K is not checked at run
 * time.
 * @throws ERR_STATE if the worker does not start; ERR_ABORTED if `signal` is aborted; ERR_VALUE if an option is invalid; ERR_WASM
 *   if the WebAssembly kernels do not run on this platform
 *
 * @example
 * ```js
 * import { connect } from "unrolled/worker";
 *
 * const trainer = await connect();
 * const recipe = { batch: 8, seq: 24, lr: 0.02 };
 * await trainer.start({ data: "hello world ".repeat(200), spec: { hidden: 16, layers: 1 }, recipe });
 * const { stopped, iterations } = await trainer.train({ iterations: 100 });
 * console.log(stopped, iterations); // end 100
 * console.log(await trainer.generate({ prompt: "hello ", length: 17, temperature: 0.5 })); // world hello world
 * trainer.release();
 * ```
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
 * A connection to a session that trains and runs a model. The session is in a worker or in this thread. In both cases, a call
 * rejects with the same errors.
 *
 * After `release`, every call rejects with ERR_DISPOSED. If the worker dies, pending calls reject with ERR_STATE. If the signal of
 * `start`, `restore` or `load` is aborted, the worker is ended with the model that was open, and pending calls reject with
 * ERR_ABORTED. The next call of `ready`, `start`, `restore` or `load` starts a new worker. Until then, all other calls reject with
 * the same code. After `ready`, there is no model yet, so they reject with ERR_STATE.
 */
export class Connection<K extends TaskKey = TaskName> {
  readonly #options: HostOptions;
  readonly #waiting = new Set<(error: UnrolledError) => void>();
  #host: Host | undefined;
  #ended: UnrolledError | undefined;
  #busy: { readonly method: string } | undefined;
  #lastCheckpoint: Uint8Array | undefined;

  /**
   * Makes a connection without a worker. `ready`, `start`, `restore` and `load` start one. Most programs call `connect`
   * instead.
   *
   * @see connect
   */
  constructor(options: HostOptions) {
    this.#options = checkOptions("Connection", options, HOST);
  }

  /** Waits until the worker can be called. If there is no worker, starts one. @throws the errors of `connect` */
  async ready(options: Cancellable = {}): Promise<void> {
    const { signal } = checkOptions("ready", options, "signal");
    return this.#open("ready", signal, async () => {});
  }

  /** The place where the session runs. If it is this thread, training pauses regularly, so that the event loop can run. */
  get place(): "worker" | "thread" | undefined {
    return this.#host?.place;
  }

  /**
   * The last checkpoint of the run that this thread received, even if the store could not save it. If the worker has died,
   * `restore` can continue from this checkpoint. Before the first checkpoint, the value is undefined.
   */
  get lastCheckpoint(): Uint8Array | undefined {
    return this.#lastCheckpoint;
  }

  /**
   * Starts a new run. Its model replaces the current model. If the signal is aborted, the worker is ended, and the current model
   * is gone. If the call fails for another reason, the current model stays.
   *
   * @throws ERR_ABORTED, ERR_DATA, ERR_FILE, ERR_VALUE; ERR_STATE while another `start`, `restore`, `load` or `train` runs
   */
  async start(options: StartOptions<K> & Cancellable): Promise<RunInfo<K>> {
    const request: StartRequest & Cancellable = options;
    const { signal, ...rest } = checkOptions(
      "start",
      request,
      `${RUN} task vectors spec level tokens multiLabel`,
    );
    const info = await this.#open<RunInfo<K>>("start", signal, (session, { send }) =>
      session.start(send(rest)),
    );
    this.#lastCheckpoint = undefined;
    return info;
  }

  /**
   * Opens a stopped run from its checkpoint. `train` then continues the run.
   *
   * @throws the errors of `start`; ERR_FORMAT; ERR_DATA if the data differ from the data of the stopped run
   */
  async restore(options: RestoreOptions<K> & Cancellable): Promise<RunInfo<K>> {
    const request: RestoreRequest & Cancellable = options;
    const { signal, ...rest } = checkOptions("restore", request, `${RUN} checkpoint`);
    const info = await this.#open<RunInfo<K>>("restore", signal, (session, { send }) =>
      session.restore(send(rest)),
    );
    this.#lastCheckpoint = rest.checkpoint;
    return info;
  }

  /** Opens a trained model. @param model the bytes of a model file @throws the errors of `start`; ERR_FORMAT */
  async load(model: Uint8Array, options: Cancellable = {}): Promise<ModelInfo<K>> {
    const { signal } = checkOptions("load", options, "signal");
    const info = await this.#open<ModelInfo<K>>("load", signal, (session) => session.load(model));
    this.#lastCheckpoint = undefined;
    return info;
  }

  /**
   * Trains until the run has the length `iterations` or `epochs`. Both count from the start of the run. If neither is given, the
   * length is `run.iterations` in the result of `start` or `restore`. A later call continues where the last call stopped.
   * `onStep` is called at most ten times a second.
   *
   * @throws ERR_ABORTED if the signal is aborted (the checkpoint is saved first); ERR_NAN; the errors of the callbacks
   */
  async train(options: ConnectedTrainOptions<EvaluationOf<K>> = {}): Promise<TrainResult<EvaluationOf<K>>> {
    const { signal, store, onStep, onValidation, ...request } = checkOptions(
      "train",
      options,
      "iterations epochs validateEvery store onStep onValidation signal",
    );
    const events: RunEvents = {
      // The callbacks are async, so an error in them becomes a rejected promise. The run then saves a checkpoint and ends.
      // Without async, a run in this thread would behave differently from a run in a worker.
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

  /** Pauses training after the current iteration. Other calls are still answered. */
  pause(): Promise<void> {
    return this.#call("pause", (session) => session.pause());
  }

  /** Continues training after `pause`. */
  resume(): Promise<void> {
    return this.#call("resume", (session) => session.resume());
  }

  /**
   * Measures how well the model does on data in the format of its training data.
   *
   * @throws ERR_FILE if the data cannot be read; ERR_DATA if the data are invalid
   */
  async evaluate(options: EvaluateOptions<K>): Promise<EvaluationOf<K>> {
    const request: EvaluateRequest = options;
    checkOptions("evaluate", request, `data streams beam maxLength lengthPenalty from steps ${FORMAT}`);
    return this.#call("evaluate", (session, { send }) => session.evaluate(send(request)));
  }

  /**
   * Makes predictions with the model. It calls the model's `predict`, `forecast` or `encode`.
   *
   * @param inputs a list of inputs, or data that contain the inputs, such as `{ data: file }`
   * @throws ERR_DATA if an input is invalid; ERR_FILE if the data cannot be read
   * @throws ERR_VALUE if an option is invalid, or if the task makes no predictions from such inputs
   * @throws ERR_STATE if the model was replaced while the data were read
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

  /**
   * Writes text with the model.
   *
   * @param parameters the options of the model, such as `prompt`; for a generator, `condition` too
   * @throws ERR_DATA if the prompt or the condition is invalid; ERR_VALUE if an option is invalid or the
   *   task does not write text
   */
  generate(...[options]: GenerateParameters<K>): Promise<string> {
    return this.#call("generate", (session) => session.generate(options));
  }

  /**
   * Suggests words for the end of a text with a language model, the most probable first, as `Suggester` does: the next word, or the
   * end of the word that is being typed. The model's state after the text is kept, so that the next key costs little. While the model
   * trains, its weights change between the calls, and each call reads the whole text again.
   *
   * @param parameters the whole text so far, and the options of `Suggester.suggest`: `top`, the maximum number of suggestions
   *   (default 5)
   * @throws ERR_DATA if the text has unknown characters and the model has no `<UNK>`; ERR_VALUE if an option is invalid or the model
   *   does not suggest words
   *
   * @example
   * ```js
   * import { connect } from "unrolled/worker";
   *
   * const worker = await connect();
   * const data = "the cat sat. the dog ran. the cow ate. ".repeat(60);
   * const recipe = { batch: 8, seq: 39, lr: 0.02 };
   * await worker.start({ data, spec: { hidden: 24, layers: 1 }, recipe, iterations: 100 });
   * await worker.train();
   * for (const typed of ["the ", "the c", "the ca"]) {
   *   const [{ text, probability }] = await worker.suggest(typed, { top: 1 });
   *   console.log(text, probability.toFixed(2));
   * }
   * // cat 0.50
   * // cat 0.68
   * // cat 0.98
   * worker.release();
   * ```
   */
  suggest(...parameters: SuggestParameters<K>): Promise<SuggestionsOf<K>> {
    const [text, options] = parameters as [text: string, options?: object];
    return this.#call("suggest", (session) => session.suggest(text, options));
  }

  /**
   * Returns the bytes of a model file. With `latest` (default), the file has the latest weights. With `best`, the file has the
   * weights of the best validation.
   *
   * @throws ERR_STATE if `which` is `best`, but there is no best model yet. A best model exists after the first validation since
   * `start`, `restore` or `load` that is better than all earlier validations of the run.
   */
  model(which?: "latest" | "best"): Promise<Uint8Array<ArrayBuffer>> {
    return this.#call("model", (session) => session.model(which));
  }

  /** Returns the current state of the run. `restore` can continue from it. @throws ERR_STATE if the model was opened by `load` */
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

  /** Makes a call. If there is no worker, starts one. If the signal cancels the call, ends the worker. */
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
   * Makes a call that replaces or changes the model. While this call runs, another such call rejects with ERR_STATE. The
   * signal of the rejected call is then ignored.
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
   * Makes a call. If the worker dies, the call rejects. With comlink alone, it would then wait forever.
   *
   * @typeParam T the result type for the task K. The result types of `TrainingSession` are more general: they do not depend on K.
   */
  #ask<T>(host: Host, call: (session: TrainingSession, host: Host) => Promise<unknown>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      host.keepAlive(true);
      this.#waiting.add(reject);
      host.ready
        .then(({ session }) => call(session, host))
        .then(resolve as (value: unknown) => void, (error) => reject(withOptionNames(readable(error))))
        .finally(() => {
          this.#waiting.delete(reject);
          if (!this.#waiting.size) host.keepAlive(false);
        });
    });
  }
}
