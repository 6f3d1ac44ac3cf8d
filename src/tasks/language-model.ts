import { tokensApart } from "../data/words.ts";
import { UnrolledError } from "../errors.ts";
import { evaluateText } from "../models/language-model/evaluation.ts";
import { LanguageModel } from "../models/language-model/model.ts";
import { defaultLanguageModelSpec, type LanguageModelSpec } from "../models/language-model/spec.ts";
import type { GenerateOptions } from "../models/language-model/stream.ts";
import { textVocabulary } from "../models/language-model/text.ts";
import { LanguageModelTrainer } from "../models/language-model/trainer.ts";
import { hashText } from "../train/checkpoint.ts";
import type { Evaluation } from "../train/evaluate.ts";
import { languageModelRecipe, type Recipe } from "../train/recipe.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { readText, withContext } from "./source.ts";
import type { DataOptions, Sources, Task } from "./task.ts";
import { writePacked } from "./write.ts";

export const languageModelTask = /* @__PURE__ */ refuseUnknown({
  kind: LanguageModel,
  length: (level) => (level === "word" ? { epochs: 4 } : { iterations: 2000 }),
  recipe: (level = "char") => languageModelRecipe(level),
  async newData(sources, complete, options) {
    const { text, ...data } = await readTexts(sources);
    const spec = LanguageModel.checkSpec(specOf(text, complete, options));
    const { vocabulary: limit, minCount } = options;
    const vocabulary = await withContext(sources.data.name, () =>
      textVocabulary(text, spec, { ...(limit && { limit }), ...(minCount && { minCount }) }),
    );
    return { ...data, model: (runtime) => new LanguageModel(runtime, spec, vocabulary) };
  },
  sameData: readTexts,
  async evaluate(model, data, { streams } = {}) {
    const text = await readText(data);
    return withContext(data.name, () => evaluateText(model, model.encode(text), streams ? { streams } : {}));
  },
  write: (model: LanguageModel, options: GenerateOptions = {}) => writePacked(model.pack(), options),
} satisfies Task<LanguageModel, Evaluation>);

/** Words have vectors as long as the state, where nothing else was asked for. */
function specOf(
  text: string,
  complete: (defaults: LanguageModelSpec) => LanguageModelSpec,
  { level, tokens }: DataOptions,
): LanguageModelSpec {
  if (level !== "word") return complete(defaultLanguageModelSpec());
  const rule = tokens ?? (tokensApart(text) ? "spaces" : defaultLanguageModelSpec("word").tokens);
  const defaults = { ...defaultLanguageModelSpec("word"), tokens: rule };
  return complete({ ...defaults, embedding: complete(defaults).hidden });
}

/** What is read, and what it takes to train on it. @throws ERR_FILE, ERR_DATA */
async function readTexts({ data, validation }: Sources) {
  const text = await readText(data);
  const held = validation && (await readText(validation));
  if (held !== undefined && held.trim().length < 2) {
    throw new UnrolledError("ERR_DATA", `${validation!.name} has too little text to validate with`);
  }
  return {
    text,
    hash: await hashText(held === undefined ? text : JSON.stringify([text, held])),
    trainer: (model: LanguageModel, recipe: Recipe) =>
      new LanguageModelTrainer(
        model,
        model.encode(text),
        recipe,
        held === undefined ? undefined : model.encode(held),
      ),
  };
}
