import { packedSize } from "../../runtime/packed-size.ts";
import { sizeOf } from "../../runtime/shapes.ts";
import type { Call } from "../call.ts";
import type { Lowering } from "../lowering.ts";
import type { Operator } from "../operator.ts";
import { broadcast, broadcastStrides, eachPlace, type Shape } from "../shapes.ts";
import type { Slot } from "../slot.ts";

/** Returns the sizes of a product of two stacks of matrices, [..., M, K] and [..., K, N]. */
export function sizes(call: Call) {
  const [a, b] = [call.input(0).shape, call.input(1).shape];
  if (!a.length || !b.length) call.fail("an input is a scalar", "ERR_SHAPE");
  const left = a.length === 1 ? [1, a[0]!] : a;
  const right = b.length === 1 ? [b[0]!, 1] : b;
  const [M = 1, K = 1] = left.slice(-2);
  const [rows = 1, N = 1] = right.slice(-2);
  const stacks = [left.slice(0, -2), right.slice(0, -2)] as const;
  const stack = broadcast(...stacks);
  if (K !== rows || !stack) return call.fail(`[${a}] times [${b}]`, "ERR_SHAPE");
  const shape = [...stack, ...(a.length === 1 ? [] : [M]), ...(b.length === 1 ? [] : [N])];
  return { M, K, N, stack, stacks, shape };
}

/**
 * Returns the address of what `write` makes of weights, in another order: once if they are constant, else in each run.
 *
 * @param form names what is made of them
 * @param words its size
 */
export function prepared(
  planner: Lowering,
  slot: Slot,
  form: string,
  words: number,
  write: (to: number) => void,
): number {
  if (slot.constant) {
    return planner.made(slot, form, () => {
      const at = planner.runtime.allocate(words);
      write(at);
      return at;
    });
  }
  const at = planner.temporary(words);
  planner.step(() => write(at));
  return at;
}

function pack(planner: Lowering, to: number, from: number, K: number, N: number, transposed: boolean): void {
  if (transposed) planner.runtime.kernels.pack_transposed(to, from, K, K, N);
  else planner.session.graphKernels.pack_rows(to, from, N, K, N);
}

/** Adds the steps of a product y += x w, for x [M, K] and w [K, N], or [N, K] if it is transposed. */
export function addProduct(
  planner: Lowering,
  y: number,
  x: number,
  w: { slot: Slot; offset: number; transposed: boolean },
  [M, K, N]: readonly [number, number, number],
): void {
  const { kernels: k } = planner.runtime;
  const { slot, offset, transposed } = w;
  const from = planner.at(slot) + offset * 4;
  const form = `${transposed ? "transposed" : "rows"} ${offset}`;
  const packed = prepared(planner, slot, form, packedSize(K, N), (to) =>
    pack(planner, to, from, K, N, transposed),
  );
  planner.step(() => k.gemm(y, N, x, K, packed, M, N, K));
}

const stepsOf = (stack: Shape, to: Shape, size: number) => broadcastStrides(stack, to).map((n) => n * size);

/** Products of matrices. */
export const PRODUCTS: Record<string, Operator> = {
  MatMul: {
    infer: (call) => [{ ...call.floatType(), shape: sizes(call).shape }],
    lower(call, planner, [to]) {
      const { M, K, N, stack, stacks } = sizes(call);
      const [y, x] = [planner.at(to!), planner.at(call.input(0))];
      const { kernels: k } = planner.runtime;
      planner.step(() => k.fill_rows(y, to!.size, 0, 1, to!.size));
      const slot = call.input(1);
      if (sizeOf(stacks[1]) === 1) {
        addProduct(planner, y, x, { slot, offset: 0, transposed: false }, [sizeOf(stack) * M, K, N]);
        return;
      }
      let i = 0;
      eachPlace(
        stack,
        [stepsOf(stacks[0], stack, M * K), stepsOf(stacks[1], stack, K * N)],
        ([a = 0, b = 0]) => {
          addProduct(planner, y + i++ * M * N * 4, x + a * 4, { slot, offset: b, transposed: false }, [
            M,
            K,
            N,
          ]);
        },
      );
    },
  },
};
