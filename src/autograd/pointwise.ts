import { UnrolledError } from "../errors.ts";
import { runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";

/** A function of one or two numbers. @param y its result, for derivatives that follow from it */
export type Derivative = (a: number, b: number, y: number) => number;

/**
 * Returns f(a) or f(a, b) for each element. The function runs in JavaScript: for functions that have no kernel.
 *
 * @param name the function's name, for errors
 * @param inputs one or two tensors of the same shape
 * @param derivatives the derivative with respect to each input
 * @throws ERR_SHAPE if the shapes differ
 */
export function pointwise(
  name: string,
  inputs: readonly [Tensor, Tensor?],
  f: (a: number, b: number) => number,
  derivatives: readonly Derivative[],
): Tensor {
  const [x, other = x] = inputs;
  const rt = runtimeOfFloats(name, [x, other]);
  if (String(x.shape) !== String(other.shape)) {
    throw new UnrolledError("ERR_SHAPE", `${name}: shapes [${x.shape}] and [${other.shape}] differ`);
  }
  const y = rt.output(x.shape, inputs);
  const read = () => [x, other, y].map(({ ptr, size }) => rt.floats(ptr, size)) as Float32Array[];
  const [a, b, to] = read() as [Float32Array, Float32Array, Float32Array];
  for (let i = 0; i < to.length; i++) to[i] = f(a[i]!, b[i]!);
  if (y.requiresGrad) {
    rt.record({
      name,
      inputs,
      outputs: [y],
      backward: () => {
        const dy = y.gradPtr();
        for (const [k, input] of inputs.entries()) {
          if (!input?.requiresGrad) continue;
          const derivative = derivatives[k]!;
          const [dx, up] = [rt.floats(input.gradPtr(), x.size), rt.floats(dy, x.size)];
          const [a, b, of] = read() as [Float32Array, Float32Array, Float32Array];
          for (let i = 0; i < dx.length; i++) dx[i]! += up[i]! * derivative(a[i]!, b[i]!, of[i]!);
        }
      },
    });
  }
  return y;
}
