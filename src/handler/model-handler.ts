import { checkObject, checkText, checkTexts, checkWhole } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { checkNames } from "../options.ts";
import { Batcher } from "./batcher.ts";
import { readBody } from "./body.ts";
import { badRequest, Failure, failureOf, RETRY } from "./failure.ts";
import { Gate } from "./gate.ts";
import { json } from "./json.ts";
import { METRICS_TYPE, Metrics } from "./metrics.ts";
import { type Served, type Service, serviceOf } from "./served-model.ts";
import type { StateParts } from "./state.ts";
import { expectWanted, Gone, turn } from "./turn.ts";

/** The models that a handler serves, by the names that requests give. */
export type Models = Readonly<Record<string, Served>>;

/** Options of {@link createHandler}. */
export interface HandlerOptions {
  /**
   * Milliseconds that an input waits for inputs of other requests, to be computed together. Default 0: those are computed together that
   * arrive while another batch is computed.
   */
  wait?: number;
  /** Maximum number of inputs that are computed together. Default 32. With 1, each is computed by itself. */
  batch?: number;
  /**
   * Maximum number of inputs in work: those that wait or are computed. Further requests get the status 503 with a header Retry-After,
   * before their body is read or after it. Default 1000.
   */
  queue?: number;
  /** Maximum number of bytes of a request's body. Default 65,536. */
  limit?: number;
  /** Maximum number of symbols that a request to `/generate` may ask for. Default 1000. */
  length?: number;
  /** Receives errors of the server, which clients do not see. Default: `console.error`. */
  report?: (error: unknown) => void;
}

/** Number of symbols that `/generate` writes, and of next symbols that `/step` names, if the request does not say. */
const [LENGTH, TOP] = [100, 5];

/** What answers the requests of an address. */
interface Route {
  readonly method: "GET" | "POST";
  readonly answer: (request: Request) => Response | Promise<Response>;
}

type Body = Readonly<Record<string, unknown>>;

/** A model that is ready, with the batches of its inputs. */
interface Ready extends Service {
  readonly batcher: Batcher | undefined;
}

