import strict from "#wasm/strict.wasm?module";
import { createRuntimeSync } from "../runtime/runtime.ts";
import { startFrom } from "./start.ts";

export * from "../index.ts";
/**
 * Imports only the build of the kernels without relaxed SIMD (`strict`). A development server in Node compiles every imported
 * module, and Node 20 cannot compile relaxed SIMD.
 */
export const { compileKernels, createRuntime } = startFrom({ strict }, createRuntimeSync);
