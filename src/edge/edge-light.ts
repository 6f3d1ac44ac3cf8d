import strict from "#wasm/strict.wasm?module";
import { startFrom } from "./start.ts";

export * from "../index.ts";
/** The relaxed build is left out: development servers compile every imported module, and Node 20 cannot compile that one. */
export const { compileKernels, createRuntime } = startFrom({ strict });
