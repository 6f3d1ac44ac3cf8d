import strict from "#wasm/strict.wasm?module";
import { startFrom } from "./start.ts";

export * from "../index.ts";
/** Imports only the strict build. Development servers compile every import, but Node 20 cannot compile the relaxed build. */
export const { compileKernels, createRuntime } = startFrom({ strict });
