import type { FollowMessage } from "../protocol.ts";
import type { OwnWorker } from "../spawn.ts";
import { startWorker, type WorkerScript } from "../start-worker.ts";
import { type OnEnd, watch } from "../watch.ts";

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
export function startFollowers(count: number, script: WorkerScript, onEnd: OnEnd): Followers {
  const threads: OwnWorker[] = [];
  let ended = false;
  const end = () => {
    ended = true;
    for (const thread of threads) thread.terminate();
  };
  const start = () => {
    const thread = startWorker(script);
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
