import type { FollowMessage } from "./protocol.ts";
import type { OwnWorker } from "./spawn.ts";
import { spawn } from "./spawn.ts";
import { type OnEnd, watch } from "./watch.ts";

/** Threads that calculate gradients for another, and the ports to them. */
export interface Followers {
  readonly ports: readonly MessagePort[];
  /** Ends the threads at once. */
  end(): void;
}

/**
 * Starts threads that follow. In Node and Bun they do not keep the process alive.
 *
 * @param worker address of a script other than the package's, or a function that starts one; each calls `serve`
 * @param onEnd called once, when the first of them has ended
 */
export function startFollowers(
  count: number,
  worker: string | URL | (() => OwnWorker) | undefined,
  onEnd: OnEnd,
): Followers {
  const threads = Array.from({ length: count }, () =>
    typeof worker === "function" ? worker() : spawn(worker),
  );
  let ended = false;
  const ports = threads.map((thread) => {
    watch(thread, (reason, cause) => {
      if (!ended) onEnd(`a training thread: ${reason}`, cause);
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
