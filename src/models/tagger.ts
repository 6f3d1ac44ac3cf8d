import type { Vocabulary } from "../data/vocabulary.ts";
import type { RecurrentState } from "../nn/recurrent.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Tensor } from "../runtime/tensor.ts";
import { LabelModel } from "./label-model.ts";
import { checkTaggerSpec, type TaggerSpec } from "./label-spec.ts";

/** One label for every word: words -> recurrent layers -> a score for each label, at each step. */
export class Tagger extends LabelModel<TaggerSpec> {
  static readonly task = "tagger";

  static checkSpec(given: unknown): TaggerSpec {
    return checkTaggerSpec(given);
  }

  /**
   * @param vocabulary of the words, @see Vocabulary.fromTokens
   * @param labels without a place for unknown ones
   * @throws ERR_VALUE where the spec is not one
   */
  constructor(runtime: Runtime, spec: TaggerSpec, vocabulary: Vocabulary, labels: Vocabulary) {
    super(runtime, checkTaggerSpec(spec), vocabulary, labels);
  }

  override forward(tokens: Tensor, lengths?: readonly number[]): { logits: Tensor; state: RecurrentState } {
    const { output, state } = this.compute(tokens, lengths ? { lengths } : {});
    return { logits: output, state };
  }

  /** Tags of the words of each sentence. @throws ERR_DATA for a sentence without words */
  predict(sentences: readonly (readonly string[])[]): string[][] {
    return this.label(sentences);
  }
}
