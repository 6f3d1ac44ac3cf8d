import { UnrolledError } from "../errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { sizeOf } from "../runtime/shapes.ts";
import type { Tensor } from "../runtime/tensor.ts";

/** Divides T steps into blocks. Returns [first step, number of steps] of each block. If `reverse`, the last block comes first. */
export function blocks(T: number, steps: number, reverse: boolean): [number, number][] {
  const list: [number, number][] = [];
  for (let from = 0; from < T; from += steps) list.push([from, Math.min(steps, T - from)]);
  return reverse ? list.reverse() : list;
}

/** Copies states into a new tensor and sets the rows past the end of a sequence to 0. @param states address of the states */
export function maskedOutput(
  rt: Runtime,
  states: number,
  shape: readonly [number, number, number],
  batchSizes: Int32Array,
  requiresGrad: boolean,
): Tensor {
  const [, B, H] = shape;
  const output = rt.adopt(rt.allocate(batchSizes.length * B * H), shape, { requiresGrad });
  rt.kernels.copy_rows(output.ptr, output.size, states, output.size, 1, output.size);
  clearPadding(rt, output.ptr, batchSizes, B, H);
  return output;
}

/** Sets the rows past the end of a sequence to 0: at step t, all rows except the first batchSizes[t]. */
export function clearPadding(
  rt: Runtime,
  ptr: number,
  batchSizes: Int32Array,
  B: number,
  width: number,
): void {
  batchSizes.forEach((size, t) => {
    rt.kernels.fill_rows(ptr + (t * B + size) * width * 4, width, 0, B - size, width);
  });
}

/** Adjacent rows of a tensor. */
export interface RowRun {
  readonly first: number;
  readonly rows: number;
}

/**
 * Returns the active rows of x [..., N]. If `batchSizes` is given, x is [T, B, N], and the first batchSizes[t] rows of each
 * step t are active. Otherwise all rows are active.
 *
 * @param row number of axes of a row; N is the number of its elements
 * @throws ERR_SHAPE if x or the number of batch sizes does not fit, ERR_VALUE if a batch size is not 0 to B
 */
export function activeRows(
  operation: string,
  x: Tensor,
  batchSizes: Int32Array | undefined,
  row = 1,
): RowRun[] {
  const [T = 0, B = 0] = x.shape;
  const N = x.shape.length && sizeOf(x.shape.slice(-row));
  if (N < 1)
    throw new UnrolledError("ERR_SHAPE", `${operation}: x is [${x.shape}], expected [..., N], N > 0`);
  if (!batchSizes) return [{ first: 0, rows: x.size / N }];
  if (x.shape.length !== 2 + row || batchSizes.length !== T) {
    throw new UnrolledError(
      "ERR_SHAPE",
      `${operation}: ${batchSizes.length} batchSizes for x [${x.shape}], expected T for [T, B, N]`,
    );
  }
  const wrong = batchSizes.find((size) => size < 0 || size > B);
  if (wrong === undefined) return Array.from(batchSizes, (rows, t) => ({ first: t * B, rows }));
  throw new UnrolledError("ERR_VALUE", `${operation}: a batch size is ${wrong}, expected 0 to ${B}`);
}
