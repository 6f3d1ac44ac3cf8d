// Generated from assembly/ by `npm run build`.

/**
 * The kernels that the host calls. They take addresses and sizes, allocate nothing and keep no state between calls. Scratch areas
 * of a fixed size lie in static memory. Backward kernels add gradients to the values already in an array. Addresses are byte
 * offsets into the memory. Sizes count elements. Leading dimensions (`ld`) count floats from one row to the next. The host checks
 * every shape before it calls a kernel.
 */
export interface Kernels {
  /** dx += dy f'(x) for n floats. dx and dy are the gradients of x and y. The slope f'(x) is computed from y = f(x). */
  activation_backward(f: number, dx: number, dy: number, y: number, n: number, alpha: number, beta: number): void;
  /** y = f(x) for n floats. y may be the same array as x. */
  activation_forward(f: number, y: number, x: number, n: number, alpha: number, beta: number): void;

  /** Clips every x to [-limit, limit]. NaN stays NaN. */
  clip_value(x: number, limit: number, n: number): void;
  /** Returns the largest |x| of n floats, or NaN if one is NaN. */
  largest_magnitude(x: number, n: number): number;
  /** x *= factor. */
  scale(x: number, factor: number, n: number): void;
  /** Returns the sum of |x|^power over n floats. `power` is a whole number, at least 1. */
  sum_of_powers(x: number, n: number, power: number): number;

  /** y = a + b. */
  add_forward(y: number, a: number, b: number, n: number): void;
  /** y += scale * x. */
  add_scaled(y: number, x: number, scale: number, n: number): void;
  /** Returns the index of the first of n floats that is NaN or infinite, or -1 if all are finite. */
  first_nonfinite(x: number, n: number): number;
  /**
   * y += a * b. This is also the backward pass of a product. Then y is the gradient of one factor, a is the gradient of the
   * product and b is the other factor.
   */
  multiply_add(y: number, a: number, b: number, n: number): void;
  /** y = a * b. Subnormal results become 0. */
  multiply_forward(y: number, a: number, b: number, n: number): void;
  /** Returns the sum of n floats, added up in float64. */
  total(x: number, n: number): number;

  /**
   * C[M, N] += A[M, K] * B[K, N]. `packed` is B, packed by `pack_rows` or `pack_transposed`. If `packed` is odd, B was packed by
   * `pack_int8` at the address before it.
   */
  gemm(c: number, ldc: number, a: number, lda: number, packed: number, M: number, N: number, K: number): void;
  /**
   * C[M, N] += A[K, M]^T * B[K, N]. The host computes gradients of weight matrices with it. Then K is the number of steps times the
   * batch size. A and B are stored by rows. The kernel itself packs them, one block at a time, into two scratch areas.
   */
  gemm_tn(c: number, ldc: number, a: number, lda: number, b: number, ldb: number, M: number, N: number, K: number): void;
  /** Returns the first address that the host may use. Static data and the scratch area lie below it. */
  heap_base(): number;

  /**
   * to[i] += entry index[i] of a table, for i < M. An entry has `blocks` rows of N numbers, which `pack_int8` has packed in panels of
   * one output. The host has checked the indices.
   */
  add_int8_rows(to: number, ld: number, table: number, index: number, M: number, blocks: number, N: number): void;
  /** Returns the number of bytes in a B[K, N] that is packed in panels of `panel` outputs. */
  int8_size(K: number, N: number, panel: number): number;
  /**
   * Packs B[K, N] as 8-bit integers from its transpose w [N, K], such as the weight [out, in] in y = x W^T. Row n of w starts at float
   * n * ldw. The scale of row n is max|w| / 127. K is at most 65,536. `panel` is the number of outputs of a panel, a power of 2: PANEL for
   * `gemm`, which takes the address `to` + 1, and 1 for a table.
   */
  pack_int8(to: number, w: number, ldw: number, K: number, N: number, panel: number): void;

  /** Returns whether the kernels were compiled with relaxed SIMD. */
  relaxed(): number;

