import { checkPadding, type EmbeddingOptions, embedding } from "../autograd/embedding.ts";
import { checkOptions, checkWhole } from "../checks.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { Module } from "./module.ts";

/** Options of {@link Embedding}. */
export interface EmbeddingModuleOptions {
  /** Number of vectors (V), at least 1. Indices are from 0 to V - 1. */
  numEmbeddings: number;
  /** Size of a vector (D), at least 1. */
  embeddingDim: number;
  /** Index of a vector that is initially 0 and gets no gradient. Default: no such vector. */
  paddingIdx?: number;
  /** Whether to divide the gradient of each vector by the number of times that its index occurs in the batch. Default false. */
  scaleGradByFreq?: boolean;
}

/**
 * A table of vectors, like torch.nn.Embedding. Its weight is [numEmbeddings, embeddingDim], initially uniform with standard
 * deviation 1.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const table = new nn.Embedding(rt, { numEmbeddings: 10, embeddingDim: 4, paddingIdx: 0 });
 * const vectors = table.forward(rt.tensor(Int32Array.of(3, 7, 0), [3]));
 * console.log(vectors.shape); // [ 3, 4 ]
 * console.log([...vectors.data.slice(8)]); // [ 0, 0, 0, 0 ]
 * ```
 */
export class Embedding extends Module {
  /** The vectors, [numEmbeddings, embeddingDim]. */
  readonly weight: Tensor;
  readonly #options: EmbeddingOptions;

  /**
   * Makes a table of random vectors. The vector of `paddingIdx` is 0.
   *
   * @throws ERR_VALUE if an option is invalid
   */
  constructor(runtime: Runtime, options: EmbeddingModuleOptions) {
    super(runtime);
    const {
      numEmbeddings: V,
      embeddingDim: D,
      ...rest
    } = checkOptions("nn.Embedding", options, "numEmbeddings embeddingDim paddingIdx scaleGradByFreq");
    const { paddingIdx } = rest;
    const shape = [checkWhole("Embedding: numEmbeddings", V, 1), checkWhole("Embedding: embeddingDim", D, 1)];
    checkPadding("Embedding", paddingIdx, V);
    this.weight = this.register("weight", shape, Math.sqrt(3));
    if (paddingIdx !== undefined) this.weight.data.fill(0, paddingIdx * D, (paddingIdx + 1) * D);
    this.#options = rest;
  }

  /** Looks up the vectors of int32 indices: [...] -> [..., embeddingDim]. */
  forward(indices: Tensor): Tensor {
    return embedding(indices, this.weight, this.#options);
  }
}