/** Answers requests with models. */
export class ModelHandler {
  readonly #options: Required<HandlerOptions>;
  readonly #metrics = new Metrics();
  readonly #gate: Gate;
  /** The models by name; undefined until they are ready. */
  #services: ReadonlyMap<string, Ready> | undefined;
  #failed = false;
  readonly #routes = new Map<string, Route>([
    ["/health", { method: "GET", answer: () => this.#health() }],
    ["/metrics", { method: "GET", answer: () => this.#figures() }],
    ["/predict", { method: "POST", answer: (request) => this.#work(request, this.#predict) }],
    ["/step", { method: "POST", answer: (request) => this.#work(request, this.#step) }],
    ["/generate", { method: "POST", answer: (request) => this.#work(request, this.#generate) }],
  ]);

  constructor(options: Required<HandlerOptions>) {
    this.#options = options;
    this.#gate = new Gate(options.queue);
  }

  /**
   * Makes the models ready.
   *
   * @throws ERR_VALUE if one of them cannot be served; the errors of the promise
   */
  async open(given: Models | Promise<Models>): Promise<void> {
    try {
      const models = Object.entries(checkObject("models", await given, "they are"));
      if (!models.length)
        throw new UnrolledError("ERR_VALUE", "models: there is none, expected at least one");
      const services = new Map<string, Ready>();
      for (const [name, served] of models) services.set(name, await this.#opened(name, served));
      this.#services = services;
    } catch (error) {
      this.#failed = true;
      this.#options.report(error);
      throw error;
    }
  }

  async #opened(name: string, served: Served): Promise<Ready> {
    const service = await serviceOf(name, served);
    const { batch, wait } = this.#options;
    const counts = (size: number) => this.#metrics.batch(name, size);
    return { ...service, batcher: service.predict && new Batcher(service.predict, batch, wait, counts) };
  }

  /** Answers a request and counts the answer. */
  async answer(request: Request): Promise<Response> {
    const begun = performance.now();
    const { pathname } = new URL(request.url);
    const route = this.#routes.get(pathname);
    let response: Response;
    try {
      if (!route) throw new Failure(404, "ERR_ROUTE", `there are ${[...this.#routes.keys()].join(", ")}`);
      const { method, answer } = route;
      if (request.method !== method && !(method === "GET" && request.method === "HEAD")) {
        throw new Failure(405, "ERR_METHOD", `${pathname} takes ${method}`, { allow: method });
      }
      response = await answer(request);
    } catch (error) {
      response = this.#refusal(error);
    }
    const seconds = (performance.now() - begun) / 1000;
    this.#metrics.answered(route ? pathname : "other", response.status, seconds);
    return response;
  }

  #refusal(error: unknown): Response {
    if (error instanceof Gone) return new Response(null, { status: 499 });
    const failure = failureOf(error);
    if (failure) {
      return json({ error: failure.message, code: failure.code }, failure.status, failure.headers);
    }
    this.#options.report(error);
    return json({ error: "the server has an error; its log says more", code: "ERR_INTERNAL" }, 500);
  }

  #health(): Response {
    const status = this.#services ? "ready" : this.#failed ? "failed" : "loading";
    return json({ status }, this.#services ? 200 : 503);
  }

  #figures(): Response {
    const services = [...(this.#services?.values() ?? [])];
    const text = this.#metrics.text({
      held: this.#gate.held,
      waiting: services.reduce((sum, { batcher }) => sum + (batcher?.waiting ?? 0), 0),
      models: services.map(({ labels }) => labels),
    });
    return new Response(text, { headers: { "content-type": METRICS_TYPE } });
  }

  /** Reads a request, lets a model work and writes its answer. */
  async #work(
    request: Request,
    work: (service: Ready, body: Body, signal: AbortSignal) => Promise<object>,
  ): Promise<Response> {
    if (!this.#services) {
      if (this.#failed) throw new Error("the models could not be opened");
      throw new Failure(503, "ERR_LOADING", "the models are not ready; try again later", RETRY);
    }
    this.#gate.expectRoom(1);
    const { model, ...body } = await readBody(request, this.#options.limit); // holds no place: a client may send slowly
    const inputs = Array.isArray(body.inputs) ? Math.max(body.inputs.length, 1) : 1;
    this.#gate.enter(inputs);
    try {
      return json(await work.call(this, this.#serviceOf(model), body, request.signal));
    } finally {
      this.#gate.leave(inputs);
    }
  }

  #serviceOf(name: unknown): Ready {
    const services = this.#services!;
    const found =
      name === undefined && services.size === 1 ? [...services.values()][0] : services.get(name as string);
    if (found) return found;
    throw badRequest(`model: expected ${[...services.keys()].join(" or ")}`, "ERR_VALUE");
  }

  async #predict({ labels, batcher }: Ready, body: Body, signal: AbortSignal): Promise<object> {
    if (!batcher) throw badRequest(`the model ${labels.model} does not predict`, "ERR_VALUE");
    checkNames("/predict", body, ["inputs"], "field");
    return { outputs: await batcher.add(inputsOf(body), signal) };
  }

  async #step({ labels, steps, text, codec }: Ready, body: Body, signal: AbortSignal): Promise<object> {
    const service = steps ?? text;
    if (!service) throw badRequest(`the model ${labels.model} has no state`, "ERR_VALUE");
    const names = steps ? ["inputs", "state", "end"] : ["inputs", "state", "top", "condition"];
    checkNames("/step", body, names, "field");
    const inputs = inputsOf(body);
    const { top = TOP, end = false, condition } = body;
    const state = stateOf(body, codec, service.like);
    await turn(0);
    expectWanted(signal);
    const { outputs, parts } = await fromState(state, async () => {
      if (steps) return steps.run(inputs, state, end === true);
      const given = { condition, top: checkWhole("top", top as number) };
      return text!.read(checkTexts("inputs", inputs as readonly string[]), state, given, signal);
    });
    return { outputs, state: codec.encode(parts) };
  }

  async #generate({ labels, text, codec }: Ready, body: Body, signal: AbortSignal): Promise<object> {
    if (!text) throw badRequest(`the model ${labels.model} writes no text`, "ERR_VALUE");
    const { state: _, ...given } = body;
    const order = { length: LENGTH, ...given } as { readonly length: number; readonly prompt?: string };
    checkWhole("length", order.length, 1);
    if (order.length > this.#options.length) {
      throw badRequest(`length is ${order.length}, expected at most ${this.#options.length}`, "ERR_VALUE");
    }
    if (order.prompt !== undefined) checkText("prompt", order.prompt);
    const state = stateOf(body, codec, text.like);
    await turn(0);
    expectWanted(signal);
    const { parts, ...written } = await fromState(state, () => text.write(order, state, signal));
    return { ...written, state: codec.encode(parts) };
  }
}

/** @throws Failure 400 if the field is no list */
function inputsOf({ inputs }: Body): readonly unknown[] {
  if (Array.isArray(inputs) && inputs.length) return inputs;
  throw badRequest("inputs: expected a list with at least one entry");
}

const stateOf = ({ state }: Body, codec: Service["codec"], like: StateParts) =>
  state === undefined ? undefined : codec.decode(state, like);

/** Runs work from a state that came with a request. Numbers that are not finite may then come from it. */
async function fromState<R>(state: StateParts | undefined, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    const isNan = error instanceof UnrolledError && error.code === "ERR_NAN";
    throw state && isNan ? badRequest(`state: ${error.message}`, error.code) : error;
  }
}
