import { expose, releaseProxy, transfer, wrap } from "comlink";
import { UnrolledError } from "../src/errors.ts";
import type { Variant } from "../src/runtime/variant.ts";
import { carryErrors } from "./errors.ts";
import { checkWorkers } from "./group/check-workers.ts";
import { type Followers, startFollowers } from "./group/followers.ts";
import type { OpenMessage, RunEvents, TrainingSession } from "./protocol.ts";
import { hasWorkers, type OwnWorker } from "./spawn.ts";
import { startWorker, type WorkerScript } from "./start-worker.ts";
import { type OnEnd, watch } from "./watch.ts";

export interface HostOptions extends Pick<WorkerScript, "crossOrigin"> {
  /** Build of the kernels, like the option of `createRuntime`; default `auto`. */
  readonly variant?: Variant | "auto";
  /** Kernels that the caller has compiled. */
  readonly module?: WebAssembly.Module;
  /**
   * Where the session runs. By default, it runs in a worker if the platform has workers, else in this thread. `false` means this
   * thread. A string or URL is the address of the worker's script, a copy of `unrolled/trainer-worker`. A function starts your
   * own worker, whose script calls `serve`.
   */
  readonly worker?: boolean | string | URL | (() => OwnWorker);
  /**
   * Number of threads that train together (data parallel), each on a part of every batch; default 1, at most 256. It is always 1
   * if the platform has no workers. The number changes the results of a run only by rounding.
   */
  readonly workers?: number;
}

/** The place where a session runs. */
export interface Host {
  readonly place: "worker" | "thread";
  /**
   * Resolves when the session can be called. An object wraps the session, because a comlink proxy has every property, including
   * `then`, and would be taken for a promise.
   */
  readonly ready: Promise<{ readonly session: TrainingSession }>;
  /** Marks bytes to be moved to the session instead of copied. */
  send<T extends object>(options: T): T;
  /** Makes a call and gives it the callbacks `events`. The session can use them until the call has ended. */
  withEvents<T>(events: RunEvents, call: (events: RunEvents) => Promise<T>): Promise<T>;
  /** Sets whether the host keeps the process alive. */
  keepAlive(on: boolean): void;
  end(): void;
}

/**
 * @param onEnd called if the host ends by itself
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
    send: (options) => transfer(options, buffersOf(options)),
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

/** Returns the buffers that can be moved. The buffer of a partial view cannot, because other code may use the rest of it. */
function buffersOf(options: object): ArrayBuffer[] {
  const buffers = Object.entries(options).flatMap(([name, value]) => {
    const whole = value instanceof Uint8Array && value.byteLength === value.buffer.byteLength;
    return name !== "checkpoint" && whole && value.byteLength && value.buffer instanceof ArrayBuffer
      ? [value.buffer]
      : [];
  });
  return [...new Set(buffers)];
}

/** Replaces the error of a value that cannot be sent with an error that explains it. Returns other errors unchanged. */
export function readable(error: unknown): unknown {
  if ((error as Error)?.name !== "DataCloneError") return error;
  const message = `${(error as Error).message}: a worker can receive plain data only, no functions and no bytes that were moved before`;
  return new UnrolledError("ERR_VALUE", message, { cause: error });
}
