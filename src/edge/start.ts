import { checkOptions } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { RUNTIME_OPTIONS, type RuntimeOptions } from "../runtime/runtime-options.ts";
import { chooseVariant, type Variant } from "../runtime/variant.ts";

/**
 * Makes `compileKernels` and `createRuntime` for platforms that can import WebAssembly modules but cannot compile bytes.
 *
 * @param createRuntimeSync starts a runtime from one of the modules
 */
export function startFrom<R>(
  { strict, relaxed }: { strict: WebAssembly.Module; relaxed?: WebAssembly.Module },
  createRuntimeSync: (options: RuntimeOptions & { module: WebAssembly.Module }) => R,
) {
  async function compileKernels(variant: Variant | "auto" = "auto"): Promise<WebAssembly.Module> {
    if (relaxed) return chooseVariant(variant) === "relaxed" ? relaxed : strict;
    if (variant !== "relaxed") return strict;
    throw new UnrolledError(
      "ERR_WASM",
      "createRuntime: only the strict build is loaded on this platform, use variant auto or strict",
    );
  }
  async function createRuntime(options: RuntimeOptions = {}): Promise<R> {
    const { variant, module = await compileKernels(variant) } = checkOptions(
      "createRuntime",
      options,
      RUNTIME_OPTIONS,
    );
    return createRuntimeSync({ ...options, module });
  }
  return { compileKernels, createRuntime };
}
