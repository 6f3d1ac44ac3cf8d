import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createHandler, type Handler } from "../../src/handler/index.ts";
import { newForecaster } from "../models/forecaster/forecasters.ts";
import { newGenerator } from "../models/generator/generators.ts";
import { newClassifier } from "../models/labels/labels.ts";
import { smallModel } from "../models/language-model/model.ts";
import { newTranscriber } from "../models/transcriber/transcribers.ts";
import { expectError, startRuntime } from "../runtimes.ts";
import { readMetrics } from "./prometheus.ts";
import { ask, figures, opened, post, served } from "./serving.ts";

let handler: Handler;

beforeAll(async () => {
  const rt = await startRuntime();
  const models = {
    mood: served(newClassifier(rt)),
    writer: served(smallModel(rt)),
    calls: served(newGenerator(rt)),
    level: served(newForecaster(rt)),
    voice: served(newTranscriber(rt, { bidirectional: false })),
  };
  handler = await opened(models, { limit: 2000, length: 50, queue: 20 });
});

describe("statuses", () => {
  const plain = { "content-type": "text/plain" };
  const cases: [number, string, string, RequestInit?][] = [
    [404, "ERR_ROUTE", "/nowhere"],
    [404, "ERR_ROUTE", "/predict/"],
    [404, "ERR_ROUTE", "/__proto__"],
    [405, "ERR_METHOD", "/predict", { method: "GET" }],
    [405, "ERR_METHOD", "/health", { method: "POST" }],
    [415, "ERR_TYPE", "/predict", { method: "POST", headers: plain, body: "{}" }],
    [415, "ERR_TYPE", "/predict", { method: "POST" }],
    [413, "ERR_TOO_LARGE", "/predict", post("/predict", `{"inputs":["${"a".repeat(2000)}"]}`)],
    [413, "ERR_TOO_LARGE", "/predict", post("/predict", { model: "mood", inputs: Array(30).fill("a") })],
    [400, "ERR_DATA", "/predict", post("/predict", "")],
    [400, "ERR_DATA", "/predict", post("/predict", "{")],
    [400, "ERR_DATA", "/predict", post("/predict", "[1]")],
    [400, "ERR_DATA", "/predict", post("/predict", "null")],
    [400, "ERR_DATA", "/predict", post("/predict", { model: "mood" })],
    [400, "ERR_DATA", "/predict", post("/predict", { model: "mood", inputs: [] })],
    [400, "ERR_DATA", "/predict", post("/predict", { model: "mood", inputs: "a film" })],
    [400, "ERR_VALUE", "/predict", post("/predict", { inputs: ["a"] })],
    [400, "ERR_VALUE", "/predict", post("/predict", { model: "__proto__", inputs: ["a"] })],
    [400, "ERR_VALUE", "/predict", post("/predict", { model: "mood", inputs: ["a"], beam: 3 })],
    [400, "ERR_VALUE", "/predict", post("/predict", { model: "calls", inputs: ["a"] })],
    [400, "ERR_VALUE", "/generate", post("/generate", { model: "mood" })],
    [400, "ERR_VALUE", "/generate", post("/generate", { model: "writer", length: 51 })],
    [400, "ERR_VALUE", "/generate", post("/generate", { model: "writer", temperature: -1 })],
    [400, "ERR_VALUE", "/generate", post("/generate", { model: "writer", prompt: 5 })],
    [400, "ERR_VALUE", "/generate", post("/generate", { model: "writer", condition: "cat" })],
    [400, "ERR_VALUE", "/generate", post("/generate", { model: "calls" })],
    [400, "ERR_DATA", "/step", post("/step", { model: "level", inputs: [[1]] })],
    [400, "ERR_VALUE", "/step", post("/step", { model: "writer", inputs: [5] })],
    [400, "ERR_VALUE", "/step", post("/step", { model: "writer", inputs: ["a"], top: -1 })],
  ];
  it.each(cases)("%i %s at %s", async (status, code, path, init) => {
    const request = init instanceof Request ? init : new Request(`http://localhost${path}`, init);
    const response = await handler.fetch(request);
    const answer = await response.json();
    expect([response.status, answer.code]).toEqual([status, code]);
    expect(answer.error).toMatch(/^\S.{5,300}$/);
  });

  it("says which methods an address takes", async () => {
    const { headers } = await handler.fetch(new Request("http://localhost/step"));
    expect(headers.get("allow")).toBe("POST");
    expect((await handler.fetch(new Request("http://localhost/health", { method: "HEAD" }))).status).toBe(
      200,
    );
  });

  it("reads no more than the limit, whatever the headers say", async () => {
    let pulled = 0;
    const body = new ReadableStream({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(500).fill(32));
      },
    });
    const init = { method: "POST", headers: { "content-type": "application/json" }, body, duplex: "half" };
    const response = await handler.fetch(new Request("http://localhost/predict", init as RequestInit));
    expect(response.status).toBe(413);
    expect(pulled).toBeLessThan(8);
  });

  it("refuses text that is not UTF-8, and a body that breaks off", async () => {
    const headers = { "content-type": "application/json; charset=utf-8" };
    const send = (body: BodyInit) =>
      handler.fetch(
        new Request("http://localhost/predict", {
          method: "POST",
          headers,
          body,
          duplex: "half",
        } as RequestInit),
      );
    expect(await (await send(Uint8Array.of(34, 255, 34))).json()).toMatchObject({
      error: "the body is not UTF-8",
    });
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
    expect((await send(broken)).status).toBe(400);
  });
});

