import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, it } from "vitest";
import { nodeListener } from "../../src/handler/node.node.ts";
import { newClassifier } from "../models/labels/labels.ts";
import { expectError, startRuntime } from "../runtimes.ts";
import { opened, served } from "./serving.ts";

let server: Server | undefined;
afterEach(() => server?.close());

async function listen(handler: Parameters<typeof nodeListener>[0]): Promise<string> {
  server = createServer(nodeListener(handler)).listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Sends bytes and returns what comes back. */
async function send(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.end(text);
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  return answer;
}

it("answers as the handler does", async () => {
  const classifier = newClassifier(await startRuntime());
  const url = await listen(await opened({ mood: served(classifier) }));
  const texts = ["the film was good", "naïve 猫"];
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ inputs: texts });
  const answers = await Promise.all(
    [1, 2, 3, 4].map(async () => (await fetch(`${url}/predict`, { method: "POST", headers, body })).json()),
  );
  for (const { outputs } of answers) expect(outputs).toEqual(classifier.predict(texts));
  const large = await fetch(`${url}/predict`, { method: "POST", headers, body: " ".repeat(1e6) });
  expect(large.status).toBe(413);
  expect((await fetch(`${url}/health`)).status).toBe(200);
});

it("answers the next request of a connection after a body that it did not read", async () => {
  const handler = await opened({ mood: served(newClassifier(await startRuntime())) });
  const url = await listen(handler);
  const type = "Content-Type: application/json\r\n";
  const large = `POST /predict HTTP/1.1\r\nHost: a\r\n${type}Content-Length: 500000\r\n\r\n${" ".repeat(500_000)}`;
  const answers = await send(url, `${large}GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 413", "HTTP/1.1 200"]);
});

it("lives through requests that Request does not take", async () => {
  const url = await listen({
    fetch: async () =>
      new Response("fine", {
        headers: [
          ["x-a", "1"],
          ["x-b", "2"],
        ],
      }),
  });
  const host = "Host: a\r\nConnection: close\r\n\r\n";
  for (const line of ["TRACE /", "GET http://[", "GET http://a:99999/", "GET //", "GET http://a:b@c/"]) {
    const answer = await send(url, `${line} HTTP/1.1\r\n${host}`);
    expect(answer, line).toMatch(/^HTTP\/1.1 400.*content-type: application\/json/is);
    expect(JSON.parse(answer.split("\r\n\r\n")[1]!), line).toEqual({
      error: "the address or the method is invalid",
      code: "ERR_REQUEST",
    });
  }
  const kept = "Host: a\r\nContent-Length: 3\r\n\r\nabc";
  const answers = await send(url, `POST // HTTP/1.1\r\n${kept}GET /x HTTP/1.1\r\n${host}`);
  expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 400", "HTTP/1.1 200"]);
  expect(await send(url, `GET /x HTTP/1.1\r\n${host}`)).toMatch(/^HTTP\/1.1 200.*x-a: 1.*x-b: 2/is);
});

it("streams an answer, and aborts the signal if the client leaves", async () => {
  const steps: string[] = [];
  const left = later();
  const url = await listen({
    fetch: async (request) => {
      request.signal.addEventListener("abort", () => left.resolve());
      const body = new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          controller.enqueue(new Uint8Array(1000));
        },
        cancel() {
          steps.push("cancelled");
        },
      });
      return new Response(body);
    },
  });
  const stop = new AbortController();
  const response = await fetch(url, { signal: stop.signal });
  const reader = response.body!.getReader();
  expect((await reader.read()).value!.length).toBeGreaterThan(0);
  stop.abort();
  await left.promise;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(steps).toEqual(["cancelled"]);
});

it("checks the handler", () => expectError(() => nodeListener({} as never), "ERR_VALUE"));

function later() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
