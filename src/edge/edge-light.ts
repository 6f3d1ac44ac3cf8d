import strict from "#wasm/strict.wasm?module";
import { startFrom } from "./start.ts";

export * from "../index.ts";
/** Only the strict build is imported. Development servers compile every imported module; Node 20 cannot compile relaxed kernels. */
export const { compileKernels, createRuntime } = startFrom({ strict });
