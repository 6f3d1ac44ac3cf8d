import { instantiateSync } from "@assemblyscript/loader";
import { UnrolledError } from "../errors.ts";
import type { Kernels } from "./kernels.ts";

/** `strict`: the same bits in every engine. `relaxed`: fused multiply-add, faster, last bits may differ between CPUs. */
export type Variant = "strict" | "relaxed";

/** An instantiated build with the memory it works on. */
export interface Build {
  readonly variant: Variant;
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
}

/** 1 MiB to begin with; it grows as needed and has no shared or reserved maximum, which iOS would refuse. */
const INITIAL_PAGES = 16;

/** How far build.mjs shifts bytes to make most of them plain letters. */
const TEXT_SHIFT = 36;

// A module with one function that holds the fused multiply-adds that the relaxed build uses and nothing else.
const RELAXED_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 30, 1, 28, 0, 65, 0, 253, 17, 65, 0,
  253, 17, 65, 0, 253, 17, 253, 133, 2, 65, 0, 253, 17, 65, 0, 253, 17, 253, 134, 2, 11,
]);

/** Whether this engine runs the relaxed build. */
export function supportsRelaxed(): boolean {
  return WebAssembly.validate(RELAXED_PROBE);
}

/**
 * Loads a build. `auto` takes the relaxed one where the engine has it. A `module` that the caller has compiled is used as
 * it is, for runtimes that forbid compiling from bytes.
 *
 * @throws ERR_VALUE for an unknown variant or a module of the other one, ERR_WASM where the build cannot run
 */
export async function loadBuild(variant: Variant | "auto", module?: WebAssembly.Module): Promise<Build> {
  if (!["auto", "strict", "relaxed"].includes(variant)) {
    throw new UnrolledError(
      "ERR_VALUE",
      `createRuntime: variant is ${String(variant)}, expected auto, strict or relaxed`,
    );
  }
  if (module) return instantiate(module, variant);
  const relaxed = supportsRelaxed();
  if (variant === "relaxed" && !relaxed) {
    throw new UnrolledError(
      "ERR_WASM",
      "createRuntime: this engine has no relaxed SIMD, use variant auto or strict (Node 20 has it behind " +
        "--experimental-wasm-relaxed-simd)",
    );
  }
  const { default: text } = await (relaxed && variant !== "strict"
    ? import("#wasm/relaxed.js")
    : import("#wasm/strict.js"));
  let compiled: WebAssembly.Module;
  try {
    compiled = await WebAssembly.compile(decode(text));
  } catch (cause) {
    throw new UnrolledError(
      "ERR_WASM",
      `createRuntime: the kernels do not compile here (${String(cause)}). They need WebAssembly SIMD; where compiling ` +
        "from bytes is forbidden, pass `module`, a WebAssembly.Module of one of the .wasm files",
      { cause },
    );
  }
  return instantiate(compiled, variant);
}

function instantiate(module: WebAssembly.Module, variant: Variant | "auto"): Build {
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES });
  const kernels = link(module, memory);
  const found: Variant = kernels.relaxed() ? "relaxed" : "strict";
  if (variant !== "auto" && variant !== found) {
    throw new UnrolledError(
      "ERR_VALUE",
      `createRuntime: the module is the ${found} build, but variant is ${variant}`,
    );
  }
  return { variant: found, kernels, memory };
}

function link(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  let cause: unknown;
  try {
    const kernels = instantiateSync(module, { env: { memory } }).exports as unknown as Partial<Kernels>;
    if (kernels.relaxed) return kernels as Kernels;
  } catch (error) {
    cause = error;
  }
  throw new UnrolledError(
    "ERR_WASM",
    "createRuntime: `module` is not a WebAssembly.Module of one of this package's .wasm files",
    { cause },
  );
}

/** Bytes from a character each, as build.mjs writes them. */
function decode(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i) - TEXT_SHIFT;
  return bytes;
}
