import { layerNorm } from "../autograd/layer-norm.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { Norm } from "./norm.ts";
import { PackedNorm } from "./stream/norm.ts";

/** Normalises each vector over its features, like torch.nn.LayerNorm. The result is the same in training and inference. */
export class LayerNorm extends Norm {
  static override readonly name: string = "LayerNorm";

  forward(x: Tensor, batchSizes?: Int32Array): Tensor {
    this.checkFeatures(x);
    return layerNorm(x, { weight: this.weight, bias: this.bias, eps: this.eps, batchSizes });
  }

  pack(): PackedNorm {
    const { runtime: rt, numFeatures: N, eps, weight, bias } = this;
    rt.checkFloats("pack", weight, bias);
    const block = rt.allocate(2 * N);
    const values = rt
      .floats(block, 2 * N)
      .fill(0)
      .fill(1, 0, N);
    if (weight) values.set(weight.data);
    if (bias) values.set(bias.data, N);
    return new PackedNorm(rt, block, (y, x, rows) =>
      rt.kernels.layer_norm_forward(y, x, block, block + N * 4, rows, N, eps),
    );
  }
}
