import { checkOptions } from "../checks.ts";
import { sequenceTokens } from "../data/words.ts";
import { embedderVocabulary, SequenceEmbedder } from "../models/embedder/model.ts";
import { readTextPairs } from "../models/embedder/pairs.ts";
import { checkEmbedderSpec, defaultEmbedderSpec, type EmbedderSpec } from "../models/embedder/spec.ts";
import {
  type EmbedderEvaluation,
  EmbedderTrainer,
  embedderRecipe,
  evaluateEmbedder,
} from "../models/embedder/trainer.ts";
import { hashOf } from "./hash.ts";
import { DEFAULT_MIN_COUNT, partsOf, readBoth } from "./parts.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { readAll, type TextSource, withContext } from "./source.ts";
import type { FormatOptions, NoOptions, RunData, Task } from "./task.ts";
import { areUnspaced, completeTexts, noteUnknown, noteUnknownTexts, noteUnspaced } from "./texts.ts";

const readPairs = (source: TextSource) => readAll(source, readTextPairs);

/** Learns vectors of texts from pairs of texts that belong together. The model is a {@link SequenceEmbedder}. */
export const embedderTask = /* @__PURE__ */ refuseUnknown({
  Model: SequenceEmbedder,
  options: { format: [], data: ["level", "tokens", "minCount"], evaluate: [] },
  defaultLength: () => ({ epochs: 30 }),
  defaultRecipe: embedderRecipe,
  async read(sources, { level, tokens, minCount = DEFAULT_MIN_COUNT, note }) {
    const examples = await readBoth(sources, readPairs);
    const resume = async (
      spec: EmbedderSpec,
      seed: number,
    ): Promise<RunData<SequenceEmbedder, EmbedderEvaluation>> => {
      const parts = await partsOf(examples, seed, 2);
      return {
        model: (runtime) => {
          const vocabulary = embedderVocabulary(parts.train, spec, { minCount });
          const validation = parts.validation.flat().map((text) => sequenceTokens(text, spec));
          noteUnknown({ note }, vocabulary, validation, "validation: ");
          return new SequenceEmbedder(runtime, spec, { vocabulary });
        },
        trainer: (model, recipe) => new EmbedderTrainer(model, parts, recipe),
      };
    };
    return {
      hash: await hashOf(sources),
      prepare: async (complete, seed) => {
        const texts = examples.data.flat();
        const unspaced = level === undefined && areUnspaced(texts);
        if (unspaced) noteUnspaced({ note });
        const defaults = defaultEmbedderSpec(unspaced ? "char" : level);
        return resume(checkEmbedderSpec(completeTexts(complete, defaults, texts, { tokens, note })), seed);
      },
      resume,
    };
  },
  async evaluate(model, data, options = {}) {
    const pairs = await readPairs(data);
    noteUnknownTexts(options, model, pairs.flat());
    return withContext(data.name, () => evaluateEmbedder(model, pairs));
  },
  /** Reads the first text of each pair. */
  async inputs(model: SequenceEmbedder, data: TextSource, options: FormatOptions = {}) {
    const texts = (await readPairs(data)).map(([text]) => text);
    noteUnknownTexts(options, model, texts);
    return texts;
  },
  predict(model: SequenceEmbedder, texts: readonly string[], options: NoOptions = {}) {
    checkOptions("predict", options as object, "");
    return model.encode(texts);
  },
} satisfies Task<SequenceEmbedder, EmbedderEvaluation>);
