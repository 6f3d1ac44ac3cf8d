import { checkValue } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { Kernels } from "../runtime/kernels.ts";
import { runtimeOf, runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";

/** Checks a and b. @throws ERR_SHAPE if their shapes differ, ERR_DTYPE if one of them is int32 */
export function checkSameShape(name: string, a: Tensor, b: Tensor): void {
  runtimeOfFloats(name, [a, b]);
  if (String(a.shape) !== String(b.shape)) {
    throw new UnrolledError("ERR_SHAPE", `${name}: shapes [${a.shape}] and [${b.shape}] differ`);
  }
}

/**
 * Runs an operation on two tensors of the same shape.
 *
 * @param backward adds to the gradient of the input `x`. `dy` is the address of the result's gradient. `other` is the other input
 */
function binary(
  name: string,
  a: Tensor,
  b: Tensor,
  forward: Kernels["add_forward"],
  backward: (x: Tensor, dy: number, other: Tensor) => void,
): Tensor {
  checkSameShape(name, a, b);
  const rt = a.runtime;
  const y = rt.output(a.shape, [a, b]);
  forward(y.ptr, a.ptr, b.ptr, a.size);
  if (y.requiresGrad) {
    rt.record({
      name,
      inputs: [a, b],
      outputs: [y],
      backward: () => {
        if (a.requiresGrad) backward(a, y.gradPtr(), b);
        if (b.requiresGrad) backward(b, y.gradPtr(), a);
      },
    });
  }
  return y;
}

/** Returns a + b. @throws ERR_SHAPE unless `a` and `b` have the same shape */
export function add(a: Tensor, b: Tensor): Tensor {
  const k = runtimeOf("add", a, b).kernels;
  return binary("add", a, b, k.add_forward, (x, dy) => k.add_scaled(x.gradPtr(), dy, 1, x.size));
}

/** Returns a * b, elementwise. @throws ERR_SHAPE unless `a` and `b` have the same shape */
export function multiply(a: Tensor, b: Tensor): Tensor {
  const k = runtimeOf("multiply", a, b).kernels;
  return binary("multiply", a, b, k.multiply_forward, (x, dy, other) =>
    k.multiply_add(x.gradPtr(), dy, other.ptr, x.size),
  );
}

/** Returns factor * x. @throws ERR_VALUE if `factor` is not a number */
export function scale(x: Tensor, factor: number): Tensor {
  const rt = runtimeOfFloats("scale", [x]);
  checkValue("scale: factor", factor, { expected: "a number", test: (value) => typeof value === "number" });
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

/**
 * Returns the sum of all elements, of shape []. Adds in float64.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const x = rt.tensor([1, 2, 3, 4], [2, 2]);
 * console.log(sum(x).item()); // 10
 * ```
 */
export function sum(x: Tensor): Tensor {
  const rt = runtimeOfFloats("sum", [x]);
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
  return runtimeOf("mean", x).frame(() => scale(sum(x), 1 / x.size));
}
