/**
 * The exports of the WebAssembly build. Addresses are byte offsets into the runtime's memory, sizes count elements,
 * leading dimensions (`ld`) count floats from one row to the next. Each kernel is documented where it is defined, in
 * `assembly/`; the host checks every shape before it calls one.
 */
export interface Kernels {
  heap_base(): number;
  /** 1 in the relaxed build, 0 in the strict one. */
  relaxed(): number;

  pack_rows(to: number, b: number, ldb: number, K: number, N: number): void;
  pack_transposed(to: number, w: number, ldw: number, K: number, N: number): void;
  gemm(c: number, ldc: number, a: number, lda: number, packed: number, M: number, N: number, K: number): void;
  gemm_tn(
    c: number,
    ldc: number,
    a: number,
    lda: number,
    b: number,
    ldb: number,
    M: number,
    N: number,
    K: number,
  ): void;

  fill_rows(to: number, ld: number, row: number, M: number, N: number): void;
  copy_rows(to: number, ldt: number, from: number, ldf: number, M: number, N: number): void;
  add_rows(to: number, ldt: number, from: number, ldf: number, M: number, N: number): void;
  sum_rows(to: number, from: number, ld: number, M: number, N: number): void;
  gather_rows(to: number, ldt: number, table: number, ld: number, index: number, M: number, N: number): void;
  scatter_add_rows(
    table: number,
    ld: number,
    from: number,
    ldf: number,
    index: number,
    M: number,
    N: number,
  ): void;
  add_transposed(to: number, ldt: number, from: number, ldf: number, M: number, N: number): void;

  activation_forward(f: number, y: number, x: number, n: number, alpha: number, beta: number): void;
  activation_backward(
    f: number,
    dx: number,
    dy: number,
    y: number,
    n: number,
    alpha: number,
    beta: number,
  ): void;
  add_forward(y: number, a: number, b: number, n: number): void;
  add_scaled(y: number, x: number, scale: number, n: number): void;
  multiply_forward(y: number, a: number, b: number, n: number): void;
  multiply_add(y: number, a: number, b: number, n: number): void;
  total(x: number, n: number): number;
  first_nonfinite(x: number, n: number): number;

  recurrent_forward(
    cell: number,
    options: number,
    gates: number,
    hNext: number,
    hPrev: number,
    cNext: number,
    cPrev: number,
    w: number,
    T: number,
    B: number,
    H: number,
    direction: number,
    batchSizes: number,
  ): void;
  recurrent_backward(
    cell: number,
    options: number,
    gates: number,
    dh: number,
    dc: number,
    dout: number,
    hNext: number,
    hPrev: number,
    cPrev: number,
    w: number,
    work: number,
    T: number,
    B: number,
    H: number,
    direction: number,
    batchSizes: number,
  ): void;

  softmax_forward(y: number, x: number, N: number, C: number): void;
  softmax_backward(dx: number, dy: number, y: number, N: number, C: number): void;
  log_softmax_forward(y: number, x: number, N: number, C: number): void;
  log_softmax_backward(dx: number, dy: number, y: number, N: number, C: number): void;
  cross_entropy_forward(
    loss: number,
    kept: number,
    lse: number,
    x: number,
    targets: number,
    weight: number,
    N: number,
    C: number,
    ignored: number,
    smoothing: number,
  ): void;
  cross_entropy_backward(
    dx: number,
    upstream: number,
    lse: number,
    x: number,
    targets: number,
    weight: number,
    N: number,
    C: number,
    ignored: number,
    smoothing: number,
  ): void;
  soft_cross_entropy_forward(
    loss: number,
    lse: number,
    x: number,
    q: number,
    weight: number,
    N: number,
    C: number,
    smoothing: number,
  ): void;
  soft_cross_entropy_backward(
    dx: number,
    upstream: number,
    lse: number,
    x: number,
    q: number,
    weight: number,
    N: number,
    C: number,
    smoothing: number,
  ): void;

  layer_norm_forward(
    y: number,
    x: number,
    weight: number,
    bias: number,
    M: number,
    N: number,
    eps: number,
  ): void;
  layer_norm_backward(
    dx: number,
    dweight: number,
    dy: number,
    x: number,
    weight: number,
    M: number,
    N: number,
    eps: number,
  ): void;
  column_sums(sums: number, x: number, mean: number, a: number, M: number, N: number): void;
  scale_columns(y: number, x: number, scale: number, M: number, N: number): void;
  batch_norm_backward(dx: number, dy: number, x: number, p: number, M: number, N: number): void;

  fill_uniform(to: number, low: number, high: number, n: number, seed: number, block: number): void;
  dropout(to: number, from: number, p: number, n: number, seed: number, block: number): void;
  sample(
    logits: number,
    n: number,
    temperature: number,
    k: number,
    p: number,
    work: number,
    seed: number,
    block: number,
  ): number;

  sum_of_powers(x: number, n: number, power: number): number;
  largest_magnitude(x: number, n: number): number;
  scale(x: number, factor: number, n: number): void;
  clip_value(x: number, limit: number, n: number): void;

  sgd(
    p: number,
    g: number,
    b: number,
    n: number,
    lr: number,
    momentum: number,
    dampening: number,
    decay: number,
    nesterov: boolean,
    first: boolean,
  ): void;
  rmsprop(
    p: number,
    g: number,
    v: number,
    mean: number,
    b: number,
    n: number,
    lr: number,
    alpha: number,
    eps: number,
    momentum: number,
    decay: number,
    centered: boolean,
  ): void;
  adagrad(p: number, g: number, s: number, n: number, lr: number, eps: number, decay: number): void;
  adadelta(
    p: number,
    g: number,
    v: number,
    a: number,
    n: number,
    lr: number,
    rho: number,
    eps: number,
    decay: number,
  ): void;
  adam(
    p: number,
    g: number,
    m: number,
    v: number,
    largest: number,
    n: number,
    lr: number,
    rate: number,
    root: number,
    b1: number,
    b2: number,
    eps: number,
    decay: number,
    decoupled: boolean,
    amsgrad: boolean,
  ): void;
}

/** Floats of an operand B[K, N] that `pack_rows` or `pack_transposed` has packed (assembly/pack.ts). */
export function packedSize(K: number, N: number): number {
  return K * Math.ceil(N / 8) * 8;
}
