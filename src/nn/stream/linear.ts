import { eachPart, type Weight } from "../../runtime/weight.ts";
import type { Workspace } from "../../runtime/workspace.ts";
import { Packed } from "./packed.ts";
import { type EachRows, freePacked, type Packing, packMatrices } from "./packing.ts";

/** The fields of a `Linear` module that packing reads. */
export interface LinearWeights {
  readonly runtime: Workspace;
  /** [out, in] */
  readonly weight: Weight;
  /** [out] */
  readonly bias: Weight | undefined;
}

/** The weights of a linear layer packed for streams. Freed by `dispose`. */
export class PackedLinear extends Packed {
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly #weight: number;
  readonly #bias: number;

  constructor(layer: LinearWeights, packing: Packing) {
    const { runtime: rt } = layer;
    super(rt);
    [this.inFeatures, this.outFeatures, this.#weight, this.#bias] = rt.frame(() => {
      const { weight, bias } = layer;
      for (const part of [weight, bias]) part?.assertUsable?.();
      const [O = 0, I = 0] = weight.shape;
      const rows = () => (use: Parameters<EachRows>[0]) => eachPart(rt, weight, 0, O, use);
      const [packed, row] = [packMatrices(rt, packing, I, [O], rows), rt.allocate(O)];
      rt.kernels.fill_rows(row, O, bias?.ptr ?? 0, 1, O);
      return [I, O, packed, row];
    });
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
