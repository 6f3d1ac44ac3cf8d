/**
 * Kernels for vectors of 256 bits in Node.
 *
 * @module unrolled/wide
 */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { checkChoice, checkOptions } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { compileKernels } from "../runtime/load.ts";
import { chooseVariant, type Variant } from "../runtime/variant.ts";
import { trainOneStep } from "./self-test.ts";

/** Options of {@link wideKernels}. */
export interface WideOptions {
  /** As in `createRuntime`. */
  variant?: Variant | "auto";
  /**
   * - `auto` (default): 256 bits if this is Node 24 or later on an x64 processor that is known to have AVX2, which is found out on
   *   Linux only, and if a self-test gives the same bits as the ordinary kernels
   * - `on`: 256 bits, or an error
   * - `off`: the ordinary kernels, as from `compileKernels`
   */
  wide?: "auto" | "on" | "off";
}

/** The kernels that {@link wideKernels} chose. */
export interface WideKernels {
  /** Compiled kernels, for `createRuntime`, `connect` and threads. */
  readonly module: WebAssembly.Module;
  /** Whether they use vectors of 256 bits. */
  readonly wide: boolean;
}

/** The flag of V8 that combines pairs of vectors of 128 bits. Before V8 13.6 it is missing, or the kernels are slower with it. */
const FLAG = "experimental-wasm-revectorize";
const V8 = [13, 6] as const;

/**
 * Compiles kernels for vectors of 256 bits, which make training 1.7 to 1.8 times as fast. WebAssembly has vectors of 128 bits only.
 * An experimental flag of V8 combines pairs of them. This function sets the flag, which then holds for the whole process and its
 * threads. So it is meant for programs, not for libraries. Results have the same bits as those of the ordinary kernels.
 *
 * @throws ERR_VALUE if an option is invalid; ERR_WASM if `wide` is `on` and 256 bits are not possible here, or if the kernels
 *   cannot be loaded
 *
 * @example
 * ```js
 * import { wideKernels } from "unrolled/wide";
 *
 * const { module } = await wideKernels({ variant: "strict" });
 * const rt = await createRuntime({ module });
 * console.log(rt.variant); // strict
 * ```
 */
export async function wideKernels(options: WideOptions = {}): Promise<WideKernels> {
  const { variant, wide = "auto" } = checkOptions("wideKernels", options, "variant wide");
  checkChoice("wideKernels: wide", wide, ["auto", "on", "off"]);
  const chosen = chooseVariant(variant);
  const ordinary = await compileKernels(chosen);
  if (wide === "off") return { module: ordinary, wide: false };
  const obstacle = obstacleHere(wide === "auto");
  const module = obstacle ? undefined : compileWide(chosen, ordinary);
  if (module) return { module, wide: true };
  if (wide === "auto") return { module: ordinary, wide: false };
  throw new UnrolledError(
    "ERR_WASM",
    `wideKernels: vectors of 256 bits are not possible here: ${obstacle ?? "the kernels gave other results in a self-test"}; ` +
      "use wide auto or off",
  );
}

/** Returns why the flag cannot be used here. @param sure whether the processor's vectors must be known */
function obstacleHere(sure: boolean): string | undefined {
  const { v8 = "", bun, deno } = process.versions as Record<string, string | undefined>;
  const [major = 0, minor = 0] = v8.split(".").map(Number);
  if (bun || deno || major < V8[0] || (major === V8[0] && minor < V8[1]))
    return `it needs Node 24 or later, this is ${bun ? "Bun" : deno ? "Deno" : `Node ${process.version}`}`;
  if (process.arch !== "x64") return `it needs an x64 processor, this is ${process.arch}`;
  const known = existsSync(CPUS) ? /\bavx2\b/.test(readFileSync(CPUS, "utf8")) : !sure;
  return known ? undefined : "the processor has no AVX2, or it is not known";
}

/** Where Linux lists what the processor has. */
const CPUS = "/proc/cpuinfo";

/**
 * Sets the flag and compiles the kernels with it. Returns undefined, and unsets the flag, if a step of training does not give the
 * same bits as with the ordinary kernels.
 */
function compileWide(variant: Variant, ordinary: WebAssembly.Module): WebAssembly.Module | undefined {
  const file = new URL(`./wasm/wide-${variant}.wasm`, import.meta.url);
  if (!existsSync(file)) {
    throw new UnrolledError(
      "ERR_WASM",
      `wideKernels: ${fileURLToPath(file)} does not exist; a bundler must leave unrolled/wide out of its bundle`,
    );
  }
  const bytes = new Uint8Array(readFileSync(file));
  const expected = trainOneStep(ordinary);
  setFlagsFromString(`--${FLAG}`);
  if (agrees(bytes, expected)) return new WebAssembly.Module(bytes);
  setFlagsFromString(`--no-${FLAG}`);
  return undefined;
}

/** An empty custom section. */
const SECTION = [0, 1, 0] as const;

/** V8's default number of bytes that a function runs before V8 optimises it. */
const TIERING_BUDGET = 13_000_000;

/**
 * Returns whether kernels give the expected numbers also after V8 has optimised them. For the test V8 optimises a function after
 * a few calls, and waits for it. The section makes the module another one than that of the program, which V8 optimises as usual.
 */
function agrees(bytes: Uint8Array, expected: readonly number[]): boolean {
  setFlagsFromString("--wasm-sync-tier-up");
  setFlagsFromString("--wasm-tiering-budget=1000");
  try {
    const module = new WebAssembly.Module(new Uint8Array([...bytes, ...SECTION]));
    const runs = [1, 2, 3].map(() => trainOneStep(module));
    return runs.every((found) => found.every((value, i) => Object.is(value, expected[i])));
  } finally {
    setFlagsFromString("--no-wasm-sync-tier-up");
    setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`);
  }
}