  /**
   * dx += P * dy + Q * x + S, with coefficients P[N], Q[N] and S[N] for the columns of x[M, N]. The host computes the coefficients.
   * They lie at the address `p`: first the N numbers P, then the N numbers Q and then the N numbers S, in float64.
   */
  batch_norm_backward(dx: number, dy: number, x: number, p: number, M: number, N: number): void;
  /**
   * Computes a sum over each column of x[M, N] and adds the N results to sums[N]. a is a matrix [M, N] of floats. sums and mean [N]
   * are float64. The sum depends on which of the addresses of mean and a are 0:
   *   mean is 0:     sum of x
   *   a is 0:        sum of (x - mean)^2
   *   neither is 0:  sum of a (x - mean)
   */
  column_sums(sums: number, x: number, mean: number, a: number, M: number, N: number): void;
  /**
   * The backward pass of layer_norm_forward. dy[M, N] is the gradient of its result y. For each row of x, with
   * r = 1 / sqrt(variance + eps), h = (x - mean) r and g = dy weight:
   *   dx += r (g - mean(g) - h mean(g h))
   *   dweight += dy h
   * mean(g) is the mean of g over the row. dx is [M, N] and dweight is [N]. If one of them is not needed, its address is 0.
   */
  layer_norm_backward(dx: number, dweight: number, dy: number, x: number, weight: number, M: number, N: number, eps: number): void;
  /**
   * y = (x - mean) / sqrt(variance + eps) * weight + bias, row by row. y may be x.
   * weight and bias are [N]. If the address of weight is 0, all weights are 1. If the address of bias is 0, all biases are 0.
   */
  layer_norm_forward(y: number, x: number, weight: number, bias: number, M: number, N: number, eps: number): void;
  /**
   * y = scale * x + shift, with one scale and one shift for each column of x[M, N]. y may be x. At the address `scale` are the N
   * scales and then the N shifts, in float64.
   */
  scale_columns(y: number, x: number, scale: number, M: number, N: number): void;

  /**
   * Adadelta. v is the moving average of g^2. a is the moving average of u^2, where u is the step before it is multiplied by lr.
   *   v = rho v + (1 - rho) g^2; u = g sqrt(a + eps) / sqrt(v + eps); a = rho a + (1 - rho) u^2; p -= lr u
   */
  adadelta(p: number, g: number, v: number, a: number, n: number, lr: number, rho: number, eps: number, decay: number): void;
  /** s += g^2; p -= lr g / (sqrt(s) + eps). */
  adagrad(p: number, g: number, s: number, n: number, lr: number, eps: number, decay: number): void;
  /**
   * Adam and AdamW. m is the moving average of g, and v is the moving average of g^2.
   *   m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; if amsgrad, largest = max(largest, v);
   *   p -= rate m / (sqrt(amsgrad ? largest : v) * root + eps)
   * At step k, the host passes rate = lr / (1 - b1^k) and root = 1 / sqrt(1 - b2^k). If `decoupled` is false (Adam), decay * p is
   * first added to g. If it is true (AdamW), p is first multiplied by 1 - lr * decay instead.
   */
  adam(p: number, g: number, m: number, v: number, largest: number, n: number, lr: number, rate: number, root: number, b1: number, b2: number, eps: number, decay: number, decoupled: boolean, amsgrad: boolean): void;
  /**
   * RMSprop. v is the moving average of g^2, mean is the moving average of g, and b is the momentum buffer. All are [n].
   *   v = alpha v + (1 - alpha) g^2
   *   if `centered` is true:  mean = alpha mean + (1 - alpha) g; u = g / (sqrt(v - mean^2) + eps)
   *   otherwise:              u = g / (sqrt(v) + eps)
   *   if momentum is 0:       p -= lr u
   *   otherwise:              b = momentum b + u; p -= lr b
   */
  rmsprop(p: number, g: number, v: number, mean: number, b: number, n: number, lr: number, alpha: number, eps: number, momentum: number, decay: number, centered: boolean): void;
  /**
   * Stochastic gradient descent. If momentum is 0: p -= lr g.
   * Otherwise: b = first ? g : momentum b + (1 - dampening) g; p -= lr (nesterov ? g + momentum b : b).
   * b[n] is the momentum buffer. `first` is true at the first update, when b has no values yet.
   */
  sgd(p: number, g: number, b: number, n: number, lr: number, momentum: number, dampening: number, decay: number, nesterov: boolean, first: boolean): void;

  /** Packs B[K, N]. Row k of B starts at float k * ldb of the array at b. */
  pack_rows(to: number, b: number, ldb: number, K: number, N: number): void;
  /**
   * Packs B[K, N] from its transpose w [N, K]. For example, w is the weight matrix [out, in] in y = x W^T. Row n of w starts at
   * float n * ldw.
   */
  pack_transposed(to: number, w: number, ldw: number, K: number, N: number): void;

