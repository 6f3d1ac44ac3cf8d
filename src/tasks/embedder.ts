import { checkOptions } from "../checks.ts";
import type { Level } from "../data/labelled.ts";
import { embedderVocabulary, SequenceEmbedder } from "../models/embedder/model.ts";
import { readTextPairs, type TextPair } from "../models/embedder/pairs.ts";
import { checkEmbedderSpec, defaultEmbedderSpec, type EmbedderSpec } from "../models/embedder/spec.ts";
import {
  type EmbedderEvaluation,
  EmbedderTrainer,
  embedderRecipe,
  evaluateEmbedder,
} from "../models/embedder/trainer.ts";
import { Cut, checkTrainable } from "./cut.ts";
import { cutPart, hashOf } from "./hash.ts";
import { DEFAULT_MIN_COUNT, partsOf, readBoth } from "./parts.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { placeOf, readAll, type TextSource, withContext } from "./source.ts";
import type { FormatOptions, NoOptions, RunData, Task } from "./task.ts";

const readPairs = (source: TextSource) => readAll(source, readTextPairs);

/** Shortens texts that are longer than the option `cut`. */
function shortened(pairs: readonly TextPair[], level: Level, options: FormatOptions): readonly TextPair[] {
  const cut = new Cut(options);
  const short = pairs.map(([text, partner]): TextPair => [cut.text(text, level), cut.text(partner, level)]);
  cut.tell();
  return short;
}

/** Learns vectors of texts from pairs of texts that belong together. The model is a {@link SequenceEmbedder}. */
export const embedderTask = /* @__PURE__ */ refuseUnknown({
  Model: SequenceEmbedder,
  options: { format: ["cut"], data: ["level", "minCount"], evaluate: [] },
  defaultLength: () => ({ epochs: 30 }),
  defaultRecipe: embedderRecipe,
  async read(sources, options) {
    const { level, minCount = DEFAULT_MIN_COUNT } = options;
    const examples = await readBoth(sources, readPairs);
    const resume = async (
      spec: EmbedderSpec,
      seed: number,
    ): Promise<RunData<SequenceEmbedder, EmbedderEvaluation>> => {
      const { train, validation } = await partsOf(examples, seed, 2);
      const [trained, held] = [train, validation].map((part) => shortened(part, spec.level, options));
      const parts = { train: trained!, validation: held! };
      return {
        model: (runtime) => {
          const vocabulary = embedderVocabulary(parts.train, spec.level, { minCount });
          return new SequenceEmbedder(runtime, spec, { vocabulary });
        },
        trainer(model, recipe) {
          checkTrainable(
            model,
            recipe,
            parts.train.map(([text, partner]) => [
              Math.max(model.ids(text).length, model.ids(partner).length),
            ]),
            (i) => placeOf(examples.data, examples.data.indexOf(train[i]!)),
          );
          return new EmbedderTrainer(model, parts, recipe);
        },
      };
    };
    return {
      hash: await hashOf(sources, ...cutPart(options)),
      prepare: async (complete, seed) =>
        resume(checkEmbedderSpec(complete(defaultEmbedderSpec(level))), seed),
      resume,
    };
  },
  async evaluate(model, data, options: FormatOptions = {}) {
    const pairs = shortened(await readPairs(data), model.spec.level, options);
    return withContext(data.name, () => evaluateEmbedder(model, pairs));
  },
  /** Reads the first text of each pair. */
  inputs: async (model: SequenceEmbedder, data: TextSource, options: FormatOptions = {}) =>
    shortened(await readPairs(data), model.spec.level, options).map(([text]) => text),
  predict(model: SequenceEmbedder, texts: readonly string[], options: NoOptions = {}) {
    checkOptions("predict", options as object, "");
    return model.encode(texts);
  },
} satisfies Task<SequenceEmbedder, EmbedderEvaluation>);
