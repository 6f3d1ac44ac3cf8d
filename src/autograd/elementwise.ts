import { UnrolledError } from "../errors.ts";
import type { Tensor } from "../runtime/tensor.ts";

/** Checks that a and b are floats of the same shape. @throws ERR_SHAPE, ERR_DTYPE */
export function checkSameShape(name: string, a: Tensor, b: Tensor): void {
  a.runtime.checkFloats(name, a, b);
  if (String(a.shape) !== String(b.shape)) {
    throw new UnrolledError("ERR_SHAPE", `${name}: shapes [${a.shape}] and [${b.shape}] differ`);
  }
}

/** Returns a + b; both have the same shape. */
export function add(a: Tensor, b: Tensor): Tensor {
  checkSameShape("add", a, b);
  const rt = a.runtime;
  const y = rt.output(a.shape, [a, b]);
  rt.kernels.add_forward(y.ptr, a.ptr, b.ptr, a.size);
  if (y.requiresGrad) {
    rt.record({
      name: "add",
      inputs: [a, b],
      outputs: [y],
      backward: () => {
        for (const x of [a, b]) {
          if (x.requiresGrad) rt.kernels.add_scaled(x.gradPtr(), y.gradPtr(), 1, x.size);
        }
      },
    });
  }
  return y;
}

/** Returns a * b, elementwise; both have the same shape. */
export function multiply(a: Tensor, b: Tensor): Tensor {
  checkSameShape("multiply", a, b);
  const rt = a.runtime;
  const y = rt.output(a.shape, [a, b]);
  rt.kernels.multiply_forward(y.ptr, a.ptr, b.ptr, a.size);
  if (y.requiresGrad) {
    rt.record({
      name: "multiply",
      inputs: [a, b],
      outputs: [y],
      backward: () => {
        if (a.requiresGrad) rt.kernels.multiply_add(a.gradPtr(), y.gradPtr(), b.ptr, a.size);
        if (b.requiresGrad) rt.kernels.multiply_add(b.gradPtr(), y.gradPtr(), a.ptr, a.size);
      },
    });
  }
  return y;
}

/** Returns factor * x. */
export function scale(x: Tensor, factor: number): Tensor {
  const rt = x.runtime;
  rt.checkFloats("scale", x);
  const y = rt.output(x.shape, [x]);
  rt.kernels.fill_rows(y.ptr, x.size, 0, 1, x.size);
  rt.kernels.add_scaled(y.ptr, x.ptr, factor, x.size);
  if (y.requiresGrad) {
    rt.record({
      name: "scale",
      inputs: [x],
      outputs: [y],
      backward: () => rt.kernels.add_scaled(x.gradPtr(), y.gradPtr(), factor, x.size),
    });
  }
  return y;
}

/** Returns the sum of all elements, of shape []; added up in float64. */
export function sum(x: Tensor): Tensor {
  const rt = x.runtime;
  rt.checkFloats("sum", x);
  const y = rt.output([], [x]);
  y.data[0] = rt.kernels.total(x.ptr, x.size);
  if (y.requiresGrad) {
    rt.record({
      name: "sum",
      inputs: [x],
      outputs: [y],
      backward: () => {
        const dy = rt.floats(y.gradPtr(), 1)[0]!;
        const dx = rt.floats(x.gradPtr(), x.size);
        for (let i = 0; i < dx.length; i++) dx[i]! += dy;
      },
    });
  }
  return y;
}

/** Returns the mean of all elements, of shape []. */
export function mean(x: Tensor): Tensor {
  return x.runtime.frame(() => scale(sum(x), 1 / x.size));
}
