import type { Tensor } from "../runtime/tensor.ts";

/** Returns t y + (1 - t) x, elementwise. It is a gated skip connection (Srivastava et al., "Highway networks", 2015). The shapes are equal. */
export function highway(y: Tensor, x: Tensor, t: Tensor): Tensor {
  const rt = y.runtime;
  const n = y.size;
  /** Writes y - x to address `to`. */
  const difference = (to: number): void => {
    rt.kernels.copy_rows(to, n, y.ptr, n, 1, n);
    rt.kernels.add_scaled(to, x.ptr, -1, n);
  };
  const z = rt.output(y.shape, [y, x, t]);
  difference(z.ptr);
  rt.kernels.multiply_forward(z.ptr, z.ptr, t.ptr, n);
  rt.kernels.add_forward(z.ptr, z.ptr, x.ptr, n);
  if (z.requiresGrad) {
    rt.record({
      name: "highway",
      inputs: [y, x, t],
      outputs: [z],
      backward: () => {
        const k = rt.kernels;
        const dz = z.gradPtr();
        const work = rt.scratch(n);
        if (t.requiresGrad) {
          difference(work);
          k.multiply_add(t.gradPtr(), dz, work, n);
        }
        k.multiply_forward(work, dz, t.ptr, n);
        if (y.requiresGrad) k.add_scaled(y.gradPtr(), work, 1, n);
        if (x.requiresGrad) {
          k.add_scaled(x.gradPtr(), dz, 1, n);
          k.add_scaled(x.gradPtr(), work, -1, n);
        }
      },
    });
  }
  return z;
}
