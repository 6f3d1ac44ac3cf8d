import { packedSize } from "../runtime/packed-size.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { type CellWeights, orderedInput } from "./cell-weights.ts";
import { type Cell, runs } from "./cells.ts";

/**
 * Computes what the input x contributes to the pre-activations [rows, columns * H]: bias + x W_ih^T. Also computes the gradients
 * of x and W_ih. x has one row for each step of each sequence. Each call handles `rows` rows of x, starting at `firstRow`. A
 * `CellInput` serves one forward pass or one backward pass. Its scratch memory is freed when this pass ends.
 */
export interface CellInput {
  forward(gates: number, firstRow: number, rows: number): void;
  /**
   * Adds the gradients of x and W_ih that come from `rows` rows.
   *
   * @param dgates address of the gradients of the pre-activations
   * @param sums address of an array [cell.columns * H], to which the column sums of `dgates` are added
   */
  backward(dgates: number, firstRow: number, rows: number, sums: number): void;
  /**
   * Completes the gradients of x and W_ih and the column sums. Call `finish` once, after the last call of `backward`.
   *
   * @param sums the same address as in the calls of `backward`
   */
  finish(sums: number): void;
}

/** Makes a `CellInput`. @param bias address of the sum of b_ih and b_hh, [columns * H], in the kernel's column order */
type MakeCellInput = (
  rt: Runtime,
  cell: Cell,
  x: Tensor,
  weights: CellWeights,
  bias: number,
  H: number,
) => CellInput;

/** Makes a `CellInput` for float features x [rows, I]. Each `forward` call computes one matrix product. */
export const denseInput: MakeCellInput = (rt, cell, x, { weightIh }, bias, H) => {
  const I = weightIh.shape[1]!;
  const ld = cell.columns * H;
  const N = cell.gates * H;
  let packed = 0;
  return {
    forward(gates, firstRow, rows) {
      const k = rt.kernels;
      if (!packed) {
        packed = rt.scratch(packedSize(I, N));
        k.pack_transposed(packed, orderedInput(rt, cell, weightIh, H), I, I, N);
      }
      k.fill_rows(gates, ld, bias, rows, ld);
      k.gemm(gates, ld, x.ptr + firstRow * I * 4, I, packed, rows, N, I);
    },
    backward(dgates, firstRow, rows, sums) {
      const k = rt.kernels;
      const offset = firstRow * I * 4;
      k.sum_rows(sums, dgates, ld, rows, ld);
      if (weightIh.requiresGrad) {
        for (const { block, column, count } of runs(cell.input)) {
          const dw = weightIh.gradPtr() + block * H * I * 4;
          k.gemm_tn(dw, I, dgates + column * H * 4, ld, x.ptr + offset, I, count * H, I, rows);
        }
      }
      if (!x.requiresGrad) return;
      if (!packed) {
        packed = rt.scratch(packedSize(N, I));
        k.pack_rows(packed, orderedInput(rt, cell, weightIh, H), I, N, I);
      }
      k.gemm(x.gradPtr() + offset, I, dgates, ld, packed, rows, I, N);
    },
    finish() {},
  };
};

/**
 * Makes a `CellInput` for tokens, x int32 [rows]. Token i stands for a one-hot vector of length I. The product of this vector
 * and W_ih^T is row i of W_ih^T. So the forward pass transposes W_ih once and gathers rows of W_ih^T. The backward pass
 * sums the gradients of equal tokens in a table, and `finish` adds the transposed table to the gradient of W_ih. For fewer than I
 * tokens, the transposition would cost too much, so `fewTokensInput` is used instead.
 */
export const tokenInput: MakeCellInput = (rt, cell, x, weights, bias, H) => {
  const { weightIh } = weights;
  const I = weightIh.shape[1]!;
  const ld = cell.columns * H;
  if (x.size < I) return fewTokensInput(rt, cell, x, weights, bias, H);
  let table = 0;
  return {
    forward(gates, firstRow, rows) {
      const k = rt.kernels;
      if (!table) {
        table = rt.scratch(I * ld);
        k.fill_rows(table, ld, bias, I, ld);
        k.add_transposed(table, ld, orderedInput(rt, cell, weightIh, H), I, I, cell.gates * H);
      }
      k.gather_rows(gates, ld, table, ld, x.ptr + firstRow * 4, rows, ld);
    },
    backward(dgates, firstRow, rows) {
      const k = rt.kernels;
      if (!table) {
        table = rt.scratch(I * ld);
        k.fill_rows(table, ld, 0, I, ld);
      }
      k.scatter_add_rows(table, ld, dgates, ld, x.ptr + firstRow * 4, rows, ld);
    },
    finish(sums) {
      const k = rt.kernels;
      k.sum_rows(sums, table, ld, I, ld);
      if (!weightIh.requiresGrad) return;
      for (const { block, column, count } of runs(cell.input)) {
        k.add_transposed(weightIh.gradPtr() + block * H * I * 4, I, table + column * H * 4, ld, count * H, I);
      }
    },
  };
};

