// A server on loopback, in Node, Deno or Bun.

import process from "node:process";

/**
 * Serves a handler at a free port.
 *
 * @param {{ fetch: (request: Request) => Promise<Response> }} handler
 * @param {() => Promise<Function>} loadListener loads `nodeListener` of `unrolled/handler/node`
 * @returns {Promise<string>} the address
 */
export async function listen(handler, loadListener) {
  const hostname = "127.0.0.1";
  if (process.versions.bun) {
    return `http://${hostname}:${globalThis.Bun.serve({ hostname, port: 0, fetch: handler.fetch }).port}`;
  }
  if (process.versions.deno) {
    const onListen = () => {};
    const { addr } = globalThis.Deno.serve({ hostname, port: 0, onListen }, (request) =>
      handler.fetch(request),
    );
    return `http://${hostname}:${addr.port}`;
  }
  const [{ createServer }, nodeListener] = await Promise.all([import("node:http"), loadListener()]);
  const server = createServer(nodeListener(handler)).listen(0, hostname);
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://${hostname}:${server.address().port}`;
}
