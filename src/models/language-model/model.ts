import { concat, reshape } from "../../autograd/shape.ts";
import { checkInstance, checkObject } from "../../checks.ts";
import type { TokenBatch } from "../../data/token-batch.ts";
import { Vocabulary } from "../../data/vocabulary.ts";
import { UnrolledError } from "../../errors.ts";
import type { NetworkHead } from "../../network/head.ts";
import type { BatchLayout, BatchLoss } from "../../network/model.ts";
import { Network } from "../../network/network.ts";
import { hasCellState } from "../../network/spec.ts";
import { tokenLoss } from "../../network/token-loss.ts";
import type { FeedForwardOptions } from "../../nn/feed-forward.ts";
import { fillUniform } from "../../nn/module.ts";
import type { RecurrentOutput, RecurrentState } from "../../nn/recurrent.ts";
import { type PackOptions, packedDtype } from "../../nn/stream/packed.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { checkLanguageModelSpec, type LanguageModelSpec, languageModelSchema } from "./spec.ts";
import { PackedLanguageModel } from "./stream.ts";
import { encodeText } from "./text.ts";

/** Initial parameters are uniform in [-INITIAL_BOUND, INITIAL_BOUND), as in char-rnn. */
const INITIAL_BOUND = 0.08;

/**
 * Matches the names of the parameters of normalisation layers and of the biases of highway gates. These parameters keep the
 * initial values that the constructor of `Recurrent` gave them.
 */
const OWN_START = /norm_l\d+|highway_l\d+\.bias$/;

/**
 * Matches the names of the recurrent layers' weights and biases. If `spec.identityStart` is true, these parameters also keep the
 * initial values that the constructor of `Recurrent` gave them.
 */
const LAYER = /^rnn\.(weight|bias)_[ih]h_/;

/**
 * Predicts each symbol from the symbols before it (autoregressive): symbols -> recurrent layers -> one logit for each symbol.
 * Initial parameters are uniform in [-0.08, 0.08), as in char-rnn, with these exceptions:
 * - The input bias of a forget gate is `spec.forgetBias`.
 * - Normalisation layers and the biases of highway gates keep the initial values from the constructor of `Recurrent`.
 * - If `spec.identityStart` is true, the weights and biases of the recurrent layers also keep these initial values.
 *
 * @example
 * ```js
 * const text = "one two three four five six seven eight nine ten ".repeat(40);
 * const rt = await createRuntime();
 * const spec = { ...defaultLanguageModelSpec(), cell: "gru", hidden: 32, layers: 1 };
 * const model = new LanguageModel(rt, spec, textVocabulary(text, spec));
 * const trainer = new LanguageModelTrainer(model, model.encode(text), { batch: 8, seq: 20, lr: 0.01 });
 * for (let i = 0; i < 100; i++) trainer.step();
 * const next = model.pack().generate({ prompt: "three ", length: 19, temperature: 0.5 });
 * console.log([...next].join("")); // four five six seven
 * ```
 */
export class LanguageModel extends Network<LanguageModelSpec, NetworkHead> {
  /** The task's name in specs and files. */
  static readonly task = "language-model";
  /** Returns the schema of {@link LanguageModelSpec}. */
  static readonly schema = languageModelSchema;
  /** Vocabulary of the symbols. */
  readonly vocabulary: Vocabulary;

  /** Returns a reader for each vocabulary of a model file. `loadModel` calls it. */
  static tables() {
    return { vocabulary: Vocabulary };
  }

  /**
   * Makes a model from a checked spec and its tables. `loadModel` calls it.
   *
   * @param tables its field `vocabulary` has the symbols
   */
  static build(runtime: Runtime, spec: LanguageModelSpec, tables: LanguageModel["tables"]): LanguageModel {
    return new LanguageModel(runtime, spec, checkObject("tables", tables).vocabulary);
  }

  /**
   * Makes a model with random weights.
   *
   * @param vocabulary the symbols, see `textVocabulary`
   * @throws ERR_VALUE if the spec is invalid
   */
  constructor(runtime: Runtime, spec: LanguageModelSpec, vocabulary: Vocabulary) {
    super(runtime, checkLanguageModelSpec(spec), {
      inputs: checkInstance("vocabulary", vocabulary, Vocabulary, "a Vocabulary").size,
      outputs: vocabulary.size,
    });
    this.vocabulary = vocabulary;
    this.#initialise();
  }

  /** The model's vocabularies, by their names in a model file. */
  get tables() {
    return { vocabulary: this.vocabulary };
  }

