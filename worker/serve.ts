import { expose, releaseProxy, transfer, wrap } from "comlink";
import type { Task } from "../src/tasks/task.ts";
import { carryErrors } from "./errors.ts";
import { follow } from "./group/follower.ts";
import { parent } from "./parent.ts";
import type { FollowMessage, OpenMessage, RunEvents, TrainRequest } from "./protocol.ts";
import { Session } from "./session.ts";

/**
 * Answers the calls of `connect`. For a worker of one's own, whose script has to call it before it waits for anything.
 *
 * @param tasks those that it can do: what is left out need not be downloaded
 */
export function serve(tasks: readonly Task[]): void {
  carryErrors();
  parent.addEventListener("message", (event) => {
    const { data } = event as MessageEvent<OpenMessage | FollowMessage>;
    if (data.unrolled === "follow") {
      const kinds = tasks.map(({ Model }) => Model);
      return follow(data.port, kinds);
    }
    if (data.unrolled !== "open") return;
    const { variant, module, port, ports } = data;
    // The worker ends, and all calls reject: nobody knows which call it was that could not be read, or what a thread that is gone has done.
    const fail = (error: unknown) => {
      throw error;
    };
    port.addEventListener("messageerror", fail);
    expose(new WorkerSession(tasks, { variant, ports, onLost: fail, ...(module && { module }) }), port);
  });
}

/** Hears through ports, and moves files instead of copying them. */
class WorkerSession extends Session {
  override async train(request: TrainRequest, port: RunEvents) {
    const events = wrap<RunEvents>(port as unknown as MessagePort);
    try {
      return await super.train(request, {
        onStep: (event) => events.onStep(event),
        onValidation: (event) => events.onValidation(event),
        saveModel: (bytes) => events.saveModel(moved(bytes)),
        saveCheckpoint: (bytes) => events.saveCheckpoint(moved(bytes)),
      });
    } finally {
      events[releaseProxy]();
    }
  }

  override async model(which?: "latest" | "best") {
    return moved(await super.model(which));
  }

  override async checkpoint() {
    return moved(await super.checkpoint());
  }
}

function moved<T extends Uint8Array>(bytes: T): T {
  return transfer(bytes, [bytes.buffer]);
}
