import strict from "#wasm/strict.wasm?module";
import { startFrom } from "./start.ts";

export * from "../index.ts";
/** Only the strict build is imported. Development servers compile all imports, and Node 20 cannot compile the relaxed build. */
export const { compileKernels, createRuntime } = startFrom({ strict });
