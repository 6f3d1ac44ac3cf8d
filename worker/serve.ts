/**
 * The worker side of `unrolled/worker`. Only programs that write the script of a worker themselves need this module.
 *
 * @module unrolled/serve
 */
import { expose, releaseProxy, transfer, wrap } from "comlink";
import { checkObjects } from "../src/checks.ts";
import { UnrolledError } from "../src/errors.ts";
import type { Task } from "../src/tasks/task.ts";
import { carryErrors } from "./errors.ts";
import { follow } from "./group/follower.ts";
import { named } from "./named-files.ts";
import { parent } from "./parent.ts";
import type {
  EvaluateRequest,
  FollowMessage,
  OpenMessage,
  PredictRequest,
  RestoreRequest,
  RunEvents,
  StartRequest,
  TrainRequest,
} from "./protocol.ts";
import { Session } from "./session.ts";

/**
 * Answers the calls of a connection. If you write the script of a worker, call this function before the first `await`.
 *
 * @param tasks the tasks that the worker supports. If you import only these tasks, the code of other tasks is not downloaded.
 *
 * @throws ERR_STATE if this thread is not a worker; ERR_VALUE if `tasks` is not a list of tasks
 *
 * @example
 * ```js
 * import { isMainThread, Worker } from "node:worker_threads";
 * import { serve } from "unrolled/serve";
 * import { forecasterTask } from "unrolled/tasks";
 * import { connect } from "unrolled/worker";
 *
 * if (!isMainThread) serve([forecasterTask]);
 * else {
 *   const trainer = await connect({ worker: () => new Worker(new URL(import.meta.url)) });
 *   const { task } = await trainer.start({ task: "forecaster", data: `x\n${"1\n2\n3\n".repeat(50)}` });
 *   console.log(trainer.place, task); // worker forecaster
 *   trainer.release();
 * }
 * ```
 */
export function serve(tasks: readonly Task[]): void {
  checkObjects("serve: tasks", tasks);
  if (!parent?.addEventListener) throw new UnrolledError("ERR_STATE", "serve: not in a worker");
  carryErrors();
  parent.addEventListener("message", (event) => {
    const { data } = event as MessageEvent<OpenMessage | FollowMessage>;
    if (data.unrolled === "follow") {
      const kinds = tasks.map(({ Model }) => Model);
      return follow(data.port, kinds);
    }
    if (data.unrolled !== "open") return;
    const { variant, module, port, ports } = data;
    // An error that is thrown here ends the worker. All calls then reject. No single call could be rejected instead: if a message
    // cannot be read, it is not known which call sent it.
    const fail = (error: unknown) => {
      throw error;
    };
    port.addEventListener("messageerror", fail);
    expose(new WorkerSession(tasks, { variant, ports, onLost: fail, ...(module && { module }) }), port);
  });
}

/** A session in a worker. It calls its listeners through ports. It moves model files and checkpoints instead of copying them. */
class WorkerSession extends Session {
  override start(request: StartRequest) {
    return super.start(named(request));
  }

  override restore(request: RestoreRequest) {
    return super.restore(named(request));
  }

  override evaluate(request: EvaluateRequest) {
    return super.evaluate(named(request));
  }

  override predict(given: readonly unknown[] | PredictRequest, options?: object) {
    const isList = typeof given !== "object" || given === null || Array.isArray(given);
    return super.predict(isList ? given : named(given), options);
  }

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
