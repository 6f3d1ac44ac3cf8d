import { UnrolledError } from "../errors.ts";
import { checkShape, sizeOf } from "../runtime/shapes.ts";
import { runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";

/**
 * Copies elements to other places: element i of the result is element `places[i] - 1` of all inputs one after the other, or 0 if
 * `places[i]` is 0. Transposing, slicing, padding, repeating and joining are all of this form. An element can be read several times;
 * its gradient is the sum over its copies.
 *
 * @param places one for each element of the result, 0 to the number of all elements
 * @throws ERR_VALUE if a place is out of range or there are too many or too few, ERR_DTYPE if an input is int32
 */
export function rearrange(inputs: readonly Tensor[], places: Int32Array, shape: readonly number[]): Tensor {
  const rt = runtimeOfFloats("rearrange", inputs);
  checkShape("rearrange", shape);
  const count = inputs.reduce((sum, { size }) => sum + size, 0);
  if (places.length !== sizeOf(shape) || !places.every((place) => place >= 0 && place <= count)) {
    throw new UnrolledError(
      "ERR_VALUE",
      `rearrange: ${places.length} places, expected ${sizeOf(shape)} from 0 to ${count}`,
    );
  }
  const y = rt.output(shape, inputs);
  const to = rt.floats(y.ptr, y.size);
  to.fill(0);
  let first = 1;
  for (const x of inputs) {
    const from = rt.floats(x.ptr, x.size);
    for (let i = 0; i < to.length; i++) {
      const at = places[i]! - first;
      if (at >= 0 && at < from.length) to[i] = from[at]!;
    }
    first += x.size;
  }
  if (y.requiresGrad) {
    rt.record({
      name: "rearrange",
      inputs,
      outputs: [y],
      backward: () => {
        const [dy, gradients] = [y.gradPtr(), inputs.map((x) => x.requiresGrad && x.gradPtr())];
        const up = rt.floats(dy, y.size);
        let first = 1;
        for (const [k, x] of inputs.entries()) {
          const gradient = gradients[k];
          if (gradient) {
            const dx = rt.floats(gradient, x.size);
            for (let i = 0; i < up.length; i++) {
              const at = places[i]! - first;
              if (at >= 0 && at < dx.length) dx[at]! += up[i]!;
            }
          }
          first += x.size;
        }
      },
    });
  }
  return y;
}
