import type { Runtime } from "../../runtime/runtime.ts";
import { hashText, openCheckpoint, type Progress } from "../../train/checkpoint.ts";
import type { Recipe } from "../../train/recipe.ts";
import { LanguageModel } from "./model.ts";
import { LanguageModelTrainer } from "./trainer.ts";

/** The saved state of a training run of a language model, from which the run can continue. */
export interface LanguageModelCheckpoint {
  /** The settings of the run. */
  readonly recipe: Recipe;
  /** How far the run has come. */
  readonly progress: Progress;
  /**
   * Returns a trainer that continues the run. Without `changes`, the trained weights are bit for bit the same as if the run had
   * never stopped.
   *
   * @param text the text that the run was started with
   * @param changes new values of settings of the recipe, such as a lower learning rate after ERR_NAN
   * @throws ERR_DATA if `text` is not the text of the run
   */
  resume(runtime: Runtime, text: string, changes?: Partial<Recipe>): Promise<LanguageModelTrainer>;
}

/**
 * Reads the checkpoint of a language model.
 *
 * @param kind class of the model; `AdaptiveLanguageModel` if its softmax is adaptive
 * @throws ERR_FORMAT if the bytes are not a language model's checkpoint
 */
export function openLanguageModelCheckpoint(
  bytes: Uint8Array,
  kind: typeof LanguageModel = LanguageModel,
): LanguageModelCheckpoint {
  const { recipe, progress, restore } = openCheckpoint(bytes, [kind]);
  return {
    recipe,
    progress,
    resume: async (runtime, text, changes) =>
      restore(
        runtime,
        await hashText(text),
        (model, recipe) => new LanguageModelTrainer(model, model.encode(text), { ...recipe, ...changes }),
      ),
  };
}
