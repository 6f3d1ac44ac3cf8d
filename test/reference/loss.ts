import type { Floats } from "./matmul.ts";
import { logSoftmaxForward } from "./softmax.ts";

export interface CrossEntropyOptions {
  /** Default "mean": over the weights of the kept rows' targets, or over N for probability targets. */
  reduction?: "mean" | "sum" | "none";
  /** Rows with this target are ignored. Default -100. */
  ignoreIndex?: number;
  /** e: the target becomes (1 - e) * target + e / C. Default 0. */
  labelSmoothing?: number;
  /** [C], default 1. */
  weight?: Floats | undefined;
}

/** Returns -sum_c k_c log softmax(logits)_c of each row, with k as in `coefficients`; [1], or [N] without a reduction. */
export function crossEntropyForward(
  logits: Floats,
  target: Int32Array | Floats,
  N: number,
  C: number,
  options: CrossEntropyOptions = {},
): Float64Array {
  const { k, divisor } = coefficients(target, N, C, options);
  const logp = logSoftmaxForward(logits, N, C);
  const losses = new Float64Array(N);
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++) if (k[n * C + c] !== 0) losses[n]! -= k[n * C + c]! * logp[n * C + c]!;
  if (options.reduction === "none") return losses;
  return Float64Array.of(losses.reduce((a, b) => a + b, 0) / divisor);
}

/** Returns dlogits[N,C] = (softmax * sum(k) - k) * dloss / divisor, 0 in ignored rows. dloss is [1], or [N] if not reduced. */
export function crossEntropyBackward(
  logits: Floats,
  target: Int32Array | Floats,
  dloss: Floats,
  N: number,
  C: number,
  options: CrossEntropyOptions = {},
): Float64Array {
  const { k, divisor } = coefficients(target, N, C, options);
  const p = logSoftmaxForward(logits, N, C).map(Math.exp);
  const dlogits = new Float64Array(N * C);
  for (let n = 0; n < N; n++) {
    if (isIgnored(target, n, options)) continue;
    const upstream = (options.reduction === "none" ? dloss[n]! : dloss[0]!) / divisor;
    const sum = k.subarray(n * C, (n + 1) * C).reduce((a, b) => a + b, 0);
    for (let c = 0; c < C; c++) dlogits[n * C + c] = upstream * (p[n * C + c]! * sum - k[n * C + c]!);
  }
  return dlogits;
}

/** Returns k[N,C] = weight_c * ((1 - e) * q_c + e / C), where q is the target distribution of the row; 0 in ignored rows. */
function coefficients(
  target: Int32Array | Floats,
  N: number,
  C: number,
  { reduction = "mean", labelSmoothing: e = 0, weight, ignoreIndex }: CrossEntropyOptions,
): { k: Float64Array; divisor: number } {
  const k = new Float64Array(N * C);
  let keptWeight = 0;
  for (let n = 0; n < N; n++) {
    if (isIgnored(target, n, { ignoreIndex })) continue;
    keptWeight += target instanceof Int32Array ? (weight?.[target[n]!] ?? 1) : 1;
    for (let c = 0; c < C; c++) {
      const q = target instanceof Int32Array ? Number(target[n] === c) : target[n * C + c]!;
      k[n * C + c] = (weight?.[c] ?? 1) * ((1 - e) * q + e / C);
    }
  }
  return { k, divisor: reduction === "mean" ? keptWeight : 1 };
}

function isIgnored(
  target: Int32Array | Floats,
  n: number,
  options: { ignoreIndex?: number | undefined },
): boolean {
  return target instanceof Int32Array && target[n] === (options.ignoreIndex ?? -100);
}
