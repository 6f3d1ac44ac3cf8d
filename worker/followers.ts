import type { FollowMessage } from "./protocol.ts";
import { type OwnWorker, spawn } from "./spawn.ts";
import { type OnEnd, watch } from "./watch.ts";

/** A script that calls `serve`, by its address, or what starts a worker that does. */
export type WorkerSource = string | URL | (() => OwnWorker);

/** @param source default: the package's own script */
export function startWorker(source: WorkerSource | undefined): OwnWorker {
  return typeof source === "function" ? source() : spawn(source);
}

/** Threads that calculate gradients for another, and the ports to them. */
export interface Followers {
  readonly ports: readonly MessagePort[];
  /** Ends the threads at once. */
  end(): void;
}

/**
 * Starts threads that follow. In Node and Bun they do not keep the process alive.
 *
 * @param onEnd called once, when the first of them has ended
 */
export function startFollowers(count: number, worker: WorkerSource | undefined, onEnd: OnEnd): Followers {
  const threads = Array.from({ length: count }, () => startWorker(worker));
  let ended = false;
  const ports = threads.map((thread) => {
    watch(thread, (reason, cause) => {
      if (!ended) onEnd(`a training thread has ended: ${reason}`, cause);
      ended = true;
    });
    thread.unref?.();
    const { port1, port2 } = new MessageChannel();
    const message: FollowMessage = { unrolled: "follow", port: port2 };
    thread.postMessage(message, [port2]);
    return port1;
  });
  return {
    ports,
    end() {
      ended = true;
      for (const thread of threads) thread.terminate();
    },
  };
}
