import { tokensApart } from "../data/words.ts";
import { UnrolledError } from "../errors.ts";
import { evaluateText } from "../models/language-model/evaluation.ts";
import { LanguageModel } from "../models/language-model/model.ts";
import {
  checkLanguageModelSpec,
  defaultLanguageModelSpec,
  type LanguageModelSpec,
} from "../models/language-model/spec.ts";
import { textVocabulary } from "../models/language-model/text.ts";
import { LanguageModelTrainer, languageModelRecipe } from "../models/language-model/trainer.ts";
import type { GenerateOptions } from "../network/write.ts";
import { hashText } from "../train/checkpoint.ts";
import type { Evaluation } from "../train/evaluate.ts";
import type { Recipe } from "../train/recipe.ts";
import { readBoth } from "./parts.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { readText, withContext } from "./source.ts";
import type { CompleteSpec, DataOptions, Task } from "./task.ts";
import { completeTexts, noteUnknown } from "./texts.ts";
import { writePacked } from "./write.ts";

/** Learns to continue and to score texts. The model is a {@link LanguageModel}. */
export const languageModelTask = /* @__PURE__ */ refuseUnknown({
  Model: LanguageModel,
  options: { format: [], data: ["level", "tokens", "vocabulary", "minCount"], evaluate: ["streams"] },
  defaultLength: (level) => (level === "word" ? { epochs: 4 } : { iterations: 2000 }),
  defaultRecipe: (level = "char") => languageModelRecipe(level),
  async read(sources, options) {
    const { data: text, validation: held } = await readBoth(sources, readText);
    if (held !== undefined && held.trim().length < 2) {
      throw new UnrolledError("ERR_DATA", `${sources.validation!.name} has too little text for validation`);
    }
    const run = {
      trainer: (model: LanguageModel, recipe: Recipe) => {
        const validation = held === undefined ? undefined : model.encode(held);
        return new LanguageModelTrainer(model, model.encode(text), recipe, validation);
      },
    };
    return {
      // The hash is computed from the decoded text, not from the bytes of a file. Without validation data, it is
      // `hashText(text)`, which a program that has the text in memory can compute too.
      hash: await hashText(held === undefined ? text : JSON.stringify([text, held])),
      prepare: async (complete) => {
        const spec = checkLanguageModelSpec(specOf(text, complete, options));
        const { vocabulary: limit, minCount } = options;
        const vocabulary = await withContext(sources.data.name, () =>
          textVocabulary(text, spec, { ...(limit && { limit }), ...(minCount && { minCount }) }),
        );
        return {
          ...run,
          model(runtime) {
            const model = new LanguageModel(runtime, spec, vocabulary);
            if (held !== undefined) noteUnknown(options, vocabulary, [model.encode(held)], "validation: ");
            return model;
          },
        };
      },
      resume: async () => run,
    };
  },
  async evaluate(model, data, { streams, ...options } = {}) {
    const text = await readText(data);
    return withContext(data.name, () => {
      const ids = model.encode(text);
      noteUnknown(options, model.vocabulary, [ids]);
      return evaluateText(model, ids, streams ? { streams } : {});
    });
  },
  write: (model: LanguageModel, options: GenerateOptions = {}) => writePacked(model.pack(), options),
} satisfies Task<LanguageModel, Evaluation>);

/** Returns the spec of a new model. If tokens are words, the default of `embedding` is the value of `hidden`. */
function specOf(
  text: string,
  complete: CompleteSpec,
  { level, tokens, note }: DataOptions,
): LanguageModelSpec {
  if (level !== "word") return complete(defaultLanguageModelSpec());
  const defaults = defaultLanguageModelSpec("word");
  return completeTexts(
    complete,
    { ...defaults, embedding: complete(defaults).hidden },
    [text],
    { tokens, note },
    () => (tokensApart(text) ? "spaces" : defaults.tokens),
  );
}
