import strict from "#wasm/strict.wasm?module";
import { startFrom } from "./start.ts";

export * from "../index.ts";
/** Without the relaxed build: development servers compile all that is imported, and Node 20 cannot. */
export const { compileKernels, createRuntime } = startFrom({ strict });
