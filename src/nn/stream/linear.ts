import type { Linear } from "../linear.ts";
import { freePacked, packMatrices } from "./matrix.ts";
import { type Dtype, Packed } from "./packed.ts";

/** The weights of a linear layer packed for streams. Freed by `dispose`. */
export class PackedLinear extends Packed {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly #weight: number;
  readonly #bias: number;

  constructor({ runtime: rt, weight, bias }: Pick<Linear, "runtime" | "weight" | "bias">, dtype: Dtype) {
    super(rt);
    rt.checkFloats("pack", weight, bias);
    const [O = 0, I = 0] = weight.shape;
    this.inFeatures = I;
    this.outFeatures = O;
    [this.#weight, this.#bias] = rt.frame(() => [
      packMatrices(rt, dtype, weight.ptr, [O], I),
      rt.allocate(O),
    ]);
    rt.kernels.fill_rows(this.#bias, O, bias?.ptr ?? 0, 1, O);
  }

  /** Computes y [B, O] = x W^T + b for x [B, I]; y and x are memory addresses. */
  run(y: number, x: number, B: number): void {
    const { runtime: rt, inFeatures: I, outFeatures: O } = this;
    rt.kernels.fill_rows(y, O, this.#bias, B, O);
    rt.kernels.gemm(y, O, x, I, this.#weight, B, O, I);
  }

  protected override free(): void {
    freePacked(this.runtime, this.#weight);
    this.runtime.free(this.#bias);
  }
}
