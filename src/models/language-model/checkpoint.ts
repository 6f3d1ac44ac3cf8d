import type { Runtime } from "../../runtime/runtime.ts";
import { hashText, openCheckpoint, type Progress } from "../../train/checkpoint.ts";
import type { Recipe } from "../../train/recipe.ts";
import { LanguageModel } from "./model.ts";
import { Trainer } from "./trainer.ts";

/** A training run of a language model that was stopped. */
export interface Checkpoint {
  readonly recipe: Recipe;
  readonly progress: Progress;
  /**
   * Continues the run, bit for bit unless the recipe is changed, such as to a lower rate after an ERR_NAN.
   *
   * @throws ERR_DATA if the text is another one
   */
  resume(runtime: Runtime, text: string, changes?: Partial<Recipe>): Promise<Trainer>;
}

/** Reads the checkpoint of a language model. @throws ERR_FORMAT if the bytes are no such file */
export function parseCheckpoint(bytes: Uint8Array): Checkpoint {
  const { recipe, progress, restore } = openCheckpoint(bytes, [LanguageModel]);
  return {
    recipe,
    progress,
    resume: async (runtime, text, changes) =>
      restore(
        runtime,
        await hashText(text),
        (model, recipe) => new Trainer(model, model.encode(text), { ...recipe, ...changes }),
      ),
  };
}
