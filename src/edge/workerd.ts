import relaxed from "#wasm/relaxed.wasm";
import strict from "#wasm/strict.wasm";
import { createRuntimeSync } from "../runtime/runtime.ts";
import { startFrom } from "./start.ts";

export * from "../index.ts";
export const { compileKernels, createRuntime } = startFrom({ strict, relaxed }, createRuntimeSync);
