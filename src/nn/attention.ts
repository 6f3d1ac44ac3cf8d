import { type AttentionResult, attention } from "../autograd/attention.ts";
import { checkChoice, checkOptions, checkWhole } from "../checks.ts";
import { UnrolledError } from "../errors.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { AttentionStream } from "./stream/attention.ts";
import { checkDtype, type Dtype } from "./stream/packed.ts";

export const ATTENTIONS = ["dot", "additive"] as const;
/** The name of a scoring function, `dot` or `additive`. The score tells how well a query matches a step of the source. */
export type AttentionKind = (typeof ATTENTIONS)[number];

/** Options of {@link Attention}. */
export interface AttentionModuleOptions {
  /** `dot`: query . memory (Luong et al. 2015). `additive`: tanh(W_q query + W_k memory + b) . v (Bahdanau et al. 2015). */
  kind: AttentionKind;
  /** Number of features of a query (a decoder's state). */
  querySize: number;
  /** Number of features of a step of the source (an encoder's output). Must equal querySize if `kind` is `dot`. */
  memorySize: number;
  /** Hidden units of additive attention. Default querySize. */
  size?: number;
}

/**
 * Attention over the outputs of an encoder. With `dot`, the module has no parameters. With `additive`, it has `query.weight`,
 * `key.weight` and `key.bias`, which are initialised as in Linear. It also has `score` [size], initially uniform within
 * 1 / sqrt(size).
 */
export class Attention extends Module {
  /** The scoring function. */
  readonly kind: AttentionKind;
  /** Number of features of a query. */
  readonly querySize: number;
  /** Number of features of a step of the source. */
  readonly memorySize: number;
  /** Parameters of additive attention; undefined for dot products. */
  readonly additive: { readonly query: Linear; readonly key: Linear; readonly score: Tensor } | undefined;

  /**
   * Makes the module.
   *
   * @throws ERR_VALUE if an option is invalid, or if `kind` is `dot` and `querySize` is not equal to `memorySize`
   */
  constructor(runtime: Runtime, options: AttentionModuleOptions) {
    super(runtime);
    const {
      kind,
      querySize,
      memorySize,
      size = querySize,
    } = checkOptions("Attention", options, "kind querySize memorySize size");
    this.kind = checkChoice("Attention: kind", kind, ATTENTIONS);
    this.querySize = checkWhole("Attention: querySize", querySize, 1);
    this.memorySize = checkWhole("Attention: memorySize", memorySize, 1);
    checkWhole("Attention: size", size, 1);
    if (kind === "dot" && querySize !== memorySize) {
      throw new UnrolledError(
        "ERR_VALUE",
        `Attention: querySize is ${querySize} and memorySize ${memorySize}; dot products need them equal, use additive`,
      );
    }
    this.additive =
      kind === "dot"
        ? undefined
        : runtime.frame(() => ({
            query: this.child(
              "query",
              new Linear(runtime, { inFeatures: querySize, outFeatures: size, bias: false }),
            ),
            key: this.child("key", new Linear(runtime, { inFeatures: memorySize, outFeatures: size })),
            score: this.register("score", [size], 1 / Math.sqrt(size)),
          }));
  }

  /**
   * Computes a context for each query.
   *
   * @param queries [T_y, B, querySize], T_y queries for each of the B sources
   * @param memory [T_x, B, memorySize], the T_x steps of each source
   * @param lengths number of steps of each source; default: T_x for each
   * @returns `context` [T_y, B, memorySize], and `weights` [B, T_y, T_x]. No gradient flows through the weights
   * @throws ERR_SHAPE if a shape is wrong, ERR_VALUE if a length is not from 1 to T_x
   */
  forward(queries: Tensor, memory: Tensor, lengths?: readonly number[]): AttentionResult {
    const given = lengths ? { lengths } : {};
    const { additive } = this;
    if (!additive) return attention(queries, memory, memory, given);
    const { query, key, score } = additive;
    return this.runtime.frame(() =>
      attention(query.forward(queries), key.forward(memory), memory, { ...given, score }),
    );
  }

  /**
   * Opens a stream that computes attention step by step with the current weights.
   *
   * @param memory [T_x, B, memorySize]
   * @param lengths number of steps of each source
   * @param rows number of queries per source in each step; default 1
   * @param dtype type of the packed weights of queries; default `f32`. Scores, keys and values are always floats
   */
  stream(memory: Tensor, lengths: readonly number[], rows = 1, dtype: Dtype = "f32"): AttentionStream {
    return new AttentionStream(this, memory, lengths, rows, checkDtype("Attention.stream", dtype));
  }
}
