import { crossEntropy } from "../autograd/cross-entropy.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import { fillUniform } from "../nn/module.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { PackedLanguageModel } from "./language-model-stream.ts";
import { Network } from "./network.ts";
import { checkSpec, type LanguageModelSpec } from "./spec.ts";

/** Width of the uniform distribution of the initial weights, as in char-rnn. */
const INITIAL_BOUND = 0.08;

/** Parameters that begin with values of their own; those of a recurrent layer do so with an identity start. */
const OWN_START = /norm_l\d+|highway_l\d+\.bias$/;
const LAYER = /^rnn\.(weight|bias)_[ih]h_/;

/**
 * Predicts each symbol from those before it: symbols -> recurrent layers -> one logit for each symbol.
 * At first every parameter is uniform in [-0.08, 0.08), as in char-rnn, but for the forget gates' input bias
 * (`spec.forgetBias`), norms, biases of highways and what starts with the identity.
 */
export class LanguageModel extends Network<LanguageModelSpec> {
  static readonly task = "language-model";
  readonly vocabulary: Vocabulary;

  static checkSpec(given: unknown): LanguageModelSpec {
    return checkSpec(given);
  }

  /** @throws ERR_VALUE where the spec is not one */
  constructor(runtime: Runtime, spec: LanguageModelSpec, vocabulary: Vocabulary) {
    super(runtime, checkSpec(spec), { inputs: vocabulary.size, outputs: vocabulary.size });
    this.vocabulary = vocabulary;
    this.#initialise();
  }

  #initialise(): void {
    const { hidden: H, cell, identityStart, forgetGate, forgetBias } = this.spec;
    for (const [name, tensor] of Object.entries(this.parameters())) {
      if (OWN_START.test(name) || (identityStart && LAYER.test(name))) continue;
      fillUniform(tensor, INITIAL_BOUND);
    }
    if (cell !== "lstm" || forgetGate !== "own") return;
    for (const { biasIh } of this.rnn.layers) biasIh?.data.fill(forgetBias, H, 2 * H);
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
    const result = this.compute(tokens, {
      ...(state && { h0: state.h }),
      ...(state?.c && { c0: state.c }),
      ...(lengths && { lengths }),
    });
    return { logits: result.output, state: result.state };
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