/** Makes a `CellInput` for products that `projectInput` computed. */
export const projectedInput: MakeCellInput = (rt, cell, x, _weights, bias, H) => {
  const [ld, N] = [cell.columns * H, cell.gates * H];
  return {
    forward(gates, firstRow, rows) {
      rt.kernels.fill_rows(gates, ld, bias, rows, ld);
      rt.kernels.add_rows(gates, ld, x.ptr + firstRow * N * 4, N, rows, N);
    },
    backward(dgates, firstRow, rows, sums) {
      rt.kernels.sum_rows(sums, dgates, ld, rows, ld);
      if (x.requiresGrad) rt.kernels.add_rows(x.gradPtr() + firstRow * N * 4, N, dgates, ld, rows, N);
    },
    finish() {},
  };
};

/**
 * Computes the products of W_ih and all inputs as a tensor [T, B, gates * H], for operations between them and the cell. The
 * blocks are in the order of the kernel's columns. Call it inside a frame, which frees its scratch memory.
 *
 * @param make `denseInput` for features x [T, B, I], `tokenInput` for tokens x [T, B]
 */
export function projectInput(make: MakeCellInput, cell: Cell, x: Tensor, weights: CellWeights): Tensor {
  const rt = x.runtime;
  const { weightIh, weightHh } = weights;
  const [T = 0, B = 0] = x.shape;
  const N = weightIh.shape[0]!;
  const inputs = [x, weightIh];
  const input = () => make(rt, { ...cell, columns: cell.gates }, x, weights, 0, weightHh.shape[1]!);
  const y = rt.output([T, B, N], inputs);
  input().forward(y.ptr, 0, T * B);
  if (y.requiresGrad) {
    rt.record({
      name: "projectInput",
      inputs,
      outputs: [y],
      backward: () => {
        const own = input();
        const sums = rt.scratch(N); // the sums are those of biases, which these products do not have
        own.backward(y.gradPtr(), 0, T * B, sums);
        own.finish(sums);
      },
    });
  }
  return y;
}

/** Like `tokenInput`, but reads the columns of W_ih instead of computing W_ih^T. */
const fewTokensInput: MakeCellInput = (rt, cell, x, { weightIh }, bias, H) => {
  const I = weightIh.shape[1]!;
  const ld = cell.columns * H;
  /**
   * Calls `visit` for each token and each {@link Run} of blocks of W_ih. A run has n columns of `gates` and n rows of `weight`.
   *
   * @param weight address of W_ih or of its gradient
   * @param gates address of the pre-activations or of their gradients
   * @param visit gets two addresses and n. At the first address are the run's n elements in the token's row of `gates`. At the
   *   second address are the run's n elements in the token's column of `weight`
   */
  const each = (
    weight: number,
    gates: number,
    firstRow: number,
    rows: number,
    visit: (gates: number, column: number, n: number) => void,
  ): void => {
    rt.ints(x.ptr + firstRow * 4, rows).forEach((token, row) => {
      for (const { block, column, count } of runs(cell.input)) {
        visit(gates + (row * ld + column * H) * 4, weight + (block * H * I + token) * 4, count * H);
      }
    });
  };
  return {
    forward(gates, firstRow, rows) {
      const k = rt.kernels;
      k.fill_rows(gates, ld, bias, rows, ld);
      each(weightIh.ptr, gates, firstRow, rows, (to, from, n) => k.add_transposed(to, n, from, I, 1, n));
    },
    backward(dgates, firstRow, rows, sums) {
      const k = rt.kernels;
      k.sum_rows(sums, dgates, ld, rows, ld);
      if (!weightIh.requiresGrad) return;
      each(weightIh.gradPtr(), dgates, firstRow, rows, (from, to, n) =>
        k.add_transposed(to, I, from, n, n, 1),
      );
    },
    finish() {},
  };
};
