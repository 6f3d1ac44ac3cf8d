import { UnrolledError } from "../../src/errors.ts";
import type { TaskModel } from "../../src/network/model.ts";
import type { FollowerAnswer, FollowerStart, FollowerTask } from "./follower.ts";
import { eachPlace, type Numbers, transferList } from "./numbers.ts";
import type { PartResult, PartTask } from "./part-gradients.ts";

/** A message port. In Node and Bun, `ref` makes it keep the process alive, and `unref` undoes this. */
type HoldingPort = MessagePort & { ref?(): void; unref?(): void };

interface Waiting {
  resolve(result: PartResult | undefined): void;
  reject(error: unknown): void;
}

/** The leader's connection to one follower. The follower answers one request at a time. */
export class FollowerLink {
  readonly #port: HoldingPort;
  #numbers: Numbers = new Float32Array();
  #waiting: Waiting | undefined;
  #ended: UnrolledError | undefined;

  /** @param onLost called if the follower is lost. Pending requests then stay unanswered until `end` is called. */
  constructor(port: MessagePort, onLost: (reason: string) => void) {
    const lose = (reason: string) => !this.#ended && onLost(reason);
    this.#port = port;
    port.addEventListener("message", ({ data }: MessageEvent<FollowerAnswer>) => this.#hear(data));
    port.addEventListener("messageerror", () => lose("a message could not be read"));
    port.addEventListener("close", () => lose("its port was closed")); // some platforms do not have this event
    port.start();
    this.#port.unref?.();
  }

  /** The memory that is shared with the follower or sent back and forth. After a calculation, it contains the gradients. */
  get numbers(): Numbers {
    return this.#numbers;
  }

  /**
   * Sends the model to the follower.
   *
   * @param room memory for weights and gradients, 4 bytes per parameter. If it is not shared memory, it is sent back and forth.
   * @throws the errors of `loadModel` and `createRuntime`
   */
  async open(start: FollowerStart, room: ArrayBuffer | SharedArrayBuffer): Promise<void> {
    this.#numbers = new Float32Array(room);
    await this.#ask(start, []);
  }

  /**
   * Sends the weights and a task to the follower, and returns the follower's result.
   *
   * @throws ERR_NAN if the loss is not finite; ERR_MEMORY if the follower's memory cannot grow; the error given to `end`
   */
  async calculate(model: TaskModel, task: PartTask): Promise<PartResult> {
    if (this.#ended) throw this.#ended;
    const numbers = this.#numbers;
    eachPlace(numbers, Object.values(model.parameters()), (data, weights) => weights.set(data));
    const message: FollowerTask = { task, numbers };
    return (await this.#ask(message, transferList(numbers)))!;
  }

  /** Closes the connection. Pending and later requests reject with the error. */
  end(error: UnrolledError): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#port.close();
    this.#waiting?.reject(error);
  }

  #ask(message: object, transfer: Transferable[]): Promise<PartResult | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      this.#port.postMessage(message, transfer);
      this.#waiting = { resolve, reject };
      this.#port.ref?.();
    });
  }

  #hear({ result, numbers, error, code }: FollowerAnswer): void {
    this.#port.unref?.();
    if (numbers) this.#numbers = numbers;
    if (error) this.#waiting?.reject(code ? new UnrolledError(code, error.message, { cause: error }) : error);
    else this.#waiting?.resolve(result);
  }
}
