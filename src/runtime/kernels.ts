// Generated from assembly/ by `npm run build`.

/**
 * The kernels that the host calls. They take addresses and sizes, allocate nothing and keep no state. Scratch areas of a
 * fixed size lie in static memory. Gradients are added to what their arrays hold. Addresses are byte offsets into the memory,
 * sizes count elements, and leading dimensions (`ld`) count floats from one row to the next. The host checks every shape
 * before it calls a kernel.
 */
export interface Kernels {
  /** dx[n] += dy f'(x). The slope is computed from y = f(x). */
  activation_backward(f: number, dx: number, dy: number, y: number, n: number, alpha: number, beta: number): void;
  /** y[n] = f(x[n]). */
  activation_forward(f: number, y: number, x: number, n: number, alpha: number, beta: number): void;

  /** Clips every x to [-limit, limit]; NaN stays NaN. */
  clip_value(x: number, limit: number, n: number): void;
  /** Returns the largest |x| of n floats, or NaN if one is NaN. */
  largest_magnitude(x: number, n: number): number;
  /** x *= factor. */
  scale(x: number, factor: number, n: number): void;
  /** Returns the sum of |x|^power over n floats; power is a whole number, at least 1. */
  sum_of_powers(x: number, n: number, power: number): number;

  /** y = a + b. */
  add_forward(y: number, a: number, b: number, n: number): void;
  /** y += scale * x. */
  add_scaled(y: number, x: number, scale: number, n: number): void;
  /** Returns the index of the first of n floats that is NaN or infinite, or -1 if all are finite. */
  first_nonfinite(x: number, n: number): number;
  /** y += a * b: the gradient of a product. */
  multiply_add(y: number, a: number, b: number, n: number): void;
  /** y = a * b; subnormal results become 0. */
  multiply_forward(y: number, a: number, b: number, n: number): void;
  /** Returns the sum of n floats, added up in float64. */
  total(x: number, n: number): number;

  /** C[M, N] += A[M, K] * B[K, N], with B packed by `pack_rows` or `pack_transposed`. */
  gemm(c: number, ldc: number, a: number, lda: number, packed: number, M: number, N: number, K: number): void;
  /**
   * C[M, N] += A[K, M]^T * B[K, N]. This is the gradient of a weight matrix, summed over all K rows of a sequence. The operands
   * are not packed beforehand: their blocks are packed into a fixed scratch area.
   */
  gemm_tn(c: number, ldc: number, a: number, lda: number, b: number, ldb: number, M: number, N: number, K: number): void;
  /** Returns the first address that the host may use; static data and scratch lie below it. */
  heap_base(): number;

  /** Returns whether this is the relaxed build. */
  relaxed(): number;

  /** dx += p * dy + q * x + s, column by column. The address p points to float64 p [N], then q [N] and s [N]. */
  batch_norm_backward(dx: number, dy: number, x: number, p: number, M: number, N: number): void;
  /**
   * Adds to sums[N] (float64) the sum of a term over every column of x. If the address mean is 0, the term is x. Otherwise the
   * term is a (x - mean) if a [M, N] is given, and (x - mean)^2 if the address a is 0. mean: float64 [N].
   */
  column_sums(sums: number, x: number, mean: number, a: number, M: number, N: number): void;
  /**
   * With h = (x - mean) r, r = 1 / sqrt(variance + eps), g = dy weight:
   *   dx += r (g - mean(g) - h mean(g h)),  dweight += dy h, over all rows
   * The address of dx [M, N] or of dweight [N] is 0 if that gradient is not needed.
   */
  layer_norm_backward(dx: number, dweight: number, dy: number, x: number, weight: number, M: number, N: number, eps: number): void;
  /**
   * y = (x - mean) / sqrt(variance + eps) * weight + bias, row by row; y may be x.
   * weight and bias are [N]. If the address of weight is 0, all weights are 1. If the address of bias is 0, all biases are 0.
   */
  layer_norm_forward(y: number, x: number, weight: number, bias: number, M: number, N: number, eps: number): void;
  /** y = scale * x + shift, column by column; y may be x. The address scale points to float64 scale [N], then shift [N]. */
  scale_columns(y: number, x: number, scale: number, M: number, N: number): void;

