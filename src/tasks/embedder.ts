import { checkOptions } from "../checks.ts";
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
import type { NoOptions, RunData, Task } from "./task.ts";

const readPairs = (source: TextSource) => readAll(source, readTextPairs);

/** Learns vectors of texts from pairs of texts that belong together. The model is a {@link SequenceEmbedder}. */
export const embedderTask = /* @__PURE__ */ refuseUnknown({
  Model: SequenceEmbedder,
  options: { format: [], data: ["level", "minCount"], evaluate: [] },
  defaultLength: () => ({ epochs: 30 }),
  defaultRecipe: embedderRecipe,
  async read(sources, { level, minCount = DEFAULT_MIN_COUNT }) {
    const examples = await readBoth(sources, readPairs);
    const resume = async (
      spec: EmbedderSpec,
      seed: number,
    ): Promise<RunData<SequenceEmbedder, EmbedderEvaluation>> => {
      const parts = await partsOf(examples, seed, { least: 2 });
      return {
        model: (runtime) => {
          const vocabulary = embedderVocabulary(parts.train, spec.level, { minCount });
          return new SequenceEmbedder(runtime, spec, { vocabulary });
        },
        trainer: (model, recipe) => new EmbedderTrainer(model, parts, recipe),
      };
    };
    return {
      hash: await hashOf(sources),
      prepare: async (complete, seed) =>
        resume(checkEmbedderSpec(complete(defaultEmbedderSpec(level))), seed),
      resume,
    };
  },
  async evaluate(model, data) {
    const pairs = await readPairs(data);
    return withContext(data.name, () => evaluateEmbedder(model, pairs));
  },
  /** Reads the first text of each pair. */
  inputs: async (_: SequenceEmbedder, data: TextSource) => (await readPairs(data)).map(([text]) => text),
  predict(model: SequenceEmbedder, texts: readonly string[], options: NoOptions = {}) {
    checkOptions("predict", options as object, "");
    return model.encode(texts);
  },
} satisfies Task<SequenceEmbedder, EmbedderEvaluation>);
