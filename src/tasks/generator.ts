import { checkOptions } from "../checks.ts";
import { type Level, sequenceTokens } from "../data/labelled.ts";
import { Vocabulary } from "../data/vocabulary.ts";
import { type Condition, type Conditioned, readConditioned } from "../models/generator/examples.ts";
import { ConditionalGenerator, generatorVocabulary } from "../models/generator/model.ts";
import { checkGeneratorSpec, defaultGeneratorSpec, type GeneratorSpec } from "../models/generator/spec.ts";
import type { GeneratorOptions } from "../models/generator/stream.ts";
import { evaluateGenerator, GeneratorTrainer, generatorRecipe } from "../models/generator/trainer.ts";
import type { GenerateOptions } from "../network/write.ts";
import type { Evaluation } from "../train/evaluate.ts";
import { Cut, checkTrainable } from "./cut.ts";
import { cutPart, hashOf } from "./hash.ts";
import { DEFAULT_MIN_COUNT, type Examples, partsOf, readBoth } from "./parts.ts";
import { refuseUnknown } from "./refuse-unknown.ts";
import { placeOf, readAll, type TextSource, withContext } from "./source.ts";
import type { FormatOptions, RunData, Task } from "./task.ts";
import { writePacked } from "./write.ts";

/** Learns to write sequences from a condition. The model is a {@link ConditionalGenerator}. */
export const generatorTask = /* @__PURE__ */ refuseUnknown({
  Model: ConditionalGenerator,
  options: { format: ["cut"], data: ["level", "minCount"], evaluate: [] },
  defaultLength: () => ({ epochs: 30 }),
  defaultRecipe: generatorRecipe,
  async read(sources, options) {
    const { level, minCount } = options;
    const lines = await readBoth(sources, readLines);
    return {
      hash: await hashOf(sources, ...cutPart(options)),
      prepare: async (complete, seed) => {
        const spec = checkGeneratorSpec(complete(defaultGeneratorSpec(level)));
        return generatorData(lines, spec, seed, options, minCount);
      },
      resume: async (spec, seed) => generatorData(lines, spec, seed, options),
    };
  },
  async evaluate(model, data, options: FormatOptions = {}) {
    const examples = tokenized(await readLines(data), model.spec.level, options);
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
  const [trained, held] = [train, validation].map((part) => tokenized(part, spec.level, options));
  const parts = { train: trained!, validation: held! };
  return {
    model: (runtime) =>
      new ConditionalGenerator(runtime, spec, {
        vocabulary: generatorVocabulary(parts.train, { minCount }),
        conditions: Vocabulary.fromTokens(
          lines.data.map(({ condition }) => condition),
          { unknown: false },
        ),
      }),
    trainer(model, recipe) {
      checkTrainable(
        model,
        recipe,
        parts.train.map(({ tokens }) => [tokens.length]),
        (i) => placeOf(lines.data, lines.data.indexOf(train[i]!)),
      );
      return new GeneratorTrainer(model, parts, recipe);
    },
  };
}

const readLines = (source: TextSource): Promise<Line[]> => readAll(source, readConditioned);

function tokenized(lines: readonly Line[], level: Level, options: FormatOptions): Conditioned[] {
  const cut = new Cut(options);
  const examples = lines.map(({ condition, text }) => ({
    condition,
    tokens: cut.of(sequenceTokens(text, level)),
  }));
  cut.tell();
  return examples;
}
