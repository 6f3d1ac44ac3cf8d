import strict from "#wasm/strict.wasm?module";
import { startFrom } from "./start.ts";

export * from "../index.ts";
/**
 * Imports only the build of the kernels without relaxed SIMD (`strict`). Development servers compile every imported module, but
 * Node 20 cannot compile relaxed SIMD.
 */
export const { compileKernels, createRuntime } = startFrom({ strict });
