import { UnrolledError } from "../../errors.ts";
import { packedSize } from "../../runtime/packed-size.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Dtype } from "./packed.ts";

/** Packs w [O, I], a matrix at an address, for products x w^T. Returns the address of the packed matrix. */
export function packMatrix(rt: Runtime, dtype: Dtype, w: number, O: number, I: number): number {
  if (dtype === "int8") throw new UnrolledError("ERR_VALUE", "pack: int8 is not there yet, use f32");
  const packed = rt.allocate(packedSize(I, O));
  rt.kernels.pack_transposed(packed, w, I, I, O);
  return packed;
}
