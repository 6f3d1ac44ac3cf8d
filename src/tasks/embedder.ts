import { checkOptions } from "../checks.ts";
import { embedderVocabulary, SequenceEmbedder } from "../models/embedder/model.ts";
import { TEXT_PAIR_FORM, type TextPair } from "../models/embedder/pairs.ts";
import { checkEmbedderSpec, defaultEmbedderSpec, type EmbedderSpec } from "../models/embedder/spec.ts";
import {
  type EmbedderEvaluation,
  EmbedderTrainer,
  embedderRecipe,
  evaluateEmbedder,
} from "../models/embedder/trainer.ts";
import { defineTask } from "./define-task.ts";
import { hashOf } from "./hash.ts";
import { DEFAULT_MIN_COUNT, partsOf, readExamples } from "./parts.ts";
import { hashParts, readingOf, TABLE_OPTIONS } from "./reading.ts";
import { type TextSource, withContext } from "./source.ts";
import type { FormatOptions, NoOptions, Reading, ResumedRun, RunData, Task } from "./task.ts";
import { readTextExamples, readTextInputs } from "./texts.ts";

const readPairs = (source: TextSource, format: FormatOptions, trained: Reading | undefined) =>
  readTextExamples(
    source,
    TEXT_PAIR_FORM,
    format,
    { trained },
    (text, partner): TextPair => [text!, partner!],
  );

/** Learns vectors of texts from pairs of texts that belong together. The model is a {@link SequenceEmbedder}. */
export const embedderTask = /* @__PURE__ */ defineTask({
  Model: SequenceEmbedder,
  options: { format: TABLE_OPTIONS, data: ["level", "minCount"], evaluate: [] },
  defaultLength: () => ({ epochs: 30 }),
  defaultRecipe: embedderRecipe,
  async read(
    sources,
    { level, minCount = DEFAULT_MIN_COUNT, ...format },
    resumed?: ResumedRun<SequenceEmbedder>,
  ) {
    const examples = await readExamples(sources, resumed?.reading, (source, trained) =>
      readPairs(source, format, trained),
    );
    const { reading } = examples;
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
      hash: await hashOf(sources, ...hashParts(examples.name, reading)),
      reading,
      prepare: async (complete, seed) =>
        resume(checkEmbedderSpec(complete(defaultEmbedderSpec(level))), seed),
      resume,
    };
  },
  async evaluate(model, data, format = {}) {
    const { examples } = await readPairs(data, format, readingOf(model));
    return withContext(data.name, () => evaluateEmbedder(model, examples));
  },
  /** Reads the first text of each pair. */
  inputFile: (model: SequenceEmbedder, data: TextSource, format: FormatOptions = {}) =>
    readTextInputs(data, TEXT_PAIR_FORM, 0, format, { trained: readingOf(model) }),
  blank: new Float32Array(),
  predict(model: SequenceEmbedder, texts: readonly string[], options: NoOptions = {}) {
    checkOptions("predict", options as object, "");
    return model.encode(texts);
  },
} satisfies Task<SequenceEmbedder, EmbedderEvaluation>);
