import { createHandler, type Handler, type HandlerOptions, type Models } from "../../src/handler/index.ts";
import type { TaskModel } from "../../src/network/model.ts";
import { serializeModel } from "../../src/network/model-file.ts";

/** A model with its file. */
export const served = (model: TaskModel) => ({ model, file: serializeModel(model) });

/** Makes a handler whose models are ready. Errors of the server fail the test. */
export async function opened(models: Models, options: HandlerOptions = {}): Promise<Handler> {
  const report = (error: unknown) => {
    throw error;
  };
  const handler = createHandler(models, { report, ...options });
  await handler.ready;
  return handler;
}

/** Makes a request with a body in JSON. */
export function post(path: string, body: unknown, init: RequestInit = {}): Request {
  const headers = { "content-type": "application/json" };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Request(`http://localhost${path}`, { method: "POST", headers, body: text, ...init });
}

/** Asks a handler. */
export async function ask(handler: Handler, path: string, body: unknown) {
  const response = await handler.fetch(post(path, body));
  return { status: response.status, headers: response.headers, ...(await answerOf(response)) };
}

// biome-ignore lint/suspicious/noExplicitAny: what any model answers
async function answerOf(response: Response): Promise<any> {
  return response.json();
}

/** Returns the text of the metrics. */
export const figures = async (handler: Handler) =>
  (await handler.fetch(new Request("http://localhost/metrics"))).text();

/** Returns a value as JSON gives it back. */
export const asJson = (value: unknown) =>
  JSON.parse(
    JSON.stringify(value, (_, part) => (ArrayBuffer.isView(part) ? Array.from(part as Float32Array) : part)),
  );
