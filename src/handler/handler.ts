import { checkAtLeast, checkFunction, checkOptions, checkWhole } from "../checks.ts";
import { type HandlerOptions, ModelHandler, type Models } from "./model-handler.ts";

/** Answers requests. It fits `export default` of workerd, Deno and Bun. */
export interface Handler {
  /**
   * Answers a request. It never rejects.
   *
   * @param _environment unused; workerd passes its bindings
   * @param context of workerd: keeps the work alive if the client leaves, because other requests may wait for it
   */
  readonly fetch: (request: Request, _environment?: unknown, context?: unknown) => Promise<Response>;
  /** Resolves when the models are ready. Rejects if they cannot be served. */
  readonly ready: Promise<void>;
}

/**
 * Makes a function that answers requests with models, the same in workerd, Deno, Bun and Node (see `unrolled/handler/node`).
 *
 * - `POST /predict` takes `{ model, inputs }` and answers `{ outputs }`: what the model's `predict` returns for each input (an embedder's
 *   `encode`, a language model's `score`, a forecaster's forecast after the rows). Inputs of several requests are computed together.
 * - `POST /step` takes `{ model, inputs, state }` and answers `{ outputs, state }`. The model reads the inputs one after another: pieces
 *   of a text, rows or vectors. `state` is base64; the next request sends it again, to any server with the same model file.
 * - `POST /generate` takes `{ model, state, prompt, length, temperature, topK, topP, seed, condition }` and answers
 *   `{ text, ended, state }`.
 * - `GET /health` has the status 200 when the models are ready, and 503 before. `GET /metrics` is Prometheus' text format.
 *
 * `model` may be left out if there is one model. Errors are `{ error, code }`.
 *
 * @param models the models by name, or a promise of them: until then, requests get the status 503
 * @throws ERR_VALUE if an option is invalid. Models that cannot be served reject `ready`
 *
 * @example
 * ```js
 * import { createHandler } from "unrolled/handler";
 *
 * const rt = await createRuntime();
 * const series = Array.from({ length: 200 }, (_, i) => i % 4);
 * const { train, validation } = holdOutEnd(seriesOf({ series }));
 * const spec = { ...defaultForecasterSpec(["series"]), hidden: 8 };
 * const model = new Forecaster(rt, spec, { scaling: scalingOf(spec, train) });
 * const trainer = new ForecastTrainer(model, { train, validation }, { lr: 0.05 });
 * for (let i = 0; i < 100; i++) trainer.step();
 * const handler = createHandler({ level: { model, file: serializeModel(model) } });
 * await handler.ready;
 * const headers = { "content-type": "application/json" };
 * const ask = async (body) => {
 *   const request = new Request("http://localhost/step", { method: "POST", headers, body: JSON.stringify(body) });
 *   return (await handler.fetch(request)).json();
 * };
 * const { state } = await ask({ inputs: [0, 1, 2, 3, 0] });
 * const { outputs } = await ask({ inputs: [1], state });
 * console.log(Math.round(outputs[0][0][0])); // 2
 * ```
 */
export function createHandler(models: Models | Promise<Models>, options: HandlerOptions = {}): Handler {
  const {
    wait = 0,
    batch = 32,
    queue = 1000,
    limit = 65_536,
    length = 1000,
    report = (error: unknown) => console.error(error),
  } = checkOptions("createHandler", options, "wait batch queue limit length report");
  checkAtLeast("createHandler: wait", wait);
  for (const [name, value] of Object.entries({ batch, queue, limit, length })) {
    checkWhole(`createHandler: ${name}`, value, 1);
  }
  checkFunction("createHandler: report", report);
  const handler = new ModelHandler({ wait, batch, queue, limit, length, report });
  const ready = handler.open(models);
  ready.catch(() => {}); // `report` has the error, and so do those who wait for `ready`
  return {
    ready,
    fetch(request, _environment, context) {
      const answer = handler.answer(request);
      (context as { waitUntil?(work: Promise<unknown>): void } | undefined)?.waitUntil?.(answer);
      return answer;
    },
  };
}
