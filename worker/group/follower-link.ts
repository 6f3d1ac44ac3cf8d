import { UnrolledError } from "../../src/errors.ts";
import type { TaskModel } from "../../src/network/model.ts";
import type { FollowerAnswer, FollowerStart, FollowerTask } from "./follower.ts";
import { eachPlace, type Numbers, transferList } from "./numbers.ts";
import type { PartResult, PartTask } from "./part-gradients.ts";

/** In Node and Bun, a port keeps the process alive, or does not. */
type HoldingPort = MessagePort & { ref?(): void; unref?(): void };

interface Waiting {
  resolve(result: PartResult | undefined): void;
  reject(error: unknown): void;
}

/** The leading end of the port to a follower, which is asked one thing at a time. */
export class FollowerLink {
  readonly #port: HoldingPort;
  #numbers: Numbers = new Float32Array();
  #waiting: Waiting | undefined;
  #ended: UnrolledError | undefined;

  /** @param onLost called where the other end is gone: there will be no answer, to what waits either */
  constructor(port: MessagePort, onLost: (reason: string) => void) {
    const lose = (reason: string) => !this.#ended && onLost(reason);
    this.#port = port;
    port.addEventListener("message", ({ data }: MessageEvent<FollowerAnswer>) => this.#hear(data));
    port.addEventListener("messageerror", () => lose("a message could not be read"));
    port.addEventListener("close", () => lose("its port was closed")); // not known to all engines
    port.start();
    this.#port.unref?.();
  }

  /** After a calculation: the gradients. */
  get numbers(): Numbers {
    return this.#numbers;
  }

  /**
   * Sends the model.
   *
   * @param room for as many numbers as it has parameters; in memory that threads share, or to be handed over and back
   * @throws as `loadModel` and `createRuntime` do
   */
  async open(start: FollowerStart, room: ArrayBuffer | SharedArrayBuffer): Promise<void> {
    this.#numbers = new Float32Array(room);
    await this.#ask(start, []);
  }

  /** Calculates with the weights of the model. @throws ERR_NAN, ERR_MEMORY; ERR_STATE where the thread has ended */
  async calculate(model: TaskModel, task: PartTask): Promise<PartResult> {
    if (this.#ended) throw this.#ended;
    const numbers = this.#numbers;
    eachPlace(numbers, Object.values(model.parameters()), (data, weights) => weights.set(data));
    const message: FollowerTask = { task, numbers };
    return (await this.#ask(message, transferList(numbers)))!;
  }

  /** What waits rejects with the error, and so does all that comes. */
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
