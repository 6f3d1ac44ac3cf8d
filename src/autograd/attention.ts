import { checkList, checkOptions } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import { packedSize } from "../runtime/packed-size.ts";
import { expectShape, runtimeOfFloats, type Tensor } from "../runtime/tensor.ts";
import { show } from "../schema.ts";
import { additiveScoring, dotScoring, rowsOf } from "./attention-scores.ts";

/** Options of {@link attention}. */
export interface AttentionOptions {
  /** Number of steps of each source, 1 to T_x. Padding after these steps gets no weight. Default: T_x for all. */
  lengths?: readonly number[];
  /** The vector v [A] of additive scores, tanh(query + key) . v. If omitted, scores are the dot products query . key. */
  score?: Tensor;
}

/** The result of {@link attention}. */
export interface AttentionResult {
  /** Weighted sum of the values, [T_y, B, D]. */
  context: Tensor;
  /**
   * Softmax of the scores over the steps of each source, [B, T_y, T_x]. Weights after a source's last step are 0. No gradient
   * flows through this tensor.
   */
  weights: Tensor;
}

/**
 * Computes the attention of every query over the steps of its source. Scores are additive (Bahdanau et al. 2015) if
 * `options.score` is given, otherwise dot products (Luong et al. 2015).
 *
 * @param queries [T_y, B, A]: T_y queries for each of B sources. A query and a key have A features each.
 * @param keys [T_x, B, A]: one key for each step of a source
 * @param values [T_x, B, D]: one value of D features for each step of a source
 * @throws ERR_SHAPE if shapes do not fit each other, ERR_VALUE if a length is not 1 to T_x
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const keys = rt.tensor([9, 0, 0, 9], [2, 1, 2]);
 * const values = rt.tensor([10, 20], [2, 1, 1]);
 * const query = rt.tensor([0, 1], [1, 1, 2]);
 * const { context, weights } = attention(query, keys, values);
 * console.log(Array.from(weights.data, (x) => x.toFixed(2)).join(" ")); // 0.00 1.00
 * console.log(context.item().toFixed(1)); // 20.0
 * ```
 */
export function attention(
  queries: Tensor,
  keys: Tensor,
  values: Tensor,
  options: AttentionOptions = {},
): AttentionResult {
  const { lengths, score } = checkOptions("attention", options, "lengths score");
  const rt = runtimeOfFloats("attention", [queries, keys, values], score);
  const inputs = [queries, keys, values, score];
  const [M = 0, B = 0, A = 0] = queries.shape;
  const [Tx = 0, , D = 0] = values.shape;
  expectShape("attention: queries", queries, [M, B, A]);
  expectShape("attention: keys", keys, [Tx, B, A]);
  expectShape("attention: values", values, [Tx, B, D]);
  expectShape("attention: score", score, [A]);
  const steps = lengths ?? new Array<number>(B).fill(Tx);
  checkLengths(steps, Tx, B);
  const most = steps.reduce((most, length) => Math.max(most, length), 0);
  const makeScoring = () =>
    score ? additiveScoring(rt, queries, keys, score, most) : dotScoring(rt, queries, keys, most);

  const [context, weights] = rt.frame(() => {
    const k = rt.kernels;
    const context = rt.output([M, B, D], inputs);
    const weights = rt.zeros([B, M, Tx]);
    const scoring = makeScoring();
    const scores = rt.scratch(M * most);
    const packed = rt.scratch(packedSize(most, D));
    k.fill_rows(context.ptr, context.size, 0, 1, context.size);
    steps.forEach((n, b) => {
      const value = rowsOf(values.ptr, values.shape, b);
      const to = rowsOf(context.ptr, context.shape, b);
      scoring.forward(scores, b, n);
      k.softmax_forward(scores, scores, M, n);
      k.copy_rows(weights.ptr + b * M * Tx * 4, Tx, scores, n, M, n);
      k.pack_rows(packed, value.ptr, value.ld, n, D);
      k.gemm(to.ptr, to.ld, scores, n, packed, M, D, n);
    });
    return [context, weights];
  });
  if (!context.requiresGrad) return { context, weights };
  rt.record({
    name: "attention",
    inputs: [...inputs, weights],
    outputs: [context],
    backward: () => {
      const k = rt.kernels;
      const dcontext = context.gradPtr();
      const dvalues = values.requiresGrad ? values.gradPtr() : 0;
      const scoring = makeScoring();
      const packed = rt.scratch(packedSize(D, most));
      const room = M * most;
      const [shares, dshares, dscores] = [rt.scratch(room), rt.scratch(room), rt.scratch(room)];
      steps.forEach((n, b) => {
        const value = rowsOf(values.ptr, values.shape, b);
        const up = rowsOf(dcontext, context.shape, b);
        k.copy_rows(shares, n, weights.ptr + b * M * Tx * 4, Tx, M, n);
        if (dvalues) {
          const to = rowsOf(dvalues, values.shape, b);
          k.gemm_tn(to.ptr, to.ld, shares, n, up.ptr, up.ld, n, D, M);
        }
        for (const block of [dshares, dscores]) k.fill_rows(block, n, 0, M, n);
        k.pack_transposed(packed, value.ptr, value.ld, D, n);
        k.gemm(dshares, n, up.ptr, up.ld, packed, M, n, D);
        k.softmax_backward(dscores, dshares, shares, M, n);
        scoring.backward(dscores, b, n);
      });
    },
  });
  return { context, weights };
}

/** Checks the lengths of B sources. @throws ERR_SHAPE if there are not B lengths, ERR_VALUE if a length is not 1 to `Tx` */
export function checkLengths(steps: readonly number[], Tx: number, B: number): void {
  if (checkList("lengths", steps).length !== B) {
    throw new UnrolledError(
      "ERR_SHAPE",
      `attention: ${steps.length} lengths, expected one for each of ${B} sources`,
    );
  }
  for (const n of steps) {
    if (Number.isInteger(n) && n >= 1 && n <= Tx) continue;
    throw new UnrolledError(
      "ERR_VALUE",
      `attention: a length is ${show(n)}, expected a whole number from 1 to ${Tx}`,
    );
  }
}
