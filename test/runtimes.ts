import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { type ErrorCode, UnrolledError } from "../src/errors.ts";
import { createRuntime, type Runtime } from "../src/runtime/runtime.ts";
import type { Tensor } from "../src/runtime/tensor.ts";
import { supportsRelaxed, type Variant } from "../src/runtime/variant.ts";

const NO_RELAXED =
  "not run: this engine has no relaxed SIMD; use Node 20 with --experimental-wasm-relaxed-simd, as vitest.config.ts does, or a later Node";

const modules = new Map<Variant, WebAssembly.Module>();

/** Starts a runtime on a build that is compiled once for all tests of a file. */
export async function startRuntime(variant: Variant = "strict", seed = 1): Promise<Runtime> {
  let module = modules.get(variant);
  if (!module) {
    const file = new URL(`../dist/named/${variant}.wasm`, import.meta.url);
    module = new WebAssembly.Module(new Uint8Array(readFileSync(file)));
    modules.set(variant, module);
  }
  return createRuntime({ variant, module, seed });
}

/** Describes `subject` on the strict and the relaxed build; `rt()` is a new runtime for each test. */
export function describeRuntimes(
  subject: string,
  define: (rt: () => Runtime, variant: Variant) => void,
): void {
  for (const variant of ["strict", "relaxed"] as const) {
    const missing = variant === "relaxed" && !supportsRelaxed() ? NO_RELAXED : "";
    describe.skipIf(missing)(`${subject} [${variant}]${missing && ` ${missing}`}`, () => {
      let runtime: Runtime;
      beforeEach(async () => {
        runtime = await startRuntime(variant);
      });
      afterEach(() => runtime.dispose());
      define(() => runtime, variant);
    });
  }
}

/** Expects an `UnrolledError` with this code and a message that matches all patterns. */
export function expectError(f: () => unknown, code: ErrorCode, ...patterns: (string | RegExp)[]): void {
  let error: unknown;
  try {
    f();
  } catch (thrown) {
    error = thrown;
  }
  expect(error, "nothing was thrown").toBeInstanceOf(UnrolledError);
  const { code: found, message } = error as UnrolledError;
  expect(found, message).toBe(code);
  for (const pattern of patterns) expect(message).toMatch(pattern);
}

/** Does what `expectError` does, for a promise. */
export async function expectRejection(
  promise: Promise<unknown>,
  code: ErrorCode,
  ...patterns: (string | RegExp)[]
): Promise<void> {
  const result = await promise.then(
    () => () => {},
    (error) => () => {
      throw error;
    },
  );
  expectError(result, code, ...patterns);
}

/** Collects the values of an iterable. */
export async function all<T>(iterable: Iterable<T> | AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}

/** Copies the gradient of a tensor; throws if it has none. */
export function gradientOf(tensor: Tensor): Float32Array {
  if (!tensor.grad) throw new Error(`the tensor of shape [${tensor.shape}] has no gradient`);
  return tensor.grad.toArray();
}
