import { runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";

/** Returns the sums over the last axis, [...], of x [..., N]. Adds in float64. */
export function sumLast(x: Tensor): Tensor {
  const rt = runtimeOfFloats("sumLast", [x]);
  const N = x.shape.at(-1) ?? 1;
  const y = rt.output(x.shape.slice(0, -1), [x]);
  const [from, to] = [rt.floats(x.ptr, x.size), rt.floats(y.ptr, y.size)];
  for (let i = 0; i < to.length; i++) {
    let sum = 0;
    for (let k = i * N; k < (i + 1) * N; k++) sum += from[k]!;
    to[i] = sum;
  }
  if (y.requiresGrad) {
    rt.record({
      name: "sumLast",
      inputs: [x],
      outputs: [y],
      backward: () => {
        const dy = y.gradPtr();
        const [dx, up] = [rt.floats(x.gradPtr(), x.size), rt.floats(dy, y.size)];
        for (let i = 0; i < dx.length; i++) dx[i]! += up[Math.floor(i / N)]!;
      },
    });
  }
  return y;
}
