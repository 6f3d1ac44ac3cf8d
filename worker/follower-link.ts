import { UnrolledError } from "../src/errors.ts";
import type { TaskModel } from "../src/models/task-model.ts";
import { type FollowerAnswer, type FollowerStart, type Numbers, transferList } from "./follower.ts";
import type { PartResult, PartTask } from "./part-gradients.ts";

/** The leading end of the port to a follower. */
export class FollowerLink {
  readonly #port: MessagePort;
  #numbers: Numbers;
  #waiting: { resolve(result: PartResult | undefined): void; reject(error: unknown): void } | undefined;
  #ended: UnrolledError | undefined;

  /** @param numbers as many as the model has parameters; in memory that threads share, or to be handed over and back */
  constructor(port: MessagePort, numbers: Numbers) {
    this.#port = port;
    this.#numbers = numbers;
    port.addEventListener("message", ({ data }: MessageEvent<FollowerAnswer>) => this.#hear(data));
    port.addEventListener("messageerror", () => this.#lose("a message could not be read"));
    port.addEventListener("close", () => this.#lose("its port was closed")); // not known to all engines
    port.start();
  }

  /** After a calculation: the gradients. */
  get numbers(): Numbers {
    return this.#numbers;
  }

  /** @throws as `loadModel` and `createRuntime` do */
  async start(start: FollowerStart): Promise<void> {
    await this.#ask(start, []);
  }

  /** Calculates with the weights of the model. @throws ERR_NAN, ERR_MEMORY; ERR_STATE where the thread has ended */
  async calculate(model: TaskModel, task: PartTask): Promise<PartResult> {
    if (this.#ended) throw this.#ended;
    const numbers = this.#numbers;
    let at = 0;
    for (const { data, size } of Object.values(model.parameters())) {
      numbers.set(data, at);
      at += size;
    }
    return (await this.#ask({ task, numbers }, transferList(numbers)))!;
  }

  /** What waits rejects with the error, and so does all that comes. */
  end(error: UnrolledError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#port.close();
    this.#waiting?.reject(error);
  }

  #lose(reason: string): void {
    this.end(new UnrolledError("ERR_STATE", `a training thread has ended: ${reason}; start another group`));
  }

  #ask(message: object, transfer: Transferable[]): Promise<PartResult | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#port.postMessage(message, transfer);
    });
  }

  #hear({ result, numbers, error, code }: FollowerAnswer): void {
    if (numbers) this.#numbers = numbers;
    if (error) this.#waiting?.reject(code ? new UnrolledError(code, error.message, { cause: error }) : error);
    else this.#waiting?.resolve(result);
  }
}