  /** v = rho v + (1 - rho) g^2; u = g sqrt(a + eps) / sqrt(v + eps); a = rho a + (1 - rho) u^2; p -= lr u. */
  adadelta(p: number, g: number, v: number, a: number, n: number, lr: number, rho: number, eps: number, decay: number): void;
  /** s += g^2; p -= lr g / (sqrt(s) + eps). */
  adagrad(p: number, g: number, s: number, n: number, lr: number, eps: number, decay: number): void;
  /**
   * Adam and AdamW. m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; if amsgrad, largest = max(largest, v);
   * p -= rate m / (sqrt(amsgrad ? largest : v) * root + eps). At step k, the host gives rate = lr / (1 - b1^k) and
   * root = 1 / sqrt(1 - b2^k). If decoupled (AdamW), p is first multiplied by 1 - lr * decay, and decay * p is not added to g.
   */
  adam(p: number, g: number, m: number, v: number, largest: number, n: number, lr: number, rate: number, root: number, b1: number, b2: number, eps: number, decay: number, decoupled: boolean, amsgrad: boolean): void;
  /**
   * v = alpha v + (1 - alpha) g^2; mean = centered ? alpha mean + (1 - alpha) g : 0; u = g / (sqrt(v - mean^2) + eps).
   * If momentum is 0: p -= lr u. Otherwise: b = momentum b + u; p -= lr b.
   */
  rmsprop(p: number, g: number, v: number, mean: number, b: number, n: number, lr: number, alpha: number, eps: number, momentum: number, decay: number, centered: boolean): void;
  /**
   * If momentum is 0: p -= lr g.
   * Otherwise: b = first ? g : momentum b + (1 - dampening) g; p -= lr (nesterov ? g + momentum b : b).
   */
  sgd(p: number, g: number, b: number, n: number, lr: number, momentum: number, dampening: number, decay: number, nesterov: boolean, first: boolean): void;

  /** Packs B[K, N], which is stored by rows: row k is at b + k * ldb. */
  pack_rows(to: number, b: number, ldb: number, K: number, N: number): void;
  /**
   * Packs B[K, N], which is stored as its transpose [N, K], like weights W [out, in] in y = x W^T. Row n of the transpose is at
   * w + n * ldw.
   */
  pack_transposed(to: number, w: number, ldw: number, K: number, N: number): void;

  /**
   * to[n] = from / (1 - p) with probability 1 - p, otherwise 0; `to` may be `from`. The same seed and block give the same mask,
   * so the backward pass makes the same call with the gradient as `from`.
   */
  dropout(to: number, from: number, p: number, n: number, seed: number, block: number): void;
  /**
   * Fills to[n] with uniform random numbers in [low, high). Rounding may also give `high`. Float i comes from block
   * `block` + floor(i / 4).
   */
  fill_uniform(to: number, low: number, high: number, n: number, seed: number, block: number): void;

  /**
   * Runs the backward pass of T steps. The pointers belong to the last step of the forward pass. `direction` is the negative of
   * the forward pass's direction. Replaces what the forward pass stored in `gates` by the gradients of the pre-activations.
   * In dh and dc [B, H], replaces the gradient of the state after the last step by the gradient of the state before the first
   * step.
   *
   * dout [T, B, H]: gradient of every step's h'. w: packed R, [columns of the state's product, H]. For the GRU with reset before,
   * w is packed [2H, H] of r, z, then packed [H, H] of n. work: [B, H], which only the GRU with reset before uses, then 5 rows of
   * H if loops are not fused.
   */
  recurrent_backward(cell: number, functions: number, gates: number, dh: number, dc: number, dout: number, hNext: number, hPrev: number, cPrev: number, w: number, work: number, T: number, B: number, H: number, direction: number, batchSizes: number): void;
  /**
   * Runs the forward pass of T steps. Replaces the pre-activations in `gates` by what the backward pass needs. w: packed R^T,
   * [H, columns of the state's product]. For the GRU with reset before, w is packed [H, 2H] of r, z, then packed [H, H] of n.
   * Only LSTM cells use cNext and cPrev.
   */
  recurrent_forward(cell: number, functions: number, gates: number, hNext: number, hPrev: number, cNext: number, cPrev: number, w: number, T: number, B: number, H: number, direction: number, batchSizes: number): void;

