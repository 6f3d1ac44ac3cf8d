import { expose, releaseProxy, transfer, wrap } from "comlink";
import { UnrolledError } from "../src/errors.ts";
import type { Variant } from "../src/runtime/variant.ts";
import { carryErrors } from "./errors.ts";
import { checkWorkers } from "./group/check-workers.ts";
import { type Followers, startFollowers } from "./group/followers.ts";
import { withNames } from "./named-files.ts";
import type { OpenMessage, RunEvents, TrainingSession } from "./protocol.ts";
import { hasWorkers, type OwnWorker } from "./spawn.ts";
import { startWorker, type WorkerScript } from "./start-worker.ts";
import { type OnEnd, watch } from "./watch.ts";

/** Options that say where a session runs. */
export interface HostOptions extends Pick<WorkerScript, "crossOrigin"> {
  /** Build of the WebAssembly kernels, as in `createRuntime`; default `auto`. */
  readonly variant?: Variant | "auto";
  /** WebAssembly kernels that the caller has already compiled. */
  readonly module?: WebAssembly.Module;
  /**
   * Where the session runs. By default, it runs in a worker if the platform has workers, else in this thread. `true` means a
   * worker. `false` means this thread. A string or URL is the address of the worker's script, such as a
   * copy of `unrolled/trainer-worker`. A function starts your own worker. If you write the script yourself, it must call `serve`.
   */
  readonly worker?: boolean | string | URL | (() => OwnWorker);
  /**
   * Number of threads that train together (data parallel); default 1, at most 256. Each thread trains on a part of every batch.
   * If the platform has no workers, there is always one thread. With a different number of threads, the results of a run differ
   * only by rounding.
   */
  readonly workers?: number;
}

/** The place where a session runs. */
export interface Host {
  readonly place: "worker" | "thread";
  /**
   * Resolves when the session can be called. The session is inside an object, because it may be a comlink proxy. A proxy has
   * every property, including `then`. Without the object, `await` would treat the proxy as a promise.
   */
  readonly ready: Promise<{ readonly session: TrainingSession }>;
  /** Marks the bytes in the options, so that they are moved to the session instead of copied. */
  send<T extends object>(options: T): T;
  /** Calls `call` with callbacks that the session may use until `call` has ended. The callbacks run `events` in this thread. */
  withEvents<T>(events: RunEvents, call: (events: RunEvents) => Promise<T>): Promise<T>;
  /** Sets whether the host keeps the process alive. */
  keepAlive(on: boolean): void;
  end(): void;
}

/**
 * Starts a session in a worker or in this thread, and its followers.
 *
 * @param onEnd called if the worker or a follower ends by itself
 * @throws ERR_STATE if a worker is requested and the platform has none; ERR_VALUE
 */
export function startHost({ worker, workers = 1, crossOrigin, ...options }: HostOptions, onEnd: OnEnd): Host {
  checkWorkers(workers);
  const script = { worker: typeof worker === "boolean" ? undefined : worker, crossOrigin };
  if (worker && typeof worker !== "function" && !hasWorkers()) {
    throw new UnrolledError(
      "ERR_STATE",
      "connect: this platform has no workers; leave out the option `worker`",
    );
  }
  const may = typeof worker === "function" || hasWorkers();
  const followers = startFollowers(may ? workers - 1 : 0, script, onEnd);
  const lead = { ...options, ports: followers.ports };
  try {
    const host =
      worker !== false && may ? workerHost(startWorker(script), lead, onEnd) : threadHost(lead, onEnd);
    return {
      ...host,
      end() {
        host.end();
        followers.end();
      },
    };
  } catch (error) {
    followers.end();
    throw error;
  }
}

type LeadOptions = Pick<HostOptions, "variant" | "module"> & Pick<Followers, "ports">;

function threadHost({ variant, module, ports }: LeadOptions, onEnd: OnEnd): Host {
  let end = () => {};
  const onLost = (error: UnrolledError) => onEnd(error.message, error);
  const start = async () => {
    const { Session, TASKS } = await import("./thread.ts");
    const session = new Session(TASKS, {
      ports,
      onLost,
      ...(variant && { variant }),
      ...(module && { module }),
    });
    end = () => session.dispose();
    await session.ready();
    return { session };
  };
  return {
    place: "thread",
    ready: start(),
    send: (options) => options,
    withEvents: (events, call) => call(events),
    keepAlive() {},
    end: () => end(),
  };
}

function workerHost(worker: OwnWorker, { variant = "auto", module, ports }: LeadOptions, onEnd: OnEnd): Host {
  carryErrors();
  const { port1, port2 } = new MessageChannel();
  const message: OpenMessage = { unrolled: "open", variant, module, port: port2, ports };
  try {
    worker.postMessage(message, [port2, ...ports]);
  } catch (error) {
    worker.terminate();
    throw readable(error);
  }
  watch(worker, onEnd);
  const session = wrap<TrainingSession>(port1);
  return {
    place: "worker",
    ready: session.ready().then(() => ({ session: session as unknown as TrainingSession })),
    send: (options) => transfer(withNames(options), buffersOf(options)),
    async withEvents(events, call) {
      const { port1: here, port2: there } = new MessageChannel();
      expose(events, here);
      try {
        return await call(transfer(there as unknown as RunEvents, [there]));
      } finally {
        here.close();
      }
    },
    keepAlive(on) {
      const method = on ? "ref" : "unref";
      worker[method]?.();
      (port1 as { ref?(): void; unref?(): void })[method]?.();
    },
    end() {
      session[releaseProxy]();
      port1.close();
      worker.terminate();
    },
  };
}

/**
 * Returns the buffers of the options that can be moved. If an array covers only a part of its buffer, the buffer is not moved,
 * because other code may use the rest. The checkpoint is not moved either, because the connection keeps it.
 */
function buffersOf(options: object): ArrayBuffer[] {
  const entries = Object.entries(options).flatMap(([name, value]) =>
    Array.isArray(value) ? value.map((one) => [name, one] as const) : [[name, value] as const],
  );
  const buffers = entries.flatMap(([name, value]) => {
    const whole = value instanceof Uint8Array && value.byteLength === value.buffer.byteLength;
    const buffer = whole ? value.buffer : value;
    return name !== "checkpoint" && buffer instanceof ArrayBuffer && buffer.byteLength ? [buffer] : [];
  });
  return [...new Set(buffers)];
}

/** If an error says that a value cannot be sent, returns an error that explains why. Returns other errors unchanged. */
export function readable(error: unknown): unknown {
  if ((error as Error)?.name !== "DataCloneError") return error;
  const message = `${(error as Error).message}: a worker can receive plain data only, no functions and no bytes that were moved before`;
  return new UnrolledError("ERR_VALUE", message, { cause: error });
}
