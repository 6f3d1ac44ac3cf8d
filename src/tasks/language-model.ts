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
import { Cut, checkTrainable } from "./cut.ts";
import { cutPart } from "./hash.ts";
import { readBoth } from "./parts.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { readText, withContext } from "./source.ts";
import type { CompleteSpec, DataOptions, FormatOptions, Task } from "./task.ts";
import { writePacked } from "./write.ts";

/** Learns to continue and to score texts. The model is a {@link LanguageModel}. */
export const languageModelTask = /* @__PURE__ */ refuseUnknown({
  Model: LanguageModel,
  options: { format: ["cut"], data: ["level", "tokens", "vocabulary", "minCount"], evaluate: ["streams"] },
  defaultLength: (level) => (level === "word" ? { epochs: 4 } : { iterations: 2000 }),
  defaultRecipe: (level = "char") => languageModelRecipe(level),
  async read(sources, options) {
    const { data: text, validation: held } = await readBoth(sources, readText);
    if (held !== undefined && held.trim().length < 2) {
      throw new UnrolledError("ERR_DATA", `${sources.validation!.name} has too little text for validation`);
    }
    const run = {
      trainer: (model: LanguageModel, recipe: Recipe) => {
        const ids = idsOf(model, text, options);
        const validation = held === undefined ? undefined : idsOf(model, held, options);
        if (model.spec.lines) checkLines(model, recipe, ids, sources.data.name);
        return new LanguageModelTrainer(model, ids, recipe, validation);
      },
    };
    return {
      // The hash is computed from the decoded text, not from the bytes of a file. Without validation data, it is
      // `hashText(text)`, which a program that has the text in memory can compute too.
      hash: [
        await hashText(held === undefined ? text : JSON.stringify([text, held])),
        ...cutPart(options),
      ].join(" "),
      prepare: async (complete) => {
        const spec = checkLanguageModelSpec(specOf(text, complete, options));
        const { vocabulary: limit, minCount } = options;
        const vocabulary = await withContext(sources.data.name, () =>
          textVocabulary(text, spec, { ...(limit && { limit }), ...(minCount && { minCount }) }),
        );
        return { ...run, model: (runtime) => new LanguageModel(runtime, spec, vocabulary) };
      },
      resume: async () => run,
    };
  },
  async evaluate(model, data, { streams, ...format } = {}) {
    const text = await readText(data);
    return withContext(data.name, () =>
      evaluateText(model, idsOf(model, text, format), streams ? { streams } : {}),
    );
  },
  write: (model: LanguageModel, options: GenerateOptions = {}) => writePacked(model.pack(), options),
} satisfies Task<LanguageModel, Evaluation>);

/** Encodes a text, and shortens its lines if they are longer than the option `cut`. */
function idsOf(model: LanguageModel, text: string, options: FormatOptions): Int32Array<ArrayBuffer> {
  const cut = new Cut(options);
  const { spec, vocabulary } = model;
  if (options.cut !== undefined && !spec.lines) {
    const problem = "cut shortens lines, but the model reads the whole text as one sequence";
    throw new UnrolledError("ERR_VALUE", `${problem}; leave it out, or train with lines`);
  }
  const ids = cut.lines(model.encode(text), vocabulary.endId);
  cut.tell();
  return ids;
}

/** Checks that the longest line can be trained on. @throws ERR_DATA naming the line if it cannot */
function checkLines(model: LanguageModel, recipe: Recipe, ids: Int32Array, name: string): void {
  const steps: [number][] = [[0]];
  for (const id of ids) {
    if (id === model.vocabulary.endId) steps.push([0]);
    else steps.at(-1)![0]++;
  }
  const what = model.spec.level === "word" ? "sentence" : "line";
  checkTrainable(model, recipe, steps, (i) => `${name}, ${what} ${i + 1}`);
}

/** Returns the spec of a new model. If tokens are words, the default of `embedding` is the value of `hidden`. */
function specOf(text: string, complete: CompleteSpec, { level, tokens }: DataOptions): LanguageModelSpec {
  if (level !== "word") return complete(defaultLanguageModelSpec());
  const rule = tokens ?? (tokensApart(text) ? "spaces" : defaultLanguageModelSpec("word").tokens);
  const defaults = { ...defaultLanguageModelSpec("word"), tokens: rule };
  return complete({ ...defaults, embedding: complete(defaults).hidden });
}