  protected override makeHead(options: FeedForwardOptions): NetworkHead {
    if (this.spec.softmax === "full") return super.makeHead(options);
    throw new UnrolledError(
      "ERR_VALUE",
      "spec: softmax is adaptive, which LanguageModel has not; use AdaptiveLanguageModel",
    );
  }

  #initialise(): void {
    const { hidden: H, identityStart, forgetGate, forgetBias } = this.spec;
    for (const [name, tensor] of Object.entries(this.parameters())) {
      if (OWN_START.test(name) || (identityStart && LAYER.test(name))) continue;
      fillUniform(tensor, INITIAL_BOUND);
    }
    if (!hasCellState(this.spec) || forgetGate !== "own") return;
    for (const { biasIh } of this.rnn.layers) biasIh?.data.fill(forgetBias, H, 2 * H);
  }

  /** Encodes a text as ids of the vocabulary. @throws ERR_DATA if a character is unknown and there is no `<UNK>` */
  encode(text: string): Int32Array<ArrayBuffer> {
    return encodeText(text, this.spec, this.vocabulary);
  }

  /**
   * Computes the logits of the next symbol at every step.
   *
   * @param tokens int32 [T, B]
   * @param state initial state, such as the state after the previous batch; by default, all its values are 0. If there is none and
   *   `spec.zeroStart` is true, the first step reads zeros in place of its tokens
   * @param lengths number of steps of each sequence; by default, every sequence has T steps. Later steps are padding.
   * @returns logits [T, B, symbols] and the state after the last step
   */
  forward(
    tokens: Tensor,
    state?: RecurrentState,
    lengths?: readonly number[],
  ): { logits: Tensor; state: RecurrentState } {
    const { output, state: after } = this.read(tokens, state, lengths);
    return { logits: this.project(output), state: after };
  }

  /** Runs the layers before dropout and head. */
  protected read(tokens: Tensor, state?: RecurrentState, lengths?: readonly number[]): RecurrentOutput {
    return this.spec.zeroStart && !state
      ? this.#fromZero(tokens, lengths)
      : this.features(tokens, { h0: state?.h, c0: state?.c, lengths });
  }

  /** Runs the recurrent layers on zeros in the first step, then on the other tokens. */
  #fromZero(tokens: Tensor, lengths: readonly number[] | undefined): RecurrentOutput {
    const { runtime, rnn } = this;
    const [T = 0, B = 0] = tokens.shape;
    // The gradient flow counts distances within one call: that of the other steps.
    const observer = rnn.onStateGradient;
    rnn.onStateGradient = undefined;
    const first = rnn.forward(runtime.zeros([1, B, rnn.inputSize]));
    rnn.onStateGradient = observer;
    if (T < 2) return first;
    const rest = this.features(runtime.tensor(tokens.data.subarray(B), [T - 1, B]), {
      h0: first.state.h,
      c0: first.state.c,
      lengths: lengths?.map((length) => length - 1),
    });
    const flat = [first.output, rest.output].map((part) => reshape(part, [part.size]));
    return { output: reshape(concat(flat), [T, B, rnn.outputSize]), state: rest.state };
  }

  /**
   * Computes the mean cross-entropy of the targets in nats. Targets of -100 are ignored. If the batch has no `lengths`, the
   * result also has the state after the batch, from which the next batch can continue.
   *
   * @param before state before the batch; by default, all its values are 0
   */
  loss(batch: TokenBatch, before?: RecurrentState): BatchLoss {
    const { state, ...result } = this.measure(batch, before);
    return batch.lengths ? result : { ...result, state };
  }

  /** Computes the loss of a batch and the state after it. */
  protected measure(batch: TokenBatch, before?: RecurrentState): ReturnType<typeof tokenLoss> {
    return tokenLoss(this.runtime, batch, (tokens) => this.forward(tokens, before, batch.lengths));
  }

  /** Names the fields of a batch that are divided among threads, and the fields that have the lengths of the sequences. */
  get batchLayout(): BatchLayout<TokenBatch> {
    return { steps: { inputs: "lengths", targets: "lengths" } };
  }

  /**
   * Returns the current weights in the memory layout of the streams that generate or score text.
   *
   * @param options.dtype type of the packed weights; default `dtype` of the model. See {@link nn.Recurrent.pack}
   */
  pack(options: PackOptions = {}): PackedLanguageModel {
    return new PackedLanguageModel(this, packedDtype("LanguageModel", options, this.dtype));
  }
}
