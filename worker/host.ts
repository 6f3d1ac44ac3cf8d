import { expose, releaseProxy, transfer, wrap } from "comlink";
import { UnrolledError } from "../src/errors.ts";
import type { Variant } from "../src/runtime/variant.ts";
import { carryErrors } from "./errors.ts";
import { checkWorkers, type Followers, startFollowers } from "./group/followers.ts";
import type { OpenMessage, RunEvents, TrainingSession } from "./protocol.ts";
import { hasWorkers, type OwnWorker } from "./spawn.ts";
import { startWorker } from "./start-worker.ts";
import { type OnEnd, watch } from "./watch.ts";

export interface HostOptions {
  /** As of `createRuntime`; default `auto`. */
  readonly variant?: Variant | "auto";
  /** Kernels that the caller has compiled. */
  readonly module?: WebAssembly.Module;
  /**
   * Default: a worker where there are any, else this thread. `false`: this thread. An address: of the worker's script, a copy of
   * `unrolled/trainer-worker`. A function: starts a worker of one's own, whose script calls `serve`.
   */
  readonly worker?: boolean | string | URL | (() => OwnWorker);
  /**
   * Threads that train together, each on a part of every batch; default 1, at most 256. Where there are no workers it is always 1. The bits of a
   * run depend on how many there are, and are up to rounding those of one.
   */
  readonly workers?: number;
}

/** What a session runs in. */
export interface Host {
  readonly place: "worker" | "thread";
  /** Once it can be called. Held by an object, as comlink's sessions answer to every name. */
  readonly ready: Promise<{ readonly session: TrainingSession }>;
  /** Marks bytes to be moved there instead of copied. */
  send<T extends object>(options: T): T;
  /** Calls something with events that can be called from there, while it lasts. */
  withEvents<T>(events: RunEvents, call: (events: RunEvents) => Promise<T>): Promise<T>;
  /** Whether it keeps a process alive. */
  keepAlive(on: boolean): void;
  end(): void;
}

/** @param onEnd hears of an end that nobody asked for @throws ERR_STATE where workers are asked for and there are none; ERR_VALUE */
export function startHost({ worker, workers = 1, ...options }: HostOptions, onEnd: OnEnd): Host {
  checkWorkers(workers);
  const own = typeof worker === "boolean" ? undefined : worker;
  if (worker && typeof worker !== "function" && !hasWorkers()) {
    throw new UnrolledError("ERR_STATE", "connect: there are no workers here; leave the option `worker` out");
  }
  const may = typeof worker === "function" || hasWorkers();
  const followers = startFollowers(may ? workers - 1 : 0, own, onEnd);
  const lead = { ...options, ports: followers.ports };
  try {
    const host =
      worker !== false && may ? workerHost(startWorker(own), lead, onEnd) : threadHost(lead, onEnd);
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

/** The buffers that can be moved: a view of a part of one would take the rest away from others. */
function buffersOf(options: object): ArrayBuffer[] {
  const buffers = Object.entries(options).flatMap(([name, value]) => {
    const whole = value instanceof Uint8Array && value.byteLength === value.buffer.byteLength;
    return name !== "checkpoint" && whole && value.byteLength && value.buffer instanceof ArrayBuffer
      ? [value.buffer]
      : [];
  });
  return [...new Set(buffers)];
}

/** Says what to do about what cannot be sent. */
export function readable(error: unknown): unknown {
  if ((error as Error)?.name !== "DataCloneError") return error;
  const message = `${(error as Error).message}: a worker can be sent plain data only, no functions and no bytes that were moved`;
  return new UnrolledError("ERR_VALUE", message, { cause: error });
}