  /**
   * Draws up to `most` symbols and writes their numbers to `to`. Draw i uses random block `block` + i; the other arguments are those of
   * `sample`. After each draw, writes the symbol to the address `token` and runs `calls` calls at `plan`, which compute the next
   * logits. Never draws the symbol `unknown`, unless it is -1.
   *
   * Stops early after the symbol `end` or `restart`, and does not run the plan for it. Also stops before a draw that gives -1. Returns
   * the number of symbols.
   */
  draw_symbols(to: number, most: number, plan: number, calls: number, token: number, unknown: number, end: number, restart: number, logits: number, n: number, temperature: number, k: number, p: number, work: number, seed: number, block: number): number;

  /**
   * to[n] = from / (1 - p) with probability 1 - p, otherwise 0. `to` may be `from`. The same seed and block give the same mask.
   * So for the backward pass, the host calls this kernel again with the gradient as `from`.
   */
  dropout(to: number, from: number, p: number, n: number, seed: number, block: number): void;
  /**
   * Fills to[n] with uniform random numbers in [low, high). Because of rounding, a number may also equal `high`. A block of random
   * words gives four numbers: to[i] is made from block number `block` + floor(i / 4).
   */
  fill_uniform(to: number, low: number, high: number, n: number, seed: number, block: number): void;

  /**
   * Runs the backward pass of T steps, from the last step of the forward pass to the first. `gates`, dout, hNext, hPrev, cPrev and
   * batchSizes are the addresses of the last step's data. `direction` is the negative of the forward pass's direction. Replaces the
   * values in `gates` by the gradients of the pre-activations. For GRU, replaces q by the gradient of q. For GRU_RESET_BEFORE, q
   * stays in `gates`.
   *
   * dh and dc [B, H]: on entry, the gradients of the states after the last step, without the part that comes from dout. On return,
   * the gradients of the states before the first step. dout [T, B, H]: the gradient of every step's output h'.
   *
   * w: the recurrent weights R, packed by pack.ts. Their shape depends on the cell:
   * - GRU: [3H, H], with H rows for each of r, z and q
   * - GRU_RESET_BEFORE: two packed matrices, [2H, H] for r and z, then [H, H] for n
   * - other cells: [columns * H, H]
   *
   * work: scratch memory of B * H + 5H floats.
   */
  recurrent_backward(cell: number, functions: number, gates: number, dh: number, dc: number, dout: number, hNext: number, hPrev: number, cPrev: number, w: number, work: number, T: number, B: number, H: number, direction: number, batchSizes: number): void;
  /**
   * Runs the forward pass of T steps. Replaces the pre-activations in `gates` by the activated values, which the backward pass
   * needs. For GRU and GRU_RESET_BEFORE, also stores q in `gates`. Only LSTM cells use cNext and cPrev.
   *
   * w: the transposed recurrent weights R^T, packed by pack.ts, or by int8.ts for the address before w. Their shape depends on the cell:
   * - GRU: [H, 3H], with H columns for each of r, z and q
   * - GRU_RESET_BEFORE: two packed matrices, [H, 2H] for r and z, then [H, H] for n
   * - other cells: [H, columns * H]
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
   * Draws an index from softmax(logits / temperature). logits is [n]. Two rules restrict which indices can be drawn:
   *   1. If k > 0, only the k likeliest indices stay.
   *   2. If p < 1, the probabilities of the remaining indices are scaled to the sum 1. Then only the likeliest of these indices
   *      stay, as few as are needed for a total probability of at least p (top-p, Holtzman et al. 2020).
   * If temperature is 0, returns the likeliest index. Returns -1 if a logit is NaN or if no logit is above -infinity.
   *
   * `work` is the address of a scratch area of 2n floats. The random number is made from the first word of block number `block` for
   * the seed `seed` (random.ts).
   */
  sample(logits: number, n: number, temperature: number, k: number, p: number, work: number, seed: number, block: number): number;

