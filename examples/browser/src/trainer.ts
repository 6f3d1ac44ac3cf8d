import { type Connection, connect } from "unrolled/worker";

/** The worker, or several workers that train together. */
export class Trainer {
  #connection: Connection | undefined;
  #threads = 1;

  get connection(): Connection | undefined {
    return this.#connection;
  }

  /**
   * Returns a connection with that number of threads. Another number needs a new connection, which has no run and no model.
   *
   * @param threads default: the current number
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
