import { expect, it } from "vitest";
import { readKernels } from "../../scripts/read-kernels.mjs";
import { type BuildName, describeBuilds, wasmOf } from "../builds.ts";

/** Counts what may be relaxed SIMD instructions (opcodes 253, 256 to 303) in the code section; never misses one. */
function relaxedInstructions(name: BuildName): number {
  const code = section(wasmOf(name), 10);
  let count = 0;
  for (let i = 0; i + 2 < code.length; i++) {
    if (code[i] === 0xfd && code[i + 1]! >= 0x80 && code[i + 1]! < 0xb0 && code[i + 2] === 0x02) count++;
  }
  return count;
}

/** Returns the contents of the first section with this number. */
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

it("only the relaxed build contains relaxed instructions", () => {
  expect(relaxedInstructions("strict")).toBe(0);
  expect(relaxedInstructions("debug")).toBe(0);
  expect(relaxedInstructions("relaxed")).toBeGreaterThan(100);
});

describeBuilds("exports", ({ name, kernels }) => {
  it("are the kernels that the host knows, with the arguments that it passes", () => {
    const known = readKernels().files.flatMap((file) => file.kernels);
    const env = { memory: new WebAssembly.Memory({ initial: 4 }), abort: () => {} };
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasmOf(name)), { env });
    const functions = Object.entries(exports).filter(([, value]) => typeof value === "function");
    expect(Object.fromEntries(functions.map(([kernel, f]) => [kernel, (f as () => void).length]))).toEqual(
      Object.fromEntries(known.map(({ name, parameters }) => [name, parameters.length])),
    );
  });

  it("say which build it is", () => {
    expect(Boolean(kernels.relaxed())).toBe(name.endsWith("relaxed"));
  });
});
