import relaxed from "#wasm/run-relaxed.wasm";
import strict from "#wasm/run-strict.wasm";
import { createRuntimeSync } from "../run/runtime.ts";
import { startFrom } from "./start.ts";

export * from "../run/index.ts";
export const { compileKernels, createRuntime } = startFrom({ strict, relaxed }, createRuntimeSync);
