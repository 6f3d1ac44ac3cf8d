import { checkOptions } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { createRuntimeSync, type Runtime, type RuntimeOptions } from "../runtime/runtime.ts";
import { chooseVariant, type Variant } from "../runtime/variant.ts";

/** Makes `compileKernels` and `createRuntime` for platforms that can import WebAssembly modules but cannot compile bytes. */
export function startFrom({ strict, relaxed }: { strict: WebAssembly.Module; relaxed?: WebAssembly.Module }) {
  async function compileKernels(variant: Variant | "auto" = "auto"): Promise<WebAssembly.Module> {
    if (relaxed) return chooseVariant(variant) === "relaxed" ? relaxed : strict;
    if (variant !== "relaxed") return strict;
    throw new UnrolledError(
      "ERR_WASM",
      "createRuntime: only the strict build is loaded on this platform, use variant auto or strict",
    );
  }
  async function createRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
    const { variant, module = await compileKernels(variant) } = checkOptions(
      "createRuntime",
      options,
      "variant module seed",
    );
    return createRuntimeSync({ ...options, module });
  }
  return { compileKernels, createRuntime };
}
