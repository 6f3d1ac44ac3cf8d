import { checkInstance } from "../../checks.ts";
import type { Level } from "../../data/labelled.ts";
import { lineSequences, sequenceSource } from "../../data/sequence-source.ts";
import type { TextIds } from "../../data/text-batches.ts";
import { type BatchSource, streamSource, type TokenBatch } from "../../data/token-batch.ts";
import { batchRoom, stepsOf } from "../../network/training-memory.ts";
import type { Evaluation } from "../../train/evaluate.ts";
import { adamRecipe, checkRecipe, DEFAULT_RECIPE, type Recipe } from "../../train/recipe.ts";
import { Trainer } from "../../train/trainer.ts";
import { evaluateBatches, wholeText } from "./evaluation.ts";
import { LanguageModel } from "./model.ts";

/**
 * Returns the default recipe for characters or words. For characters, it is `DEFAULT_RECIPE`. For words, it uses Adam, `batch` 10
 * and `seq` 35. Gradients are summed over the steps. Their norm is clipped to 35, which is 1 per step.
 */
export function languageModelRecipe(level: Level): Recipe {
  if (level === "char") return DEFAULT_RECIPE;
  return adamRecipe({ batch: 10, seq: 35, lr: 0.006, schedule: "cosine", clip: 35 });
}

/** Training counts as diverged if the loss of a batch is more than this factor times the loss of random guesses. */
const DIVERGENCE_FACTOR = 2;

/**
 * Trains a language model by truncated backpropagation through time (BPTT). The text is cut into `batch` streams. Each iteration
 * reads the next `seq` steps of each stream. An iteration starts from the state after the previous iteration, but gradients do
 * not flow back into the previous iteration. If there is no separate validation text, the last tenth of every stream is held
 * out, half for validation and half for testing.
 *
 * If `spec.lines` is true, each iteration instead reads `batch` whole lines (for words: sentences) of similar length. Each line
 * starts from a zero state. The held-out part is then a tenth of the lines, which the seed selects.
 *
 * @example
 * ```js
 * const text = "hello world ".repeat(200);
 * const rt = await createRuntime();
 * const spec = { ...defaultLanguageModelSpec(), hidden: 16, layers: 1 };
 * const model = new LanguageModel(rt, spec, textVocabulary(text, spec));
 * const trainer = new LanguageModelTrainer(model, model.encode(text), { batch: 8, seq: 24, lr: 0.02 });
 * console.log(trainer.validate().perplexity.toFixed(1)); // 8.9
 * for (let i = 0; i < 100; i++) trainer.step();
 * console.log(trainer.validate().perplexity.toFixed(1)); // 1.1
 * ```
 */
export class LanguageModelTrainer extends Trainer<LanguageModel, Evaluation> {
  readonly #source: BatchSource;

  /**
   * Makes a trainer for a model.
   *
   * @param ids the text in the model's vocabulary, as `model.encode` returns it
   * @param recipe settings that differ from `languageModelRecipe`
   * @param validation a separate validation text in the same vocabulary; if it is given, no part of `ids` is held out
   * @throws ERR_DATA if a text is too short for the batch, ERR_VALUE if the recipe is invalid
   */
  constructor(model: LanguageModel, ids: TextIds, recipe: Partial<Recipe> = {}, validation?: TextIds) {
    checkInstance("model", model, LanguageModel, "a LanguageModel");
    const whole = checkRecipe(recipe, languageModelRecipe(model.spec.level));
    const held = validation && (() => wholeText(model, validation));
    const roomOf = (lengths: readonly number[]) =>
      batchRoom(model, model.vocabulary.size, whole.batch, stepsOf(lengths.map((length) => length - 1)));
    const source = model.spec.lines
      ? sequenceSource(lineSequences(ids, model.vocabulary), whole, held, roomOf)
      : streamSource(ids, whole, held);
    super(model, whole, source);
    this.#source = source;
  }

  override get divergenceLoss(): number {
    return DIVERGENCE_FACTOR * Math.log(this.model.vocabulary.size);
  }

  override get carriesState(): boolean {
    return !this.model.spec.lines;
  }

  override validate(model = this.model): Evaluation {
    return this.#evaluate("validation", model)!;
  }

  override test(model = this.model): Evaluation | undefined {
    return this.#evaluate("test", model);
  }

  #evaluate(part: "validation" | "test", model: LanguageModel): Evaluation | undefined {
    return evaluateBatches(model, this.heldOut(part), `iteration ${this.iteration}: ${part}`);
  }

  /** Returns the batches of the validation or test part. If the text is too short, there are no batches. */
  heldOut(part: "validation" | "test"): Iterable<TokenBatch> {
    return this.#source.heldOut(part);
  }
}
