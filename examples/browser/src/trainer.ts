import { type Connection, connect } from "unrolled/worker";

/** The worker, or several that train together. */
export class Trainer {
  #connection: Connection | undefined;
  #threads = 1;

  get connection(): Connection | undefined {
    return this.#connection;
  }

  /**
   * Threads are a connection's own: where others are asked for, a new one begins, which has no run and no model yet.
   *
   * @param threads default: those that there are
   */
  async connected(threads = this.#threads): Promise<Connection> {
    if (this.#connection && threads === this.#threads) return this.#connection;
    this.#connection?.release();
    this.#connection = undefined;
    this.#connection = await connect({ workers: threads });
    this.#threads = threads;
    return this.#connection;
  }
}
