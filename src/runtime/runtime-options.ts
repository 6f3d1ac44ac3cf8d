import type { Variant } from "./variant.ts";

/** Options of `createRuntime` and `createRuntimeSync`. */
export interface RuntimeOptions {
  /** `auto` (default) takes the relaxed build if the engine has relaxed SIMD, otherwise the strict build. */
  variant?: Variant | "auto";
  /** One of the package's .wasm files, compiled by the caller. Needed where compiling WebAssembly from bytes is forbidden. */
  module?: WebAssembly.Module;
  /** Seed of all random numbers: initial weights, dropout, sampling. A whole number below 2^53, default 1. */
  seed?: number;
}

/** The names of the options, for `checkOptions`. */
export const RUNTIME_OPTIONS = "variant module seed";
