import strict from "#wasm/run-strict.wasm?module";
import { createRuntimeSync } from "../run/runtime.ts";
import { startFrom } from "./start.ts";

export * from "../run/index.ts";
/** Imports only the build without relaxed SIMD, as edge-light.ts does. */
export const { compileKernels, createRuntime } = startFrom({ strict }, createRuntimeSync);
