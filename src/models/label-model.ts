import { crossEntropy } from "../autograd/cross-entropy.ts";
import { softmax } from "../autograd/softmax.ts";
import type { Labelled } from "../data/labelled.ts";
import { SequenceBatches, type Sequences } from "../data/sequence-batches.ts";
import type { Vocabulary } from "../data/vocabulary.ts";
import { UnrolledError } from "../errors.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import type { LabelSpec } from "./label-spec.ts";
import { Network } from "./network.ts";

/** Sequences read side by side where nothing is trained. */
const READ = 32;

/** Tokens -> recurrent layers -> a score for each label, of every step or of the whole sequence. */
export abstract class LabelModel<Spec extends LabelSpec = LabelSpec> extends Network<Spec> {
  readonly vocabulary: Vocabulary;
  readonly labels: Vocabulary;

  constructor(runtime: Runtime, spec: Spec, vocabulary: Vocabulary, labels: Vocabulary) {
    super(runtime, spec, { inputs: vocabulary.size, outputs: labels.size });
    this.vocabulary = vocabulary;
    this.labels = labels;
  }

  /**
   * @param tokens int32 [T, B]
   * @param lengths steps of each sequence, where they differ; what lies behind is padding
   * @returns logits [T, B, labels], or [B, labels] of a classifier, and the states after each sequence's last step
   */
  abstract forward(tokens: Tensor, lengths?: readonly number[]): { logits: Tensor; state: RecurrentState };

  /** `forward`, and the mean cross-entropy in nats of `targets`: int32 like the logits, without their last axis. */
  loss(
    tokens: Tensor,
    targets: Tensor,
    _state?: RecurrentState,
    lengths?: readonly number[],
  ): { loss: Tensor; logits: Tensor; state: RecurrentState } {
    const result = this.forward(tokens, lengths);
    return { loss: crossEntropy(result.logits, targets), ...result };
  }

  /** Examples as numbers. A label that the model does not know becomes -100, which no loss counts. */
  encode(examples: readonly Labelled[]): Sequences<Int32Array, Int32Array> {
    return {
      inputs: examples.map(({ tokens }) => this.vocabulary.encodeTokens(tokens)),
      targets: examples.map(({ labels }) => this.labels.encodeTokens(labels)),
    };
  }

  /**
   * Probabilities of the labels for each sequence: [steps * labels] of a tagger, [labels] of a classifier. Reads without
   * dropout.
   *
   * @throws ERR_DATA for a sequence without tokens, ERR_NAN where the weights are damaged
   */
  probabilities(sequences: readonly (readonly string[])[]): Float32Array[] {
    const empty = sequences.findIndex((tokens) => tokens.length === 0);
    if (empty >= 0)
      throw new UnrolledError("ERR_DATA", `sequence ${empty + 1} is empty, expected a token at least`);
    if (sequences.length === 0) return [];
    const { inputs } = this.encode(sequences.map((tokens) => ({ tokens, labels: [] })));
    const batches = new SequenceBatches({ inputs, targets: inputs }, { batch: READ });
    const found: Float32Array[] = [];
    const { runtime: rt, training } = this;
    const C = this.labels.size;
    this.train(false);
    try {
      for (let i = 0; i < batches.count; i++) {
        const { steps, lengths, inputs, sequences } = batches.at(i);
        const B = lengths.length;
        const all = rt.noGrad(() =>
          rt.scope(() => softmax(this.forward(rt.tensor(inputs, [steps, B]), lengths).logits).toArray()),
        );
        lengths.forEach((length, b) => {
          const rows = this.targetPer === "step" ? length : 1;
          const own = new Float32Array(rows * C);
          for (let t = 0; t < rows; t++) own.set(all.subarray((t * B + b) * C, (t * B + b + 1) * C), t * C);
          if (!own.every(Number.isFinite)) {
            throw new UnrolledError("ERR_NAN", "the model's scores are not finite: its weights are damaged");
          }
          found[sequences[b]!] = own;
        });
      }
    } finally {
      this.train(training);
    }
    return found;
  }

  /** The likeliest label of every step (tagger), or of the sequence (classifier). @throws as `probabilities` */
  label(sequences: readonly (readonly string[])[]): string[][] {
    const { symbols } = this.labels;
    const C = symbols.length;
    return this.probabilities(sequences).map((all) =>
      Array.from(
        { length: all.length / C },
        (_, row) => symbols[likeliest(all.subarray(row * C, (row + 1) * C))]!,
      ),
    );
  }
}

/** Place of the largest number, the first of several. */
export function likeliest(numbers: Float32Array): number {
  let place = 0;
  for (let i = 1; i < numbers.length; i++) if (numbers[i]! > numbers[place]!) place = i;
  return place;
}
