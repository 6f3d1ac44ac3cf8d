import { PANEL } from "../../runtime/kernels.ts";
import { allKernels, type Workspace } from "../../runtime/workspace.ts";
import type { Dtype } from "./packed.ts";
import { FLOATS, type Packing } from "./packing.ts";

/** Entries of a table that are quantised at once. More would need more memory for floats. */
const CHUNK = 64;

/** 8-bit integers with a scale for each row, in panels of 32 outputs: see assembly/int8.ts. */
const INT8: Packing = {
  most: 65_536, // sums of more would not be exact
  tag: 1,
  size: (rt, I, O) => allKernels(rt).int8_size(I, O, PANEL) / 4,
  write: (rt, to, I, O, each) =>
    rt.frame(() => {
      const rows = rt.scratch(O * I);
      each((ptr, first, count) => {
        const n = count * I;
        rt.kernels.copy_rows(rows + first * I * 4, n, ptr, n, 1, n);
      });
      allKernels(rt).pack_int8(to, rows, I, I, O, PANEL);
    }),
  table(rt, { V, blocks, H, add }) {
    const k = allKernels(rt);
    const size = blocks * H;
    const entry = k.int8_size(H, blocks, 1);
    const table = rt.allocate((V * entry) / 4);
    rt.frame(() => {
      const floats = rt.scratch(CHUNK * size);
      for (let from = 0; from < V; from += CHUNK) {
        const n = Math.min(CHUNK, V - from);
        k.fill_rows(floats, size, 0, n, size);
        add(floats, size, from, n);
        k.pack_int8(table + from * entry, floats, H, H, n * blocks, 1);
      }
    });
    return table + 1;
  },
};

/**
 * Tells whether the engine's products are right. V8 11.3 (Node 20 with the flag for relaxed SIMD) loses sums as long as it has not
 * optimised the kernel.
 */
function worksHere(rt: Workspace): boolean {
  return rt.frame(() => {
    const k = allKernels(rt);
    const [ones, packed] = [rt.scratch(9), rt.scratch(k.int8_size(8, 1, PANEL) / 4)];
    const values = rt.floats(ones, 9).fill(1);
    k.pack_int8(packed, ones, 8, 8, 1, PANEL);
    k.gemm(ones + 32, 1, ones, 8, packed + 1, 1, 1, 8);
    return Math.round(values[8]!) === 9; // 1 + 8
  });
}

/** Returns the form of packed weights of a type. It is floats if the engine's products of integers are wrong. */
export function packingOf(rt: Workspace, dtype: Dtype): Packing {
  return dtype === "int8" && worksHere(rt) ? INT8 : FLOATS;
}
