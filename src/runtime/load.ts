import { UnrolledError } from "../errors.ts";
import type { Kernels, RunKernels } from "./kernels.ts";
import { chooseVariant, type Variant } from "./variant.ts";

/** A build of the kernels (strict or relaxed), instantiated, and the memory that the kernels work on. */
export interface Build<K extends RunKernels = Kernels> {
  readonly variant: Variant;
  /** @internal */
  readonly kernels: K;
  readonly memory: WebAssembly.Memory;
}

/** Initial size of the memory: 1 MiB. It grows as needed. No `shared` and no `maximum` are given, because iOS refuses them. */
const INITIAL_PAGES = 16;

/** The character code of a byte in the text of a build is this number minus the byte, modulo 256. As in build.mjs. */
const TEXT_SHIFT = 122;

/**
 * Compiles the kernels, which the package contains as text. The module can be posted to workers, so that they need not compile
 * the kernels again. It can also be posted to an AudioWorklet, which passes it to `createRuntimeSync`. If a call fails, it can be
 * repeated.
 *
 * @param variant as in `createRuntime`
 * @throws ERR_VALUE if the variant is unknown, ERR_WASM if the build cannot be loaded, compiled or run here
 */
export async function compileKernels(variant?: Variant | "auto"): Promise<WebAssembly.Module> {
  return compileText(variant, {
    relaxed: () => import("#wasm/relaxed.js"),
    strict: () => import("#wasm/strict.js"),
  });
}

/** Imports the text of a build. Each build is a separate module, so that only the chosen build is downloaded. */
type ImportText = () => Promise<{ default: string }>;

/** Compiles the build of the variant. @throws the errors of `compileKernels` */
export async function compileText(
  variant: Variant | "auto" | undefined,
  texts: Readonly<Record<Variant, ImportText>>,
): Promise<WebAssembly.Module> {
  const chosen = chooseVariant(variant);
  try {
    const { default: text } = await again(texts[chosen]);
    return await WebAssembly.compile(decode(text));
  } catch (cause) {
    throw new UnrolledError(
      "ERR_WASM",
      `createRuntime: the kernels do not load (${String(cause)}). They need WebAssembly SIMD; if compiling is ` +
        "forbidden, pass `module`, a WebAssembly.Module of a .wasm file of this package",
      { cause },
    );
  }
}

/** Imports a text, and tries a second time if a browser could not fetch it. */
async function again(importText: ImportText): ReturnType<ImportText> {
  try {
    return await importText();
  } catch (error) {
    // If a browser failed to fetch a module, it does not try the same URL again. So the URL is changed.
    const url = String(error).match(/dynamically imported module: (\S+)/)?.[1];
    if (!url) throw error;
    return import(/* webpackIgnore: true */ /* @vite-ignore */ `${url}#${Date.now()}`);
  }
}

/**
 * Instantiates a compiled build.
 *
 * @throws ERR_VALUE if `module` is not of the given variant, ERR_WASM if `module` is not one of the package's builds
 */
export function instantiate(
  module: WebAssembly.Module,
  variant: Variant | "auto" = "auto",
): Build<Partial<Kernels> & RunKernels> {
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

function link(module: WebAssembly.Module, memory: WebAssembly.Memory): Partial<Kernels> & RunKernels {
  let cause: unknown;
  try {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    if (exports.relaxed) return exports as unknown as Kernels;
  } catch (error) {
    cause = error;
  }
  throw new UnrolledError(
    "ERR_WASM",
    "createRuntime: `module` is not a WebAssembly.Module of a .wasm file of this package",
    { cause },
  );
}

/** Decodes the text of a build. build.mjs wrote each byte as one character. Its code is the byte plus TEXT_SHIFT, modulo 256. */
function decode(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = TEXT_SHIFT - text.charCodeAt(i);
  return bytes;
}
