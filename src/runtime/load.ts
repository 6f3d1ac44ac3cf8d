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

/**
 * A WebAssembly module with one function, which decodes UTF-8 in place: each character below U+0100 becomes the byte that is `shift`
 * minus its code. It takes the number of bytes and `shift`, and returns the number of characters. As a loop in JavaScript it would take
 * 3 ms of the 12 from import to the first step, because the loop runs before it is compiled.
 */
const DECODER = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 127, 127, 1, 127, 2, 6, 1, 0, 0, 2, 0, 0, 3, 2, 1, 0, 7, 4, 1,
  0, 0, 0, 10, 82, 1, 80, 1, 3, 127, 2, 64, 3, 64, 32, 2, 32, 0, 79, 13, 1, 32, 2, 45, 0, 0, 34, 4, 65, 128,
  1, 79, 4, 64, 32, 4, 65, 6, 116, 32, 2, 65, 1, 106, 34, 2, 45, 0, 0, 65, 63, 113, 114, 33, 4, 11, 32, 3, 32,
  1, 32, 4, 107, 58, 0, 0, 32, 3, 65, 1, 106, 33, 3, 32, 2, 65, 1, 106, 33, 2, 12, 0, 11, 11, 32, 3, 11,
]);

/** Decodes the text of a build. build.mjs wrote each byte as one character. Its code is TEXT_SHIFT minus the byte, modulo 256. */
export function decode(text: string): Uint8Array<ArrayBuffer> {
  const memory = new WebAssembly.Memory({ initial: (text.length >> 15) + 1 });
  const { written } = new TextEncoder().encodeInto(text, new Uint8Array(memory.buffer));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(DECODER), { "": { "": memory } });
  const length = (exports[""] as (bytes: number, shift: number) => number)(written, TEXT_SHIFT);
  return new Uint8Array(memory.buffer as ArrayBuffer, 0, length);
}
