import { checkLengths } from "../../autograd/attention.ts";
import { additiveScores, type Rows, rowsOf } from "../../autograd/attention-scores.ts";
import { checkInstance, checkWhole } from "../../checks.ts";
import { packedSize } from "../../runtime/packed-size.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { expectShape, Tensor } from "../../runtime/tensor.ts";
import type { Linear } from "../linear.ts";
import { packingOf } from "./int8.ts";
import { PackedLinear } from "./linear.ts";
import { type Dtype, Stream } from "./packed.ts";

/** The fields of an `Attention` module that a stream reads. */
interface AttentionWeights {
  readonly runtime: Runtime;
  readonly querySize: number;
  readonly memorySize: number;
  readonly additive: { readonly query: Linear; readonly key: Linear; readonly score: Tensor } | undefined;
}

/**
 * One source sequence. `keys` and `values` are addresses. The values are always packed. The keys are packed only for dot-product
 * attention.
 */
interface Source {
  readonly steps: number;
  readonly keys: number;
  readonly values: number;
}

/**
 * Attention step by step over fixed sources. A step takes one or more queries per source, such as the hypotheses of a beam
 * search, and allocates nothing. Freed by `dispose`.
 */
export class AttentionStream extends Stream {
  /** Steps of the longest source. */
  readonly steps: number;
  readonly #rt: Runtime;
  readonly #querySize: number;
  readonly #memorySize: number;
  readonly #rows: number;
  readonly #sources: readonly Source[];
  readonly #additive: { query: PackedLinear; score: number; queries: number; hidden: number } | undefined;
  readonly #scores: number;
  readonly #context: number;
  readonly #weights: number;

  /**
   * @param attention module whose weights are copied
   * @param memory [T_x, B, memorySize], which is copied
   * @param lengths number of steps of each source, at least 1
   * @param rows number of queries per source in each step
   * @param dtype type of the packed weights. Scores, keys and values are always floats
   */
  constructor(
    attention: AttentionWeights,
    memory: Tensor,
    lengths: readonly number[],
    rows: number,
    dtype: Dtype,
  ) {
    const { runtime: rt, additive, memorySize: D, querySize } = attention;
    super(rt, undefined);
    this.#rt = rt;
    const [Tx = 0, B = 0] = checkInstance("AttentionStream: memory", memory, Tensor, "a Tensor").shape;
    rt.checkFloats("AttentionStream", memory);
    expectShape("AttentionStream: memory", memory, [Tx, B, D]);
    checkLengths(lengths, Tx, B);
    this.#rows = checkWhole("AttentionStream: rows", rows, 1);
    this.#querySize = querySize;
    this.#memorySize = D;
    this.steps = lengths.reduce((most, length) => Math.max(most, length), 0);
    const size = additive?.score.size ?? querySize;
    [this.#sources, this.#additive, this.#scores, this.#context, this.#weights] = rt.frame(() => [
      rt.noGrad(() => rt.scope(() => pack(attention, memory, lengths))),
      additive && {
        query: new PackedLinear(additive.query, packingOf(rt, dtype)),
        score: packedVector(additive.score),
        queries: rt.allocate(B * rows * size),
        hidden: rt.allocate(rows * this.steps * size),
      },
      rt.allocate(rows * this.steps),
      rt.allocate(B * rows * D),
      rt.allocate(B * rows * this.steps),
    ]);
  }

  /** Address of the contexts [B * rows, memorySize]. @internal */
  get contextPtr(): number {
    return this.#context;
  }

  /** Returns a copy of the last step's attention weights [B * rows, steps]. They are 0 past the end of a source. */
  weights(): Float32Array {
    return this.runtime.floats(this.#weights, this.#sources.length * this.#rows * this.steps).slice();
  }

  /**
   * Runs one step.
   *
   * @param queries address of the queries [B * rows, querySize]. B is the number of sources. `rows` is the number of queries per
   * source. Queries of the same source are adjacent.
   * @throws ERR_DISPOSED after `dispose`
   */
  run(queries: number): void {
    this.assertUsable();
    const rt = this.#rt;
    const k = rt.kernels;
    const D = this.#memorySize;
    const M = this.#rows;
    const A = this.#additive?.query.outFeatures ?? this.#querySize;
    const rows = this.#sources.length * M;
    this.#additive?.query.run(this.#additive.queries, queries, rows);
    const from = this.#additive?.queries ?? queries;
    const [scores, additive] = [this.#scores, this.#additive];
    k.fill_rows(this.#context, rows * D, 0, 1, rows * D);
    k.fill_rows(this.#weights, rows * this.steps, 0, 1, rows * this.steps);
    this.#sources.forEach(({ steps: n, keys, values }, b) => {
      const query = from + b * M * A * 4;
      if (additive) {
        const { score, hidden } = additive;
        additiveScores(rt, scores, { ptr: query, ld: A }, { ptr: keys, ld: A }, score, hidden, M, n, A);
      } else {
        k.fill_rows(scores, n, 0, M, n);
        k.gemm(scores, n, query, A, keys, M, n, A);
      }
      k.softmax_forward(scores, scores, M, n);
      k.copy_rows(this.#weights + b * M * this.steps * 4, this.steps, scores, n, M, n);
      k.gemm(this.#context + b * M * D * 4, D, scores, n, values, M, D, n);
    });
  }

  protected override free(): void {
    const rt = this.runtime;
    for (const { keys, values } of this.#sources) for (const block of [keys, values]) rt.free(block);
    for (const block of [this.#scores, this.#context, this.#weights]) rt.free(block);
    if (!this.#additive) return;
    const { query, ...blocks } = this.#additive;
    query.dispose();
    for (const block of Object.values(blocks)) rt.free(block);
  }
}

function packedVector({ runtime: rt, ptr, size }: Tensor): number {
  const packed = rt.allocate(packedSize(size, 1));
  rt.kernels.pack_transposed(packed, ptr, size, size, 1);
  return packed;
}

function pack(
  { runtime: rt, additive }: AttentionWeights,
  memory: Tensor,
  lengths: readonly number[],
): Source[] {
  const k = rt.kernels;
  const keys = additive?.key.forward(memory) ?? memory;
  const [, , A = 0] = keys.shape;
  const [, , D = 0] = memory.shape;
  return lengths.map((steps, b) => {
    const [key, value] = [keys, memory].map(({ ptr, shape }) => rowsOf(ptr, shape, b)) as [Rows, Rows];
    const own = {
      steps,
      keys: rt.allocate(additive ? steps * A : packedSize(A, steps)),
      values: rt.allocate(packedSize(steps, D)),
    };
    if (additive) k.copy_rows(own.keys, A, key.ptr, key.ld, steps, A);
    else k.pack_transposed(own.keys, key.ptr, key.ld, A, steps);
    k.pack_rows(own.values, value.ptr, value.ld, steps, D);
    return own;
  });
}
