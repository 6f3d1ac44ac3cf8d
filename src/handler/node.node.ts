/**
 * Lets a handler answer the requests of `node:http`.
 *
 * @module unrolled/handler/node
 */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { checkFunction, checkObject } from "../checks.ts";
import type { Handler } from "./handler.ts";
import { json } from "./json.ts";

/** The answer to a request that the handler never sees, so that its metrics do not count it. */
const REFUSAL = { error: "the address or the method is invalid", code: "ERR_REQUEST" };

/**
 * Makes a listener of `http.createServer` from a handler. If the client leaves, the request's signal is aborted.
 *
 * @param handler what `createHandler` returns, or any object with such a `fetch`
 * @throws ERR_VALUE if it has no `fetch`
 *
 * @example
 * ```js
 * import { createServer } from "node:http";
 * import { nodeListener } from "unrolled/handler/node";
 *
 * const server = createServer(nodeListener({ fetch: async () => new Response("hello") })).listen(0);
 * await new Promise((resolve) => server.once("listening", resolve));
 * console.log(await (await fetch(`http://localhost:${server.address().port}/`)).text()); // hello
 * server.close();
 * ```
 */
export function nodeListener(handler: Pick<Handler, "fetch">): RequestListener {
  checkFunction("nodeListener: fetch", checkObject("nodeListener", handler, "the handler is").fetch);
  return (incoming, outgoing) => {
    answer(handler, incoming, outgoing).catch(() => outgoing.destroy()); // the client has left in the middle
  };
}

async function answer(
  handler: Pick<Handler, "fetch">,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  outgoing.once("close", () => gone.abort());
  const request = requestOf(incoming, gone.signal);
  const response = request ? await handler.fetch(request) : json(REFUSAL, 400);
  if (outgoing.destroyed) return;
  outgoing.writeHead(response.status, [...response.headers].flat());
  if (!response.body) outgoing.end();
  else if (response.headers.has("content-length")) outgoing.end(new Uint8Array(await response.arrayBuffer()));
  else await pipeline(Readable.fromWeb(response.body as ReadableStream), outgoing);
  if (!incoming.complete) discard(incoming);
}

/** Reads the rest of a body that the handler has refused, so that the connection can take the next request. */
function discard(incoming: IncomingMessage): void {
  incoming.removeAllListeners("data").resume();
}

/** @returns undefined if the address or the method is none that `Request` takes */
function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request | undefined {
  const { url = "/", method = "GET", rawHeaders } = incoming;
  const headers = new Headers();
  const hasBody = method !== "GET" && method !== "HEAD";
  try {
    for (let i = 0; i < rawHeaders.length; i += 2) headers.append(rawHeaders[i]!, rawHeaders[i + 1]!);
    const body = hasBody ? (Readable.toWeb(incoming) as unknown as BodyInit) : null;
    const init: RequestInit & { duplex: "half" } = { method, headers, body, signal, duplex: "half" };
    return new Request(new URL(url, "http://localhost"), init);
  } catch {
    return undefined;
  }
}
