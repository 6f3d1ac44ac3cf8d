import { UnrolledError } from "../../src/errors.ts";
import type { FollowMessage } from "../protocol.ts";
import type { OwnWorker } from "../spawn.ts";
import { startWorker, type WorkerSource } from "../start-worker.ts";
import { type OnEnd, watch } from "../watch.ts";

/** Maximum number of threads in a group. */
export const MOST_WORKERS = 256;

/** Checks a number of threads. @throws ERR_VALUE if it is not a whole number from 1 to 256 */
export function checkWorkers(workers: number): void {
  if (Number.isSafeInteger(workers) && workers >= 1 && workers <= MOST_WORKERS) return;
  throw new UnrolledError(
    "ERR_VALUE",
    `workers is ${workers}, expected a whole number from 1 to ${MOST_WORKERS}`,
  );
}

/** The followers, which are threads that calculate gradients for the leading thread. */
export interface Followers {
  readonly ports: readonly MessagePort[];
  /** Ends the threads at once. */
  end(): void;
}

/**
 * Starts followers. In Node and Bun, followers do not keep the process alive.
 *
 * @param onEnd called once, when the first follower has ended
 * @throws ERR_STATE if a follower does not start. All other followers are then ended.
 */
export function startFollowers(count: number, worker: WorkerSource | undefined, onEnd: OnEnd): Followers {
  const threads: OwnWorker[] = [];
  let ended = false;
  const end = () => {
    ended = true;
    for (const thread of threads) thread.terminate();
  };
  const start = () => {
    const thread = startWorker(worker);
    threads.push(thread);
    watch(thread, (reason, cause) => {
      if (!ended) onEnd(`a training thread has ended: ${reason}`, cause);
      ended = true;
    });
    thread.unref?.();
    const { port1, port2 } = new MessageChannel();
    const message: FollowMessage = { unrolled: "follow", port: port2 };
    thread.postMessage(message, [port2]);
    return port1;
  };
  try {
    return { ports: Array.from({ length: count }, start), end };
  } catch (error) {
    end();
    throw error;
  }
}
