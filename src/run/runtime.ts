import { checkOptions } from "../checks.ts";
import { compileText, instantiate } from "../runtime/load.ts";
import { RUNTIME_OPTIONS, type RuntimeOptions } from "../runtime/runtime-options.ts";
import type { Variant } from "../runtime/variant.ts";
import { Workspace } from "../runtime/workspace.ts";

/**
 * Compiles the kernels that run models, which the package contains as text. Like `compileKernels` of `unrolled`.
 *
 * @param variant as in `createRuntime`
 * @throws ERR_VALUE if the variant is unknown, ERR_WASM if the build cannot be loaded, compiled or run here
 */
export function compileKernels(variant?: Variant | "auto"): Promise<WebAssembly.Module> {
  return compileText(variant, {
    relaxed: () => import("#wasm/run-relaxed.js"),
    strict: () => import("#wasm/run-strict.js"),
  });
}

/**
 * Starts a runtime that runs models. Its kernels give the same results as those of `unrolled`.
 *
 * @throws ERR_VALUE if an option is invalid; ERR_WASM if the kernels cannot run here
 */
export async function createRuntime(options: RuntimeOptions = {}): Promise<Workspace> {
  checkOptions("createRuntime", options, RUNTIME_OPTIONS);
  const { variant, module = await compileKernels(variant) } = options;
  return createRuntimeSync({ ...options, module });
}

/**
 * Starts a runtime synchronously, from a module that is already compiled: any .wasm file of the package.
 *
 * @throws ERR_VALUE if an option is invalid; ERR_WASM if `module` is not a build of this package
 */
export function createRuntimeSync(options: RuntimeOptions & { module: WebAssembly.Module }): Workspace {
  checkOptions("createRuntimeSync", options, RUNTIME_OPTIONS);
  return new Workspace(instantiate(options.module, options.variant), options.seed ?? 1);
}
