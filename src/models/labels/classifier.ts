import { pool } from "../../autograd/pool.ts";
import { checkObject, checkText } from "../../checks.ts";
import { labelCell } from "../../data/label-set.ts";
import type { Labelled, Step } from "../../data/labelled.ts";
import { normalized, sequenceTokens, type TokenSpec } from "../../data/words.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import type { LabelTables } from "./batches.ts";
import { type Classification, classificationOf, stepsOf } from "./decoding.ts";
import { type Gathering, gathering } from "./gathering.ts";
import { LabelModel } from "./model.ts";
import { type ClassifierSpec, checkClassifierSpec, classifierSchema } from "./spec.ts";

export type { Classification };

/**
 * Predicts one label for a sequence: tokens or vectors -> recurrent layers -> pooling -> a score for each label. Pooling turns
 * the outputs of all steps into one vector. `spec.pooling` selects the method.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const spec = { ...defaultClassifierSpec(), hidden: 8, embedding: 8, wordDropout: 0, dropout: 0, inputDropout: 0 };
 * const examples = ["film", "book", "play", "song", "meal"].flatMap((thing) => [
 *   classifierExample(`the ${thing} was good`, "positive", spec),
 *   classifierExample(`the ${thing} was bad`, "negative", spec),
 *   classifierExample(`the ${thing} was not good`, "negative", spec),
 *   classifierExample(`the ${thing} was not bad`, "positive", spec),
 * ]);
 * const model = new Classifier(rt, spec, labelTables(examples, spec));
 * const trainer = new LabelTrainer(model, holdOut(examples, 1), { lr: 0.02, average: 0 });
 * for (let i = 0; i < 100; i++) trainer.step();
 * const [bad, notBad] = model.predict(["the trip was bad", "the trip was not bad"]);
 * console.log(bad.label, bad.probability.toFixed(2)); // negative 1.00
 * console.log(notBad.label, notBad.probability.toFixed(2)); // positive 1.00
 * ```
 */
export class Classifier extends LabelModel<ClassifierSpec> {
  /** The task's name in specs and files. */
  static readonly task = "classifier";
  /** Returns the schema of {@link ClassifierSpec}. */
  static readonly schema = classifierSchema;
  override readonly targetPer = "sequence";

  /** Makes a model from a checked spec and its tables. `loadModel` calls it. */
  static build(runtime: Runtime, spec: ClassifierSpec, tables: LabelTables): Classifier {
    return new Classifier(runtime, spec, tables);
  }

  /**
   * Makes a model with random weights.
   *
   * @throws ERR_VALUE if the spec is invalid
   */
  constructor(runtime: Runtime, spec: ClassifierSpec, tables: LabelTables) {
    super(runtime, checkClassifierSpec(spec), tables);
  }

  /** Pools the outputs of all steps into one vector for each sequence. */
  protected override labelled(output: Tensor, lengths?: readonly number[]): Tensor {
    return pool(output, this.spec.pooling, {
      ...(lengths && { lengths }),
      ...(this.rnn.bidirectional && { directionSize: this.rnn.hiddenSize }),
    });
  }

  protected override gathering(steps: number): Gathering {
    const { rnn, spec } = this;
    return gathering(spec.pooling, steps, rnn.outputSize, rnn.bidirectional ? rnn.hiddenSize : undefined);
  }

  /** Splits a text into the tokens that the model reads. */
  tokens(text: string): string[] {
    return sequenceTokens(checkText("text", text), this.spec);
  }

  /**
   * Predicts the label of each sequence, or its labels if `spec.multiLabel` is true. A sequence is a text, a list of tokens or a list of vectors.
   *
   * @throws the errors of `probabilities`
   */
  predict(texts: readonly (string | readonly Step[])[]): Classification[] {
    const sequences = stepsOf("texts", texts, this.spec, (text) => this.tokens(text));
    return this.probabilities(sequences).map((all) => classificationOf(all, this.tables));
  }
}

/**
 * Makes a training example from a text and its label.
 *
 * @param label the label; for a classifier of several labels, a list of them or a text that `labelSet` reads
 * @param spec the spec of the classifier, or some of its fields that define how a text is cut into tokens
 */
export function classifierExample(
  text: string,
  label: string | readonly string[],
  spec: TokenSpec,
): Labelled {
  checkObject("classifierExample", spec, "spec is");
  checkText("text", text);
  const cell = typeof label === "object" && label !== null ? labelCell(label) : checkText("label", label);
  return { tokens: sequenceTokens(text, spec), labels: [normalized(cell, spec)] };
}
