import { expect, it } from "vitest";
import type { Kernels } from "../../src/runtime/kernels.ts";
import { type BuildName, describeBuilds, wasmOf } from "../builds.ts";

/** Number of arguments of every kernel. */
const KERNELS: Record<keyof Kernels, number> = {
  heap_base: 0,
  relaxed: 0,
  pack_rows: 5,
  pack_transposed: 5,
  gemm: 8,
  gemm_tn: 9,
  fill_rows: 5,
  copy_rows: 6,
  add_rows: 6,
  sum_rows: 5,
  gather_rows: 7,
  scatter_add_rows: 7,
  add_transposed: 6,
  activation_forward: 6,
  activation_backward: 7,
  add_forward: 4,
  add_scaled: 4,
  multiply_forward: 4,
  multiply_add: 4,
  total: 2,
  first_nonfinite: 2,
  recurrent_forward: 13,
  recurrent_backward: 16,
  softmax_forward: 4,
  softmax_backward: 5,
  log_softmax_forward: 4,
  log_softmax_backward: 5,
  cross_entropy_forward: 10,
  cross_entropy_backward: 10,
  soft_cross_entropy_forward: 8,
  soft_cross_entropy_backward: 9,
  layer_norm_forward: 7,
  layer_norm_backward: 8,
  column_sums: 6,
  scale_columns: 5,
  batch_norm_backward: 6,
  fill_uniform: 6,
  dropout: 6,
  sample: 8,
  sum_of_powers: 3,
  largest_magnitude: 2,
  scale: 3,
  clip_value: 3,
  sgd: 10,
  rmsprop: 12,
  adagrad: 7,
  adadelta: 9,
  adam: 15,
};

/** Number of relaxed SIMD instructions (opcodes 253, 256 to 303) that the code section may hold; it cannot miss one. */
function relaxedInstructions(name: BuildName): number {
  const code = section(wasmOf(name), 10);
  let count = 0;
  for (let i = 0; i + 2 < code.length; i++) {
    if (code[i] === 0xfd && code[i + 1]! >= 0x80 && code[i + 1]! < 0xb0 && code[i + 2] === 0x02) count++;
  }
  return count;
}

/** The contents of the first section with this number. */
function section(wasm: Uint8Array, id: number): Uint8Array {
  let at = 8;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++]!;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  while (at < wasm.length) {
    const found = wasm[at++];
    const size = number();
    if (found === id) return wasm.subarray(at, at + size);
    at += size;
  }
  throw new Error(`no section ${id}`);
}

it("only the relaxed build holds relaxed instructions", () => {
  expect(relaxedInstructions("strict")).toBe(0);
  expect(relaxedInstructions("debug")).toBe(0);
  expect(relaxedInstructions("relaxed")).toBeGreaterThan(100);
});

describeBuilds("exports", ({ name, kernels }) => {
  it("are the kernels that the host knows, with the arguments that it gives", () => {
    const env = { memory: new WebAssembly.Memory({ initial: 4 }), abort: () => {} };
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasmOf(name)), { env });
    const functions = Object.entries(exports).filter(([, value]) => typeof value === "function");
    expect(Object.fromEntries(functions.map(([kernel, f]) => [kernel, (f as () => void).length]))).toEqual(
      KERNELS,
    );
  });

  it("say which build it is", () => {
    expect(Boolean(kernels.relaxed())).toBe(name === "relaxed");
  });
});