  /** to[M, N] += from[M, N]. */
  add_rows(to: number, ldt: number, from: number, ldf: number, M: number, N: number): void;
  /** to[M, N] += from[N, M]^T. */
  add_transposed(to: number, ldt: number, from: number, ldf: number, M: number, N: number): void;
  /** to[M, N] = from[M, N]. */
  copy_rows(to: number, ldt: number, from: number, ldf: number, M: number, N: number): void;
  /** Copies row[N] into every row of to[M, N]. If the address `row` is 0, fills to[M, N] with zeros. */
  fill_rows(to: number, ld: number, row: number, M: number, N: number): void;
  /** Copies rows of N floats: to[i] = table[index[i]] for i < M. The host has checked the indices. */
  gather_rows(to: number, ldt: number, table: number, ld: number, index: number, M: number, N: number): void;
  /** Adds rows of N floats: table[index[i]] += from[i] for i = 0 to M - 1, in this order. */
  scatter_add_rows(table: number, ld: number, from: number, ldf: number, index: number, M: number, N: number): void;
  /** to[N] += the sum of the M rows of from[M, N]. */
  sum_rows(to: number, from: number, ld: number, M: number, N: number): void;

  /**
   * Draws an index from softmax(logits / temperature). If k > 0, only the `k` likeliest indices stay. If p < 1, of these
   * only the fewest stay that together reach probability `p`, taken likeliest first (top-p, Holtzman et al. 2020).
   * If temperature is 0, returns the likeliest index. Returns -1 if a logit is NaN or if no logit is above -infinity. work:
   * scratch of 2n floats. The random number is the first of block `block` of `seed`.
   */
  sample(logits: number, n: number, temperature: number, k: number, p: number, work: number, seed: number, block: number): number;

  /**
   * Gradient of cross_entropy: dx[i, c] += upstream[i] ((1 - e) w[t] (p[c] - [c = t]) + e / C (p[c] sum(w) - w[c])), with
   * p = softmax(x). If t = ignored, nothing is added.
   */
  cross_entropy_backward(dx: number, upstream: number, lse: number, x: number, targets: number, weight: number, N: number, C: number, ignored: number, smoothing: number): void;
  /**
   * Cross-entropy with class indices, as PyTorch defines it. Row i has the target t = targets[i], e = smoothing:
   *   loss[i] = (1 - e) w[t] nll(t) + e / C * sum_c w[c] nll(c)     nll(c) = log(sum(exp(x))) - x[c]
   * and kept[i] = w[t]. If t = ignored, loss[i] and kept[i] are 0. lse[N, 2] is stored for the backward pass. weight is [C]; if
   * its address is 0, all weights are 1.
   */
  cross_entropy_forward(loss: number, kept: number, lse: number, x: number, targets: number, weight: number, N: number, C: number, ignored: number, smoothing: number): void;
  /** dx += dy - exp(y) sum(dy). */
  log_softmax_backward(dx: number, dy: number, y: number, N: number, C: number): void;
  /** y[N, C] = x - log(sum(exp(x))); y may be x. */
  log_softmax_forward(y: number, x: number, N: number, C: number): void;
  /**
   * Gradient of soft_cross_entropy: dx[i, c] += upstream[i] (p[c] sum_k s[k] - s[c]), with p = softmax(x), w = weight,
   * e = smoothing and s = w ((1 - e) q + e / C).
   */
  soft_cross_entropy_backward(dx: number, upstream: number, lse: number, x: number, q: number, weight: number, N: number, C: number, smoothing: number): void;
  /** Cross-entropy with target probabilities q[N, C]: loss[i] = sum_c w[c] ((1 - e) q[c] + e / C) nll(c). */
  soft_cross_entropy_forward(loss: number, lse: number, x: number, q: number, weight: number, N: number, C: number, smoothing: number): void;
  /** dx += y (dy - sum(dy y)). */
  softmax_backward(dx: number, dy: number, y: number, N: number, C: number): void;
  /** y[N, C] = exp(x) / sum(exp(x)); y may be x. */
  softmax_forward(y: number, x: number, N: number, C: number): void;
}

