import type { Workspace } from "../../runtime/workspace.ts";
import { Packed } from "./packed.ts";

/** A normalisation for streams, in inference mode. Its parameters are copies, so training does not change them. */
export class PackedNorm extends Packed {
  /** Normalises x [rows, N] into y [rows, N]. y and x are memory addresses and may be equal. Allocates nothing. */
  readonly run: (y: number, x: number, rows: number) => void;
  readonly #block: number;

  /** @param block address of the memory that `run` reads and `dispose` frees */
  constructor(runtime: Workspace, block: number, run: PackedNorm["run"]) {
    super(runtime);
    this.#block = block;
    this.run = run;
  }

  protected override free(): void {
    this.runtime.free(this.#block);
  }
}

type Numbers = ArrayLike<number>;

/** Packs a layer normalisation of N features. @param weight the factors, default 1 @param bias what is added, default 0 */
export function packLayerNorm(
  rt: Workspace,
  {
    N,
    eps,
    weight,
    bias,
  }: { N: number; eps: number; weight?: Numbers | undefined; bias?: Numbers | undefined },
): PackedNorm {
  const block = rt.allocate(2 * N);
  const values = rt
    .floats(block, 2 * N)
    .fill(0)
    .fill(1, 0, N);
  if (weight) values.set(weight);
  if (bias) values.set(bias, N);
  return new PackedNorm(rt, block, (y, x, rows) =>
    rt.kernels.layer_norm_forward(y, x, block, block + N * 4, rows, N, eps),
  );
}

/** Packs a batch normalisation. @param values scales, then shifts, [2, N] */
export function packBatchNorm(rt: Workspace, values: Float64Array): PackedNorm {
  const N = values.length / 2;
  const columns = rt.allocate(4 * N);
  rt.doubles(columns, 2 * N).set(values);
  return new PackedNorm(rt, columns, (y, x, rows) => rt.kernels.scale_columns(y, x, columns, rows, N));
}
