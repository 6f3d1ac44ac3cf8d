import { UnrolledError } from "../errors.ts";
import { packedSize } from "../runtime/packed-size.ts";
import { sizeOf } from "../runtime/shapes.ts";
import { expectShape, runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";

/**
 * Returns y = x W^T + b, like torch.nn.functional.linear.
 *
 * @param x [..., I]
 * @param weight [O, I]
 * @param bias [O]
 * @returns [..., O]
 * @throws ERR_SHAPE if a shape does not fit
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const rt = runtimeOfFloats("linear", [x, weight], bias);
  const [O = 0, I = 0] = weight.shape;
  if (weight.shape.length !== 2 || x.shape.length === 0 || x.shape.at(-1) !== I) {
    throw new UnrolledError(
      "ERR_SHAPE",
      `linear: x is [${x.shape}] and weight [${weight.shape}], expected [..., I] and [O, I]`,
    );
  }
  expectShape("linear: bias", bias, [O]);
  const lead = x.shape.slice(0, -1);
  const M = sizeOf(lead);
  const inputs = [x, weight, bias];
  const y = rt.frame(() => {
    const k = rt.kernels;
    const y = rt.output([...lead, O], inputs);
    const packed = rt.scratch(packedSize(I, O));
    k.pack_transposed(packed, weight.ptr, I, I, O);
    k.fill_rows(y.ptr, O, bias?.ptr ?? 0, M, O);
    k.gemm(y.ptr, O, x.ptr, I, packed, M, O, I);
    return y;
  });
  if (y.requiresGrad) {
    rt.record({
      name: "linear",
      inputs,
      outputs: [y],
      backward: () => {
        const k = rt.kernels;
        const dy = y.gradPtr();
        if (x.requiresGrad) {
          const packed = rt.scratch(packedSize(O, I));
          k.pack_rows(packed, weight.ptr, I, O, I);
          k.gemm(x.gradPtr(), I, dy, O, packed, M, I, O);
        }
        if (weight.requiresGrad) k.gemm_tn(weight.gradPtr(), I, dy, O, x.ptr, I, O, I, M);
        if (bias?.requiresGrad) k.sum_rows(bias.gradPtr(), dy, O, M, O);
      },
    });
  }
  return y;
}
