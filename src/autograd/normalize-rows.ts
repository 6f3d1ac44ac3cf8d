import { UnrolledError } from "../errors.ts";
import { runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";

const EPS = 1e-12;

/**
 * Divides each row by its Euclidean norm, like torch.nn.functional.normalize over the last axis. Norms below 1e-12 are replaced
 * by 1e-12.
 *
 * @param x [..., D]
 * @throws ERR_SHAPE if the shape is []
 */
export function normalizeRows(x: Tensor): Tensor {
  const rt = runtimeOfFloats("normalizeRows", [x]);
  const D = x.shape.at(-1);
  if (D === undefined) throw new UnrolledError("ERR_SHAPE", "normalizeRows: x is [], expected [..., D]");
  const rows = D && x.size / D;
  const y = rt.output(x.shape, [x]);
  const [from, to] = [rt.floats(x.ptr, x.size), rt.floats(y.ptr, x.size)];
  const norms = Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let i = row * D; i < (row + 1) * D; i++) sum += from[i]! * from[i]!;
    const norm = Math.max(Math.sqrt(sum), EPS);
    for (let i = row * D; i < (row + 1) * D; i++) to[i] = from[i]! / norm;
    return norm;
  });
  if (y.requiresGrad) {
    rt.record({
      name: "normalizeRows",
      inputs: [x],
      outputs: [y],
      backward: () => {
        const [dxPtr, dyPtr] = [x.gradPtr(), y.gradPtr()];
        const [dx, dy, unit] = [dxPtr, dyPtr, y.ptr].map((ptr) => rt.floats(ptr, x.size)) as [
          Float32Array,
          Float32Array,
          Float32Array,
        ];
        norms.forEach((norm, row) => {
          let along = 0; // part of dy along the row; dx has no such part, because scaling a row does not change y
          if (norm > EPS) for (let i = row * D; i < (row + 1) * D; i++) along += dy[i]! * unit[i]!;
          for (let i = row * D; i < (row + 1) * D; i++) dx[i]! += (dy[i]! - along * unit[i]!) / norm;
        });
      },
    });
  }
  return y;
}
