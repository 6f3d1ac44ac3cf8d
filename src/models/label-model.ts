import { softmax } from "../autograd/softmax.ts";
import type { Labelled } from "../data/labelled.ts";
import { SequenceBatches, type Sequences } from "../data/sequence-batches.ts";
import type { TokenBatch } from "../data/token-batch.ts";
import { Vocabulary } from "../data/vocabulary.ts";
import { UnrolledError } from "../errors.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import type { LabelSpec } from "./label-spec.ts";
import { Network } from "./network.ts";
import { countParameters } from "./network-spec.ts";
import type { BatchLoss } from "./task-model.ts";
import { tokenLoss } from "./token-loss.ts";

/** Sequences read side by side where nothing is trained. */
const READ = 32;

/** What a labelling model reads by, and what it predicts by. */
export interface LabelTables {
  /** Of the tokens, @see Vocabulary.fromTokens */
  readonly vocabulary: Vocabulary;
  /** Without a place for unknown ones. */
  readonly labels: Vocabulary;
}

/** Tokens -> recurrent layers -> a score for each label, of every step or of the whole sequence. */
export abstract class LabelModel<Spec extends LabelSpec = LabelSpec> extends Network<Spec> {
  readonly tables: Readonly<Record<keyof LabelTables, Vocabulary>>;

  static tables() {
    return { vocabulary: Vocabulary, labels: Vocabulary };
  }

  static countParameters(spec: LabelSpec, { vocabulary, labels }: LabelTables): number {
    return countParameters(spec, vocabulary.size, labels.size);
  }

  /** What a label belongs to. */
  abstract readonly targetPer: "step" | "sequence";

  constructor(runtime: Runtime, spec: Spec, { vocabulary, labels }: LabelTables) {
    super(runtime, spec, { inputs: vocabulary.size, outputs: labels.size });
    this.tables = { vocabulary, labels };
  }

  get vocabulary(): Vocabulary {
    return this.tables.vocabulary;
  }

  get labels(): Vocabulary {
    return this.tables.labels;
  }

  /**
   * @param tokens int32 [T, B]
   * @param lengths steps of each sequence, where they differ; what lies behind is padding
   * @returns logits [T, B, labels], or [B, labels] of a classifier, and the states after each sequence's last step
   */
  abstract forward(tokens: Tensor, lengths?: readonly number[]): { logits: Tensor; state: RecurrentState };

  /** Mean cross-entropy in nats of the targets; -100 does not count. */
  loss(batch: TokenBatch): BatchLoss {
    const { state: _, ...result } = tokenLoss(this.runtime, batch, (tokens) =>
      this.forward(tokens, batch.lengths),
    );
    return result;
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
