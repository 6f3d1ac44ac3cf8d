import type { Call } from "../../call.ts";
import type { Lowering } from "../../lowering.ts";
import type { Operator } from "../../operator.ts";
import { broadcast, broadcastStrides, eachPlace, type Shape } from "../../shapes.ts";
import type { Slot } from "../../slot.ts";
import { addProduct } from "../products.ts";

/** The product of two matrices, which may be transposed, and a sum. */
export const GEMM: Record<string, Operator> = {
  Gemm: {
    infer(call) {
      const { M, N } = gemmSizes(call);
      return [{ ...call.floatType(), shape: [M, N] }];
    },
    lower(call, planner, [to]) {
      const { M, K, N } = gemmSizes(call);
      const { kernels: k } = planner.runtime;
      const alpha = call.number("alpha", 1);
      const y = planner.at(to!);
      let x = planner.at(call.input(0));
      if (call.flag("transA")) {
        const turned = planner.temporary(M * K);
        const [from, axes] = [x, planner.storeInts([2, M, K, K, 1, 1, M])];
        planner.step(() => planner.session.graphKernels.copy_strided(turned, from, axes));
        x = turned;
      }
      planner.step(() => k.fill_rows(y, to!.size, 0, 1, to!.size));
      const w = { slot: call.input(1), offset: 0, transposed: call.flag("transB") };
      addProduct(planner, y, x, w, [M, K, N]);
      if (alpha !== 1) planner.step(() => scale(planner, y, to!.size, alpha));
      if (call.has(2)) addBroadcast(planner, y, [M, N], call.input(2), call.number("beta", 1));
    },
  },
};

function scale(planner: Lowering, y: number, n: number, factor: number): void {
  const values = planner.runtime.floats(y, n);
  for (let i = 0; i < n; i++) values[i]! *= factor;
}

/** Adds the step y += beta * c, for c that is broadcast. */
function addBroadcast(
  planner: Lowering,
  y: number,
  shape: readonly [number, number],
  c: Slot,
  beta: number,
): void {
  const [M, N] = shape;
  const { runtime: rt } = planner;
  const from = planner.at(c);
  if (c.size === N && c.shape.at(-1) === N) {
    planner.step(() => {
      for (let i = 0; i < M; i++) rt.kernels.add_scaled(y + i * N * 4, from, beta, N);
    });
    return;
  }
  const strides = broadcastStrides(c.shape, shape);
  planner.step(() => {
    const [values, to] = [rt.floats(from, c.size), rt.floats(y, M * N)];
    let at = 0;
    eachPlace(shape, [strides], ([i]) => {
      to[at++]! += beta * values[i!]!;
    });
  });
}

function gemmSizes(call: Call): { M: number; K: number; N: number } {
  const turned = (shape: Shape, flag: boolean) => {
    if (shape.length !== 2) call.fail(`[${shape}], expected two axes`, "ERR_SHAPE");
    return flag ? [shape[1]!, shape[0]!] : [shape[0]!, shape[1]!];
  };
  const [M = 0, K = 0] = turned(call.input(0).shape, call.flag("transA"));
  const [rows, N = 0] = turned(call.input(1).shape, call.flag("transB"));
  if (rows !== K) call.fail(`[${call.input(0).shape}] times [${call.input(1).shape}]`, "ERR_SHAPE");
  const c = call.inputs[2]?.shape;
  if (c && broadcast(c, [M, N])?.join() !== `${M},${N}`)
    call.fail(`[${c}] added to [${M},${N}]`, "ERR_SHAPE");
  return { M, K, N };
}
