import type { Runtime } from "../../runtime/runtime.ts";
import { hashText, openCheckpoint, type Progress } from "../../train/checkpoint.ts";
import type { Recipe } from "../../train/recipe.ts";
import { LanguageModel } from "./model.ts";
import { LanguageModelTrainer } from "./trainer.ts";

/** A stopped training run of a language model. */
export interface LanguageModelCheckpoint {
  readonly recipe: Recipe;
  readonly progress: Progress;
  /**
   * Continues the run. Without `changes`, the result is bit for bit the same as that of a run that never stopped.
   *
   * @param text the text that the run was started with
   * @param changes settings of the recipe to change, such as a lower rate after an ERR_NAN
   * @throws ERR_DATA if the text is different
   */
  resume(runtime: Runtime, text: string, changes?: Partial<Recipe>): Promise<LanguageModelTrainer>;
}

/** Reads the checkpoint of a language model. @throws ERR_FORMAT if the bytes are not such a file */
export function openLanguageModelCheckpoint(bytes: Uint8Array): LanguageModelCheckpoint {
  const { recipe, progress, restore } = openCheckpoint(bytes, [LanguageModel]);
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
