import { checkChoice } from "../checks.ts";
import { UnrolledError } from "../errors.ts";

/**
 * A build of the kernels. The results of `strict` have the same bits in every engine. `relaxed` is faster because it fuses
 * multiply-adds, but the last bits of its results may differ between CPUs.
 */
export type Variant = "strict" | "relaxed";

// A WebAssembly module with one function, which uses the relaxed instructions of the relaxed build (madd, nmadd and dot_i8x16_i7x16_add_s).
const RELAXED_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 123, 1, 123, 3, 2, 1, 0, 10, 27, 1, 25, 0, 32, 0, 32, 0, 32, 0,
  253, 133, 2, 32, 0, 32, 0, 253, 134, 2, 32, 0, 32, 0, 253, 147, 2, 11,
]);

/** Returns whether this engine can run the relaxed build. */
export function supportsRelaxed(): boolean {
  return WebAssembly.validate(RELAXED_PROBE);
}

/**
 * Returns the build to load. For callers that import or fetch one of the package's .wasm files themselves. `auto` (default) is
 * the relaxed build if the engine has relaxed SIMD, otherwise the strict build.
 *
 * @throws ERR_VALUE if the variant is unknown, ERR_WASM if the variant is `relaxed` and the engine has no relaxed SIMD
 */
export function chooseVariant(variant: Variant | "auto" = "auto"): Variant {
  checkChoice("createRuntime: variant", variant, ["auto", "strict", "relaxed"]);
  if (variant === "strict") return "strict";
  if (supportsRelaxed()) return "relaxed";
  if (variant === "auto") return "strict";
  throw new UnrolledError(
    "ERR_WASM",
    "createRuntime: no relaxed SIMD here; use variant auto or strict, or node --experimental-wasm-relaxed-simd",
  );
}
