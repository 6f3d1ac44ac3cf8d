import type { Step } from "../../data/labelled.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { LabelTables } from "./batches.ts";
import { stepsOf } from "./decoding.ts";
import { LabelModel } from "./model.ts";
import { checkTaggerSpec, type TaggerRule, type TaggerSpec, taggerSchema } from "./spec.ts";
import { taggerTokens } from "./tagger-tokens.ts";

/**
 * Predicts one label for every step of a sequence: words or vectors -> recurrent layers -> scores of the labels at each step.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const spec = { ...defaultTaggerSpec(), hidden: 8, embedding: 8, dropout: 0, inputDropout: 0 };
 * const examples = ["red car", "old dog", "big tree", "new house"].flatMap((pair) => [
 *   { tokens: ["a", ...pair.split(" ")], labels: ["DET", "ADJ", "NOUN"] },
 *   { tokens: ["the", pair.split(" ")[1]], labels: ["DET", "NOUN"] },
 * ]);
 * const model = new Tagger(rt, spec, labelTables(examples, spec));
 * const trainer = new LabelTrainer(model, { train: examples, validation: examples }, { lr: 0.02, average: 0 });
 * for (let i = 0; i < 40; i++) trainer.step();
 * console.log(model.predict([["the", "big", "car"]])); // [ [ 'DET', 'ADJ', 'NOUN' ] ]
 * ```
 */
export class Tagger extends LabelModel<TaggerSpec> {
  /** The task's name in specs and files. */
  static readonly task = "tagger";
  /** Returns the schema of {@link TaggerSpec}. */
  static readonly schema = taggerSchema;
  override readonly targetPer = "step";

  /** Makes a model from a checked spec and its tables. `loadModel` calls it. */
  static build(runtime: Runtime, spec: TaggerSpec, tables: LabelTables): Tagger {
    return new Tagger(runtime, spec, tables);
  }

  /**
   * Makes a model with random weights.
   *
   * @throws ERR_VALUE if the spec is invalid
   */
  constructor(runtime: Runtime, spec: TaggerSpec, tables: LabelTables) {
    super(runtime, checkTaggerSpec(spec), tables);
  }

  /**
   * Splits a text into tokens as the training data were split.
   *
   * @param rule how the text is cut; default: `spec.tokens`
   */
  tokens(text: string, rule: TaggerRule = this.spec.tokens): string[] {
    return taggerTokens(
      text,
      { ...this.spec, tokens: rule },
      (token) => this.vocabulary?.has(token) ?? false,
    );
  }

  /**
   * Predicts a label for every step of each sequence. A sequence is a list of words or of vectors, or a text, which `tokens`
   * splits. If `spec.multiLabel` is true, a step has a text with all its labels, such as "a,b" or "[]", which `labelSet` reads.
   *
   * @throws the errors of `probabilities`
   */
  predict(sentences: readonly (string | readonly Step[])[]): string[][] {
    return this.label(stepsOf("sentences", sentences, this.spec, (text) => this.tokens(text)));
  }
}
