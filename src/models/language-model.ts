import { crossEntropy } from "../autograd/cross-entropy.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import { GRU, LSTM, RNN } from "../nn/cells.ts";
import { Dropout } from "../nn/dropout.ts";
import { Embedding } from "../nn/embedding.ts";
import { Linear } from "../nn/linear.ts";
import { fillUniform, Module } from "../nn/module.ts";
import type { Recurrent, RecurrentState } from "../nn/recurrent.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { PackedLanguageModel } from "./language-model-stream.ts";
import { checkSpec, type LanguageModelSpec } from "./spec.ts";

const CELLS = { rnn: RNN, gru: GRU, lstm: LSTM };

/** Blocks of H rows in a cell's weights. */
const GATES = { rnn: 1, gru: 3, lstm: 4 };

/** Width of the uniform distribution of the initial weights, as in char-rnn. */
const INITIAL_BOUND = 0.08;

/**
 * Predicts each symbol from those before it: symbols -> recurrent layers -> one logit for each symbol.
 * At first every parameter is uniform in [-0.08, 0.08) and the forget gates' input bias is 1, as in char-rnn.
 */
export class LanguageModel extends Module {
  readonly spec: LanguageModelSpec;
  readonly vocabulary: Vocabulary;
  readonly embedding: Embedding | undefined;
  readonly rnn: Recurrent;
  readonly head: Linear;
  readonly #dropout: Dropout;

  /** @throws ERR_VALUE where the spec is not one */
  constructor(runtime: Runtime, spec: LanguageModelSpec, vocabulary: Vocabulary) {
    super(runtime);
    const { cell, hidden, layers, dropout, embedding } = checkSpec(spec);
    this.spec = spec;
    this.vocabulary = vocabulary;
    const V = vocabulary.size;
    if (embedding) {
      this.embedding = this.child(
        "embedding",
        new Embedding(runtime, { numEmbeddings: V, embeddingDim: embedding }),
      );
    }
    this.rnn = this.child(
      "rnn",
      new CELLS[cell](runtime, {
        inputSize: embedding || V,
        hiddenSize: hidden,
        numLayers: layers,
        dropout,
      }),
    );
    this.#dropout = this.child("dropout", new Dropout(runtime, { p: dropout }));
    this.head = this.child("head", new Linear(runtime, { inFeatures: hidden, outFeatures: V }));
    this.#initialise();
  }

  #initialise(): void {
    const H = this.spec.hidden;
    for (const tensor of Object.values(this.parameters())) fillUniform(tensor, INITIAL_BOUND);
    if (this.spec.cell !== "lstm") return;
    for (const { biasIh } of this.rnn.layers) biasIh?.data.fill(1, H, 2 * H);
  }

  /**
   * Logits of the next symbol at every step.
   *
   * @param tokens int32 [T, B]
   * @param state of the symbols before; default 0
   * @param lengths steps of each sequence, where they differ; what lies behind is padding
   * @returns logits [T, B, V] and the state after the last step
   */
  forward(
    tokens: Tensor,
    state?: RecurrentState,
    lengths?: readonly number[],
  ): { logits: Tensor; state: RecurrentState } {
    const result = this.rnn.forward(this.embedding?.forward(tokens) ?? tokens, {
      ...(state && { h0: state.h }),
      ...(state?.c && { c0: state.c }),
      ...(lengths && { lengths }),
    });
    return { logits: this.head.forward(this.#dropout.forward(result.output)), state: result.state };
  }

  /** `forward`, and the mean cross-entropy in nats of `targets` int32 [T, B]; -100 does not count. */
  loss(
    tokens: Tensor,
    targets: Tensor,
    state?: RecurrentState,
    lengths?: readonly number[],
  ): { loss: Tensor; logits: Tensor; state: RecurrentState } {
    const result = this.forward(tokens, state, lengths);
    return { loss: crossEntropy(result.logits, targets), ...result };
  }

  /** Packs the weights as they are now, for streams that generate or score text. */
  pack(): PackedLanguageModel {
    return new PackedLanguageModel(this);
  }
}

/** How many numbers a model's parameters are, without making it. */
export function parameterCount(spec: LanguageModelSpec, symbols: number): number {
  const { cell, hidden: H, layers, embedding } = spec;
  const layer = (inputs: number) => GATES[cell] * H * (inputs + H + 2);
  return symbols * embedding + layer(embedding || symbols) + (layers - 1) * layer(H) + symbols * (H + 1);
}