it("is not ready before its models are, and says so", async () => {
  const rt = await startRuntime();
  let come = (_: object) => {};
  const models = new Promise<never>((resolve) => {
    come = resolve as typeof come;
  });
  const early = createHandler(models);
  const health = async (handler: Handler) => {
    const response = await handler.fetch(new Request("http://localhost/health"));
    return [response.status, (await response.json()).status];
  };
  expect(await health(early)).toEqual([503, "loading"]);
  const refused = await ask(early, "/predict", { inputs: ["a"] });
  expect([refused.status, refused.code, refused.headers.get("retry-after")]).toEqual([
    503,
    "ERR_LOADING",
    "1",
  ]);
  come({ mood: served(newClassifier(rt)) });
  await early.ready;
  expect(await health(early)).toEqual([200, "ready"]);
  expect((await ask(early, "/predict", { inputs: ["a"] })).status).toBe(200);
});

it("reports errors of the server, and does not show them", async () => {
  const errors: unknown[] = [];
  const report = (error: unknown) => errors.push(error);
  const failed = createHandler(Promise.reject(new Error("secret path")), { report });
  await expect(failed.ready).rejects.toThrow("secret path");
  const answer = await ask(failed, "/predict", { inputs: ["a"] });
  expect([answer.status, answer.code]).toEqual([500, "ERR_INTERNAL"]);
  expect((await failed.fetch(new Request("http://localhost/health"))).status).toBe(503);
  const broken = {
    predict: () => {
      throw new TypeError("secret");
    },
  };
  const own = await opened({ broken: { model: broken } }, { report });
  const { status, error } = await ask(own, "/predict", { inputs: [1] });
  expect([status, error]).toEqual([500, "the server has an error; its log says more"]);
  expect(errors.map(String)).toEqual([
    "Error: secret path",
    "Error: the models could not be opened",
    "TypeError: secret",
  ]);
});

it("checks its options and models", async () => {
  for (const options of [
    { wait: -1 },
    { batch: 0 },
    { queue: 1.5 },
    { limit: 0 },
    { report: 1 },
    { bach: 1 },
  ]) {
    expectError(() => createHandler({}, options as object), "ERR_VALUE");
  }
  const report = () => {};
  for (const models of [
    {},
    [],
    null,
    { a: {} },
    { a: { model: {} } },
    { a: { model: newGenerator(await startRuntime()) } },
  ]) {
    await expect(createHandler(models as never, { report }).ready).rejects.toThrow(/^models/);
  }
});

it("writes metrics in Prometheus' text format", async () => {
  const rt = await startRuntime();
  const own = await opened({ 'a "b"\\\n': served(newClassifier(rt)) });
  readMetrics(await figures(own));
  await ask(own, "/predict", { inputs: ["a", "b", "c"] });
  await ask(own, "/predict", { inputs: [""] });
  await own.fetch(new Request("http://localhost/?q=%22%0a"));
  const samples = readMetrics(await figures(own));
  const figureOf = (name: string, labels: object) =>
    samples.find((one) => one.name === name && JSON.stringify(one.labels) === JSON.stringify(labels))?.value;
  expect(figureOf("unrolled_requests_total", { route: "/predict", status: "200" })).toBe(1);
  expect(figureOf("unrolled_requests_total", { route: "/predict", status: "400" })).toBe(1);
  expect(figureOf("unrolled_requests_total", { route: "other", status: "404" })).toBe(1);
  expect(figureOf("unrolled_request_seconds_count", { route: "/predict" })).toBe(2);
  expect(figureOf("unrolled_batch_size_sum", { model: 'a "b"\\\n' })).toBe(4);
  expect(figureOf("unrolled_batch_size_bucket", { model: 'a "b"\\\n', le: "2" })).toBe(1);
  const info = samples.find(({ name }) => name === "unrolled_model_info")!;
  expect(info).toMatchObject({ value: 1, labels: { model: 'a "b"\\\n', task: "classifier" } });
  expect(info.labels.sha256).toMatch(/^[0-9a-f]{16}$/);
});

it("answers hostile JSON with a status and a sentence", async () => {
  const field = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom("mood", "writer", "calls", "level", "voice", "cat", "ab"),
    fc.array(fc.oneof(fc.string(), fc.double(), fc.array(fc.double(), { maxLength: 3 })), { maxLength: 4 }),
  );
  const body = fc.record(
    {
      model: fc.constantFrom("mood", "writer", "calls", "level", "voice"),
      inputs: field,
      state: field,
      top: field,
      condition: field,
      prompt: field,
      length: field,
      temperature: field,
      topK: field,
      topP: field,
      seed: field,
      end: field,
      __proto__: field,
    },
    { requiredKeys: ["model"] },
  );
  const path = fc.constantFrom("/predict", "/step", "/generate");
  await fc.assert(
    fc.asyncProperty(path, body, async (path, body) => {
      const text = JSON.stringify(body);
      const response = await handler.fetch(post(path, text));
      const answer = await response.json();
      if (response.status === 200) return;
      expect([400, 413]).toContain(response.status);
      expect(typeof answer.error).toBe("string");
    }),
    { numRuns: 400 },
  );
  const deep = "[".repeat(900) + "]".repeat(900);
  for (const text of [`{"model":"mood","inputs":${deep}}`, `{"model":${deep},"inputs":["a"]}`]) {
    expect((await handler.fetch(post("/predict", text))).status).toBe(400);
  }
  expect(await figures(handler)).toMatch(/^unrolled_inputs_in_work 0$/m);
});
