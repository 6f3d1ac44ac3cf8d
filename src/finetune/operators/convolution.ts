import { add, multiply } from "../../autograd/elementwise.ts";
import { matmul } from "../../autograd/matmul.ts";
import { rearrange } from "../../autograd/rearrange.ts";
import { reshape } from "../../autograd/shape.ts";
import { sumLast } from "../../autograd/sum-last.ts";
import type { Call } from "../../graph/call.ts";
import { type Geometry, geometry, sizesOf } from "../../graph/operators/convolution.ts";
import { sizeOf } from "../../runtime/shapes.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { type Context, type Derivation, expand, permute } from "./derivation.ts";

/** Calls `visit` with the window, the tap and the place in the plane of each number that windows read; -1 is padding. */
function eachTap(g: Geometry, visit: (window: number, tap: number, place: number) => void): void {
  const [height = 1, width = 1] = g.size;
  const [down = 1, across = 1] = g.count;
  const [rows = 1, columns = 1] = g.kernel;
  for (let window = 0; window < down * across; window++) {
    const top = Math.floor(window / across) * g.strides[0]! - g.before[0]!;
    const left = (window % across) * g.strides[1]! - g.before[1]!;
    for (let tap = 0; tap < rows * columns; tap++) {
      const y = top + Math.floor(tap / columns) * g.dilations[0]!;
      const x = left + (tap % columns) * g.dilations[1]!;
      const inside = y >= 0 && y < height && x >= 0 && x < width;
      visit(window, tap, inside ? y * width + x : -1);
    }
  }
}

/** Lays the windows of x [N, groups * own, ...] out as rows: [groups, N * P, own * taps]. */
function rowsOf(context: Context, x: Tensor, groups: number, g: Geometry): Tensor {
  const [N = 0, C = 0] = x.shape;
  const [own, plane, P, taps] = [C / groups, sizeOf(g.size), sizeOf(g.count), sizeOf(g.kernel)];
  const places = context.cached(`windows ${x.shape} ${groups} ${JSON.stringify(g)}`, () => {
    const all = new Int32Array(N * C * P * taps);
    eachTap(g, (window, tap, place) => {
      if (place < 0) return;
      for (let n = 0; n < N; n++) {
        for (let c = 0; c < C; c++) {
          const row = (Math.floor(c / own) * N + n) * P + window;
          all[(row * own + (c % own)) * taps + tap] = (n * C + c) * plane + place + 1;
        }
      }
    });
    return all;
  });
  return rearrange([x], places, [groups, N * P, own * taps]);
}

/** Returns the lengths of the axes of space of a result. */
const countOf = (g: Geometry) => g.count.slice(-g.axes);

/** A convolution: the windows as rows, times the weights of each group. */
const convolution: Derivation = (call, [x, weight, bias], context) => {
  const { N, groups, M } = sizesOf(call, false);
  const g = geometry(call, x!.shape.slice(2), weight!.shape.slice(2));
  const P = sizeOf(g.count);
  const rows = rowsOf(context, x!, groups, g);
  const weights = permute(context, reshape(weight!, [groups, M, rows.shape[2]!]), [0, 2, 1]);
  const products = reshape(matmul(rows, weights), [groups, N, P, M]);
  const y = reshape(permute(context, products, [1, 0, 3, 2]), [N, groups * M, P]);
  const sum = bias ? add(y, expand(context, reshape(bias, [groups * M, 1]), y.shape)) : y;
  return [reshape(sum, [N, groups * M, ...countOf(g)])];
};

function poolGeometry(call: Call, x: Tensor): Geometry {
  return geometry(call, x.shape.slice(2), call.numbersOf("kernel_shape"), call.flag("ceil_mode"));
}

/** Takes the largest number of each window. If several are, only the first gets the gradient. */
const maxPool: Derivation = (call, [x]) => {
  const g = poolGeometry(call, x!);
  if (call.node.outputs[1]) call.fail("its indices have no gradient here");
  const [N = 0, C = 0] = x!.shape;
  const [plane, P] = [sizeOf(g.size), sizeOf(g.count)];
  const { data } = x!;
  const places = new Int32Array(N * C * P);
  eachTap(g, (window, _, place) => {
    if (place < 0) return;
    for (let i = 0; i < N * C; i++) {
      const [at, from] = [i * P + window, i * plane + place];
      if (!places[at] || data[from]! > data[places[at]! - 1]!) places[at] = from + 1;
    }
  });
  return [rearrange([x!], places, [N, C, ...countOf(g)])];
};

const averagePool: Derivation = (call, [x], context) => {
  const g = poolGeometry(call, x!);
  const [N = 0, C = 0] = x!.shape;
  const P = sizeOf(g.count);
  const padding = call.flag("count_include_pad");
  if (padding && call.flag("ceil_mode")) call.fail("ceil_mode with count_include_pad has no gradient here");
  const counts = new Float32Array(P);
  eachTap(g, (window, _, place) => {
    if (padding || place >= 0) counts[window]!++;
  });
  const sums = reshape(sumLast(rowsOf(context, x!, C, g)), [C, N, P]);
  const factors = context.runtime.tensor(
    counts.map((n) => 1 / n),
    [P],
  );
  const means = multiply(permute(context, sums, [1, 0, 2]), expand(context, factors, [N, C, P]));
  return [reshape(means, [N, C, ...countOf(g)])];
};

/** Windows over sequences and pictures. */
export const CONVOLUTION: Readonly<Record<string, Derivation>> = {
  Conv: convolution,
  MaxPool: maxPool,
  AveragePool: averagePool,
};