  /**
   * The backward pass of cross_entropy_forward. upstream[N] is the gradient of loss. For row i of x[N, C], with the target class
   * t = targets[i], e = smoothing, w = weight and p = softmax(x[i]):
   *   dx[i, c] += upstream[i] ((1 - e) w[t] (p[c] - hot[c]) + e / C (p[c] sum(w) - w[c]))
   * hot[c] is 1 if c = t, otherwise 0. If t = ignored, nothing is added to row i. lse is from the forward pass.
   */
  cross_entropy_backward(dx: number, upstream: number, lse: number, x: number, targets: number, weight: number, N: number, C: number, ignored: number, smoothing: number): void;
  /**
   * Cross-entropy of the logits x[N, C] with class indices, as PyTorch defines it. For row i of x, with the target class
   * t = targets[i], e = smoothing and w = weight:
   *   nll(c) = log(sum(exp(x[i]))) - x[i, c]
   *   loss[i] = (1 - e) w[t] nll(t) + e / C * sum_c w[c] nll(c)
   *   kept[i] = w[t]
   * If t = ignored, loss[i] and kept[i] are 0. weight is [C]. If its address is 0, all weights are 1. lse[N, 2] is written for the
   * backward pass: the result of logSumExp for each row that is not ignored.
   */
  cross_entropy_forward(loss: number, kept: number, lse: number, x: number, targets: number, weight: number, N: number, C: number, ignored: number, smoothing: number): void;
  /** dx += dy - exp(y) sum(dy). */
  log_softmax_backward(dx: number, dy: number, y: number, N: number, C: number): void;
  /** y[N, C] = x - log(sum(exp(x))), row by row. y may be x. */
  log_softmax_forward(y: number, x: number, N: number, C: number): void;
  /**
   * The backward pass of soft_cross_entropy_forward. upstream[N] is the gradient of loss. For row i of x[N, C], with e = smoothing,
   * w = weight and p = softmax(x[i]):
   *   s[c] = w[c] ((1 - e) q[i, c] + e / C)
   *   dx[i, c] += upstream[i] (p[c] sum(s) - s[c])
   * lse is from the forward pass.
   */
  soft_cross_entropy_backward(dx: number, upstream: number, lse: number, x: number, q: number, weight: number, N: number, C: number, smoothing: number): void;
  /**
   * Cross-entropy of the logits x[N, C] with target probabilities q[N, C]. For row i, with e = smoothing and w = weight:
   *   nll(c) = log(sum(exp(x[i]))) - x[i, c]
   *   loss[i] = sum_c w[c] ((1 - e) q[i, c] + e / C) nll(c)
   * weight is [C]. If its address is 0, all weights are 1. lse[N, 2] is written for the backward pass: the result of logSumExp for
   * each row.
   */
  soft_cross_entropy_forward(loss: number, lse: number, x: number, q: number, weight: number, N: number, C: number, smoothing: number): void;
  /** dx += y (dy - sum(dy y)). */
  softmax_backward(dx: number, dy: number, y: number, N: number, C: number): void;
  /** y[N, C] = exp(x) / sum(exp(x)), row by row. y may be x. */
  softmax_forward(y: number, x: number, N: number, C: number): void;
}

/** The kernels of the builds that only run models: those of assembly/run.ts. */
export type RunKernels = Pick<
  Kernels,
  | "activation_forward"
  | "add_forward"
  | "add_scaled"
  | "first_nonfinite"
  | "multiply_forward"
  | "gemm"
  | "heap_base"
  | "relaxed"
  | "layer_norm_forward"
  | "scale_columns"
  | "pack_transposed"
  | "recurrent_forward"
  | "add_transposed"
  | "copy_rows"
  | "fill_rows"
  | "gather_rows"
  | "draw_symbols"
  | "cross_entropy_forward"
  | "softmax_forward"
>;

/** e^x */
export const EXP = 0;
/** 1 / (1 + e^-x) */
export const SIGMOID = 1;
/** hyperbolic tangent */
export const TANH = 2;
/** x, or 0 if x < 0 */
export const RELU = 3;
/** alpha x + beta */
export const AFFINE = 4;
/** x, or alpha x if x < 0 */
export const LEAKY_RELU = 5;
/** x, or 0 if x < alpha */
export const THRESHOLDED_RELU = 6;
/** alpha tanh(beta x) */
export const SCALED_TANH = 7;
/** alpha x + beta, clipped to [0, 1] */
export const HARD_SIGMOID = 8;
/** x, or alpha (e^x - 1) if x < 0 */
export const ELU = 9;
/** x / (1 + |x|) */
export const SOFTSIGN = 10;
/** log(1 + e^x) */
export const SOFTPLUS = 11;
/** log(1 / (1 + e^-x)), which is -SOFTPLUS of -x */
export const LOG_SIGMOID = 12;

