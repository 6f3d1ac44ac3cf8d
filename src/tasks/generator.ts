import { checkOptions } from "../checks.ts";
import { Vocabulary } from "../data/vocabulary.ts";
import { normalized, sequenceTokens, type TokenSpec } from "../data/words.ts";
import { type Condition, type Conditioned, readConditioned } from "../models/generator/examples.ts";
import { ConditionalGenerator, generatorVocabulary } from "../models/generator/model.ts";
import { checkGeneratorSpec, defaultGeneratorSpec, type GeneratorSpec } from "../models/generator/spec.ts";
import type { GeneratorOptions } from "../models/generator/stream.ts";
import { evaluateGenerator, GeneratorTrainer, generatorRecipe } from "../models/generator/trainer.ts";
import type { GenerateOptions } from "../network/write.ts";
import type { Evaluation } from "../train/evaluate.ts";
import { hashOf } from "./hash.ts";
import { DEFAULT_MIN_COUNT, type Examples, partsOf, readBoth } from "./parts.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { readAll, type TextSource, withContext } from "./source.ts";
import type { FormatOptions, RunData, Task } from "./task.ts";
import { completeTexts, noteUnknown } from "./texts.ts";
import { writePacked } from "./write.ts";

/** Learns to write sequences from a condition. The model is a {@link ConditionalGenerator}. */
export const generatorTask = /* @__PURE__ */ refuseUnknown({
  Model: ConditionalGenerator,
  options: { format: [], data: ["level", "tokens", "minCount"], evaluate: [] },
  defaultLength: () => ({ epochs: 30 }),
  defaultRecipe: generatorRecipe,
  async read(sources, { level, tokens, minCount, note }) {
    const lines = await readBoth(sources, readLines);
    return {
      hash: await hashOf(sources),
      prepare: async (complete, seed) => {
        const texts = lines.data.map(({ text }) => text);
        const spec = checkGeneratorSpec(
          completeTexts(complete, defaultGeneratorSpec(level), texts, { tokens, note }),
        );
        return generatorData(lines, spec, seed, { note }, minCount);
      },
      resume: async (spec, seed) => generatorData(lines, spec, seed, { note }),
    };
  },
  async evaluate(model, data, options = {}) {
    const examples = tokenized(await readLines(data), model.spec);
    noteUnknown(
      options,
      model.vocabulary,
      examples.map(({ tokens }) => tokens),
    );
    return withContext(data.name, () => evaluateGenerator(model, examples));
  },
  /** Reads the condition of each line. */
  inputs: async (_: ConditionalGenerator, data: TextSource) =>
    (await readLines(data)).map(({ condition }) => condition),
  /**
   * Writes a sequence for each condition. Condition i uses the random seed `seed` + i. Equal conditions therefore give different
   * sequences.
   */
  predict(
    model: ConditionalGenerator,
    conditions: readonly Condition[],
    options: GenerateOptions = {},
  ): string[] {
    const { seed = 1, ...rest } = checkOptions(
      "predict",
      options,
      "prompt length seed temperature topK topP",
    );
    const packed = model.pack();
    try {
      return conditions.map((condition, i) =>
        [...packed.generate({ ...rest, condition, seed: seed + i })].join(""),
      );
    } finally {
      packed.dispose();
    }
  },
  write: (model: ConditionalGenerator, options: GeneratorOptions) => writePacked(model.pack(), options),
} satisfies Task<ConditionalGenerator, Evaluation>);

type Line = { readonly condition: string; readonly text: string };

async function generatorData(
  lines: Examples<readonly Line[]>,
  spec: GeneratorSpec,
  seed: number,
  options: FormatOptions,
  minCount = spec.level === "word" ? DEFAULT_MIN_COUNT : 1,
): Promise<RunData<ConditionalGenerator, Evaluation>> {
  const { train, validation } = await partsOf(lines, seed);
  const parts = { train: tokenized(train, spec), validation: tokenized(validation, spec) };
  return {
    model: (runtime) => {
      const vocabulary = generatorVocabulary(parts.train, { minCount });
      noteUnknown(
        options,
        vocabulary,
        parts.validation.map(({ tokens }) => tokens),
        "validation: ",
      );
      const conditions = Vocabulary.fromTokens(
        lines.data.map(({ condition }) => normalized(condition, spec)),
        { unknown: false },
      );
      return new ConditionalGenerator(runtime, spec, { vocabulary, conditions });
    },
    trainer: (model, recipe) => new GeneratorTrainer(model, parts, recipe),
  };
}

const readLines = (source: TextSource): Promise<Line[]> => readAll(source, readConditioned);

function tokenized(lines: readonly Line[], spec: TokenSpec): Conditioned[] {
  return lines.map(({ condition, text }) => ({
    condition: normalized(condition, spec),
    tokens: sequenceTokens(text, spec),
  }));
}
