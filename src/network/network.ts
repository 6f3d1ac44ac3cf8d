import { concat } from "../autograd/shape.ts";
import { UnrolledError } from "../errors.ts";
import { CELL_MODULES } from "../nn/cells.ts";
import { Dropout } from "../nn/dropout.ts";
import { Embedding } from "../nn/embedding.ts";
import { FeedForward, type FeedForwardOptions } from "../nn/feed-forward.ts";
import { Module } from "../nn/module.ts";
import type { Recurrent, RecurrentInput, RecurrentOutput } from "../nn/recurrent.ts";
import type { Dtype } from "../nn/stream/packed.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import type { NetworkHead } from "./head.ts";
import { moduleOptions, type NetworkSizes, type NetworkSpec } from "./spec.ts";

/**
 * Makes the modules that read the input: an embedding, if the spec has one, and recurrent layers.
 *
 * @param sizes number of inputs, and number of extra features beside each embedding
 * @param add adds a module to the parent module under a name, and returns the added module
 */
export function makeReader(
  runtime: Runtime,
  spec: NetworkSpec,
  { inputs, beside = 0 }: Pick<NetworkSizes, "inputs" | "beside">,
  add: <T extends Module>(name: string, part: T) => T,
): { embedding: Embedding | undefined; rnn: Recurrent } {
  const { dropout, embedding, bidirectional, connections, norm, inputDropout, variationalDropout } = spec;
  const table = embedding
    ? add("embedding", new Embedding(runtime, { numEmbeddings: inputs, embeddingDim: embedding }))
    : undefined;
  const rnn: Recurrent = new CELL_MODULES[spec.cell](runtime, {
    dropout,
    bidirectional,
    connections,
    norm,
    inputDropout,
    variationalDropout,
    ...moduleOptions(spec),
    inputSize: (embedding || inputs) + beside,
    hiddenSize: spec.hidden,
    numLayers: spec.layers,
  });
  return { embedding: table, rnn: add("rnn", rnn) };
}

/** The modules that a spec describes: embedding -> recurrent layers -> dropout -> head. */
export class Network<
  Spec extends NetworkSpec = NetworkSpec,
  Head extends NetworkHead = FeedForward,
> extends Module {
  /** The spec, with all defaults filled in. */
  readonly spec: Spec;
  /** Type of the packed weights of streams and of the weights in a file, unless `pack` or `serializeModel` names another. */
  dtype: Dtype = "f32";
  /** The embedding of the tokens; undefined if the spec has none. */
  readonly embedding: Embedding | undefined;
  /** The recurrent layers. */
  readonly rnn: Recurrent;
  /** The hidden layers of the head, and the output layer. */
  readonly head: Head;
  readonly #dropout: Dropout;

  /**
   * @param spec a checked spec with all defaults filled in
   * @throws ERR_VALUE if `spec.tied` is true and the numbers of inputs and outputs differ
   */
  constructor(runtime: Runtime, spec: Spec, { inputs, outputs, beside = 0, pooled = 1 }: NetworkSizes) {
    super(runtime);
    const { dropout, tied, variationalDropout } = spec;
    if (tied && inputs !== outputs) {
      throw new UnrolledError(
        "ERR_VALUE",
        `spec: tied is true, but there are ${inputs} inputs and ${outputs} outputs`,
      );
    }
    this.spec = spec;
    const add = <T extends Module>(name: string, part: T): T => this.child(name, part);
    [this.embedding, this.rnn, this.#dropout, this.head] = runtime.frame(() => {
      const { embedding, rnn } = makeReader(runtime, spec, { inputs, beside }, add);
      return [
        embedding,
        rnn,
        add("dropout", new Dropout(runtime, { p: dropout, variational: variationalDropout })),
        add(
          "head",
          this.makeHead({
            inFeatures: pooled * rnn.outputSize,
            hidden: spec.head,
            outFeatures: outputs,
            activation: spec.headActivation,
            ...(tied && embedding && { weight: embedding.weight }),
          }),
        ),
      ];
    });
  }

  /** Makes the head. `spec` is set, and nothing else. */
  protected makeHead(options: FeedForwardOptions): Head {
    return new FeedForward(this.runtime, options) as NetworkHead as Head;
  }

  /**
   * Computes output [T, B, outputs].
   *
   * @param x tokens [T, B], or features [T, B, inputs] if the network has no embedding
   */
  compute(x: Tensor, given: RecurrentInput = {}): RecurrentOutput {
    const { output, state } = this.features(x, given);
    return { output: this.project(output), state };
  }

  /**
   * Runs the layers before dropout and head. The output is [T, B, rnn.outputSize].
   *
   * @param beside features to concatenate to the embeddings
   */
  protected features(x: Tensor, given: RecurrentInput = {}, beside?: Tensor): RecurrentOutput {
    const vectors = this.embedding?.forward(x) ?? x;
    return this.rnn.forward(beside ? concat([vectors, beside]) : vectors, given);
  }

  /** Runs the dropout before the head. */
  protected dropOut(features: Tensor): Tensor {
    return this.#dropout.forward(features);
  }

  /** Runs dropout and head: [..., rnn.outputSize] -> [..., outputs]. */
  protected project(features: Tensor): Tensor {
    return this.head.forward(this.dropOut(features));
  }
}