/** Outputs of a panel that `gemm` reads. */
export const PANEL = 32;

export const PLAN_RECURRENT_FORWARD = 0;
export const PLAN_GEMM = 1;
export const PLAN_FILL_ROWS = 2;
export const PLAN_GATHER_ROWS = 3;
export const PLAN_ADD_INT8_ROWS = 4;
export const PLAN_COPY_ROWS = 5;
export const PLAN_ADD_SCALED = 6;
export const PLAN_ADD_FORWARD = 7;
export const PLAN_MULTIPLY_FORWARD = 8;
export const PLAN_ACTIVATION_FORWARD = 9;
export const PLAN_LAYER_NORM_FORWARD = 10;
export const PLAN_SCALE_COLUMNS = 11;
/** Bytes of a call. */
export const PLAN_CALL = 112;

export const RNN_TANH = 0;
export const RNN_RELU = 1;
/** PyTorch's LSTM; column blocks of `gates`: i, f, g, o */
export const LSTM = 2;
/** PyTorch's GRU, with reset after the recurrent product; column blocks of `gates`: n, r, z, q */
export const GRU = 3;
/** GRU with reset before the recurrent product; column blocks of `gates`: n, r, z, q */
export const GRU_RESET_BEFORE = 4;
/** GRU without reset gate; column blocks of `gates`: z, n */
export const GRU_SIMPLIFIED = 5;
/** LSTM with 1 - i instead of a forget gate; column blocks of `gates`: i, g, o */
export const LSTM_COUPLED = 6;
/** LSTM with 1 instead of a forget gate; column blocks of `gates`: i, g, o */
export const LSTM_NO_FORGET = 7;

/**
 * The functions of a cell and the arrays that they need. JavaScript writes these fields into memory. If an array is not used, its
 * address is 0.
 * Size in words:
 */
export const CELL_FUNCTIONS_SIZE = 18;
/** The inputs of all activation functions are clipped to [-limit, limit]. Infinity means no clipping. */
export const CELL_FUNCTIONS_LIMIT = 0;
/** Activation function of the gates: its number (such as SIGMOID), alpha and beta. */
export const CELL_FUNCTIONS_F = 1;
export const CELL_FUNCTIONS_F_ALPHA = 2;
export const CELL_FUNCTIONS_F_BETA = 3;
/** Activation function of the candidate: its number, alpha and beta. */
export const CELL_FUNCTIONS_G = 4;
export const CELL_FUNCTIONS_G_ALPHA = 5;
export const CELL_FUNCTIONS_G_BETA = 6;
/** Activation function of the LSTM's new cell state: its number, alpha and beta. */
export const CELL_FUNCTIONS_H = 7;
export const CELL_FUNCTIONS_H_ALPHA = 8;
export const CELL_FUNCTIONS_H_BETA = 9;
/**
 * Peephole weights of an LSTM: H weights for each of the gates i, f and o, in this order. LSTM_COUPLED and LSTM_NO_FORGET have
 * no gate f.
 */
export const CELL_FUNCTIONS_PEEPHOLES = 10;
export const CELL_FUNCTIONS_PEEPHOLES_GRADIENT = 11;
/** What the peephole of gate o sees: 0 means the new cell state c', 1 means the state c before the step. */
export const CELL_FUNCTIONS_PREVIOUS = 12;
/**
 * Gains of layer normalisation (cell-norm.ts): one for each normalised column of the array `gates`. If the address is 0, the
 * cell has no layer normalisation.
 */
export const CELL_FUNCTIONS_GAIN = 13;
/** Biases of layer normalisation: one for each normalised column of the array `gates`. */
export const CELL_FUNCTIONS_BIAS = 14;
/**
 * Distance in bytes, in memory, from a pre-activation to its copy. Layer normalisation makes the copy for the backward pass
 * before it replaces the pre-activation. 0 means that no copies are made.
 */
export const CELL_FUNCTIONS_KEPT = 15;
export const CELL_FUNCTIONS_GAIN_GRADIENT = 16;
export const CELL_FUNCTIONS_BIAS_GRADIENT = 17;
