import { concat } from "../autograd/shape.ts";
import { UnrolledError } from "../errors.ts";
import { GRU, LSTM, RNN } from "../nn/cells.ts";
import { Dropout } from "../nn/dropout.ts";
import { Embedding } from "../nn/embedding.ts";
import { FeedForward } from "../nn/feed-forward.ts";
import { Module } from "../nn/module.ts";
import type { Recurrent, RecurrentInput, RecurrentOutput } from "../nn/recurrent.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { moduleOptions, type NetworkSizes, type NetworkSpec } from "./network-spec.ts";

const CELLS = { rnn: RNN, gru: GRU, lstm: LSTM };

/** The modules that a spec describes: embedding -> recurrent layers -> dropout -> head. */
export class Network<Spec extends NetworkSpec = NetworkSpec> extends Module {
  readonly spec: Spec;
  readonly embedding: Embedding | undefined;
  readonly rnn: Recurrent;
  readonly head: FeedForward;
  readonly #dropout: Dropout;

  /**
   * @param spec checked and complete
   * @throws ERR_VALUE for an output that is tied to an embedding with another number of rows
   */
  constructor(runtime: Runtime, spec: Spec, { inputs, outputs, beside = 0, pooled = 1 }: NetworkSizes) {
    super(runtime);
    const { dropout, embedding, tied, variationalDropout } = spec;
    if (tied && inputs !== outputs) {
      throw new UnrolledError(
        "ERR_VALUE",
        `spec: tied is true, but there are ${inputs} symbols to read and ${outputs} to predict`,
      );
    }
    this.spec = spec;
    [this.embedding, this.rnn, this.#dropout, this.head] = runtime.frame(() => {
      const table = embedding
        ? this.child("embedding", new Embedding(runtime, { numEmbeddings: inputs, embeddingDim: embedding }))
        : undefined;
      const { bidirectional, connections, norm, inputDropout } = spec;
      const rnn: Recurrent = new CELLS[spec.cell](runtime, {
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
      return [
        table,
        this.child("rnn", rnn),
        this.child("dropout", new Dropout(runtime, { p: dropout, variational: variationalDropout })),
        this.child(
          "head",
          new FeedForward(runtime, {
            inFeatures: pooled * rnn.outputSize,
            hidden: spec.head,
            outFeatures: outputs,
            activation: spec.headActivation,
            ...(tied && table && { weight: table.weight }),
          }),
        ),
      ];
    });
  }

  /** x as `Recurrent.forward` takes it, or tokens where there is an embedding; output [T, B, outputs]. */
  compute(x: Tensor, given: RecurrentInput = {}): RecurrentOutput {
    const { output, state } = this.features(x, given);
    return { output: this.project(output), state };
  }

  /** What lies below dropout and head: output [T, B, rnn.outputSize]. @param beside features beside the embeddings */
  protected features(x: Tensor, given: RecurrentInput = {}, beside?: Tensor): RecurrentOutput {
    const vectors = this.embedding?.forward(x) ?? x;
    return this.rnn.forward(beside ? concat([vectors, beside]) : vectors, given);
  }

  /** Dropout and head: [..., rnn.outputSize] -> [..., outputs]. */
  protected project(features: Tensor): Tensor {
    return this.head.forward(this.#dropout.forward(features));
  }
}