/** e^x */
export const EXP = 0;
/** 1 / (1 + e^-x) */
export const SIGMOID = 1;
/** hyperbolic tangent */
export const TANH = 2;
/** x; 0 if x < 0 */
export const RELU = 3;
/** alpha x + beta */
export const AFFINE = 4;
/** x; alpha x if x < 0 */
export const LEAKY_RELU = 5;
/** x; 0 if x < alpha */
export const THRESHOLDED_RELU = 6;
/** alpha tanh(beta x) */
export const SCALED_TANH = 7;
/** alpha x + beta, clipped to [0, 1] */
export const HARD_SIGMOID = 8;
/** x; alpha (e^x - 1) if x < 0 */
export const ELU = 9;
/** x / (1 + |x|) */
export const SOFTSIGN = 10;
/** log(1 + e^x) */
export const SOFTPLUS = 11;

export const RNN_TANH = 0;
export const RNN_RELU = 1;
/** columns i, f, g, o */
export const LSTM = 2;
/** reset after the product; columns n, r, z, q */
export const GRU = 3;
/** reset before the product; columns n, r, z, q */
export const GRU_RESET_BEFORE = 4;
/** no reset gate; columns z, n */
export const GRU_SIMPLIFIED = 5;
/** forget gate 1 - i; columns i, g, o */
export const LSTM_COUPLED = 6;
/** forget gate 1; columns i, g, o */
export const LSTM_NO_FORGET = 7;

/**
 * A cell's functions, which the host writes into memory. The address of an absent array is 0.
 * Size in words:
 */
export const CELL_FUNCTIONS_SIZE = 17;
/** Inputs of activations are clipped to [-limit, limit]. If the limit is infinity, they are not clipped. */
export const CELL_FUNCTIONS_LIMIT = 0;
/** Activation of the gates. */
export const CELL_FUNCTIONS_F = 1;
export const CELL_FUNCTIONS_F_ALPHA = 2;
export const CELL_FUNCTIONS_F_BETA = 3;
/** Activation of the candidate. */
export const CELL_FUNCTIONS_G = 4;
export const CELL_FUNCTIONS_G_ALPHA = 5;
export const CELL_FUNCTIONS_G_BETA = 6;
/** Activation of the new cell state. */
export const CELL_FUNCTIONS_H = 7;
export const CELL_FUNCTIONS_H_ALPHA = 8;
export const CELL_FUNCTIONS_H_BETA = 9;
/** Weights of the cell state in the gates i, f and o: one row [H] for each gate. A cell without forget gate has no row f. */
export const CELL_FUNCTIONS_PEEPHOLES = 10;
export const CELL_FUNCTIONS_PEEPHOLES_GRADIENT = 11;
/** Gains of normalised gates [columns * H] (cell-norm.ts). */
export const CELL_FUNCTIONS_GAIN = 12;
/** Biases of normalised gates [columns * H]. */
export const CELL_FUNCTIONS_BIAS = 13;
/** Bytes from a gate to the copy of its pre-activation; 0 if no copy is kept. */
export const CELL_FUNCTIONS_KEPT = 14;
export const CELL_FUNCTIONS_GAIN_GRADIENT = 15;
export const CELL_FUNCTIONS_BIAS_GRADIENT = 16;
