/**
 * Serves models: a function from a web-standard `Request` to a `Response`.
 *
 * @module unrolled/handler
 */
export { createHandler, type Handler } from "./handler.ts";
export type { HandlerOptions, Models } from "./model-handler.ts";
export type { Served } from "./served-model.ts";
