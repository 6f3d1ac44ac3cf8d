// A client that keeps several connections busy. It reads answers with a content-length, straight from the sockets: a client of HTTP would
// take as long as the servers.

import { connect } from "node:net";

/** Makes the bytes of a request. */
function bytesOf(url, path, body) {
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  return `POST ${path} HTTP/1.1\r\nHost: ${new URL(url).host}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${text}`;
}

/** One connection that is kept. */
class Client {
  #url;
  #socket;
  #received = Buffer.alloc(0);
  #answered = () => {};
  #failed = () => {};

  constructor(url) {
    this.#url = url;
    const { hostname, port } = new URL(url);
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on("data", (chunk) => this.#read(chunk));
    this.#socket.on("error", (error) => this.#failed(error));
    this.#socket.on("close", () => this.#failed(new Error("the server closed a connection")));
  }

  #read(chunk) {
    this.#received = this.#received.length ? Buffer.concat([this.#received, chunk]) : chunk;
    const end = this.#received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = this.#received.toString("latin1", 0, end);
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1]);
    const from = end + 4;
    if (this.#received.length < from + length) return;
    const answer = {
      status: Number(head.slice(9, 12)),
      text: this.#received.toString("utf8", from, from + length),
    };
    this.#received = this.#received.subarray(from + length);
    this.#answered(answer);
  }

  /** Sends a request and returns its answer. */
  async ask(path, body) {
    const answer = await new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(bytesOf(this.#url, path, body));
    });
    if (answer.status !== 200) throw new Error(`${path} has the status ${answer.status}: ${answer.text}`);
    return JSON.parse(answer.text);
  }

  close() {
    this.#failed = () => {};
    this.#socket.destroy();
  }
}

/** Runs `work` with a connection. */
export async function withClient(url, work) {
  const client = new Client(url);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

/**
 * Keeps connections busy: each sends its next request when it has the answer to the last one.
 *
 * @param talk makes a function that asks once, for a connection and its number
 * @returns {Promise<{ p50: number, p99: number, rate: number }>} seconds, and requests a second
 */
export async function load(url, { connections, seconds, talk }) {
  const times = [];
  const end = performance.now() + 1000 * seconds;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: connections }, (_, i) =>
      withClient(url, async (client) => {
        const ask = talk(client, i);
        while (performance.now() < end) {
          const sent = performance.now();
          await ask();
          times.push(performance.now() - sent);
        }
      }),
    ),
  );
  const took = (performance.now() - begun) / 1000;
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(share * times.length))] / 1000;
  return { p50: at(0.5), p99: at(0.99), rate: times.length / took };
}
