import { Failure, RETRY } from "./failure.ts";

/** Counts the inputs in work. */
export class Gate {
  readonly #most: number;
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get held(): number {
    return this.#held;
  }

  /**
   * Lets the inputs of a request in.
   *
   * @throws Failure 503 if there is no room for them, 413 if there never is
   */
  enter(count: number): void {
    if (count > this.#most) {
      throw new Failure(413, "ERR_TOO_LARGE", `more inputs than ${this.#most}, which are taken at a time`);
    }
    this.expectRoom(count);
    this.#held += count;
  }

  /** @throws Failure 503 if there is no room for so many inputs */
  expectRoom(count: number): void {
    if (this.#held + count > this.#most) {
      throw new Failure(503, "ERR_BUSY", "too many requests; try again later", RETRY);
    }
  }

  leave(count: number): void {
    this.#held -= count;
  }
}
