import { checkOptions } from "../checks.ts";
import { Vocabulary } from "../data/vocabulary.ts";
import { normalized, sequenceTokens, type TokenSpec } from "../data/words.ts";
import { CONDITIONED_FORM, type Condition, type Conditioned } from "../models/generator/examples.ts";
import { ConditionalGenerator, generatorVocabulary } from "../models/generator/model.ts";
import { checkGeneratorSpec, defaultGeneratorSpec, type GeneratorSpec } from "../models/generator/spec.ts";
import type { GeneratorOptions } from "../models/generator/stream.ts";
import { evaluateGenerator, GeneratorTrainer, generatorRecipe } from "../models/generator/trainer.ts";
import { stepsOf } from "../network/training-memory.ts";
import type { GenerateOptions } from "../network/write.ts";
import type { Evaluation } from "../train/evaluate.ts";
import { Cut, checkTrainable } from "./cut.ts";
import { defineTask } from "./define-task.ts";
import { cutPart, hashOf } from "./hash.ts";
import { noteLabels } from "./label-notes.ts";
import { forValidation } from "./notes.ts";
import { DEFAULT_MIN_COUNT, type Examples, partsOf, readExamples } from "./parts.ts";
import { hashParts, readingOf, TABLE_OPTIONS } from "./reading.ts";
import { type TextSource, withContext } from "./source.ts";
import type { DataOptions, FormatOptions, Reading, ResumedRun, RunData, Task } from "./task.ts";
import { readTextExamples, readTextInputs } from "./text-tables.ts";
import { completeTexts, noteUnknown } from "./texts.ts";
import { writePacked } from "./write.ts";

/** Learns to write sequences from a condition. The model is a {@link ConditionalGenerator}. */
export const generatorTask = /* @__PURE__ */ defineTask({
  Model: ConditionalGenerator,
  options: { format: [...TABLE_OPTIONS, "cut"], data: ["level", "tokens", "minCount"], evaluate: [] },
  defaultLength: () => ({ epochs: 30 }),
  defaultRecipe: generatorRecipe,
  async read(sources, options, resumed?: ResumedRun<ConditionalGenerator>) {
    const { level, minCount } = options;
    const lines = await readExamples(sources, options, resumed?.reading, readLines);
    const { reading } = lines;
    if (!resumed)
      noteLabels(
        lines.data.map(({ condition }) => condition),
        "condition",
        options.note,
      );
    return {
      hash: await hashOf(sources, ...hashParts(lines.name, reading), ...cutPart(options)),
      reading,
      prepare: async (complete, seed) => {
        const texts = lines.data.map(({ text }) => text);
        const spec = checkGeneratorSpec(completeTexts(complete, defaultGeneratorSpec(level), texts, options));
        return generatorData(lines, spec, seed, { ...options, minCount });
      },
      resume: async (spec, seed) => generatorData(lines, spec, seed, { ...options, minCount: undefined }),
    };
  },
  async evaluate(model, data, options: FormatOptions = {}) {
    const { examples } = await readLines(data, options, readingOf(model));
    const conditioned = tokenized(examples, model.spec, options);
    noteUnknown(
      options,
      model.vocabulary,
      conditioned.map(({ tokens }) => tokens),
    );
    return withContext(data.name, () => evaluateGenerator(model, conditioned));
  },
  /** Reads the condition of each line. */
  inputFile: (model: ConditionalGenerator, data: TextSource, format: FormatOptions = {}) =>
    readTextInputs(data, CONDITIONED_FORM, 0, format, {
      trained: readingOf(model),
      known: (condition) => model.tables.conditions?.has(normalized(condition, model.spec)) ?? false,
    }),
  blank: "",
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
  options: DataOptions,
): Promise<RunData<ConditionalGenerator, Evaluation>> {
  const { minCount = spec.level === "word" ? DEFAULT_MIN_COUNT : 1, note } = options;
  const { train, validation, place } = await partsOf(lines, seed, {
    labelsOf: ({ condition }) => [condition],
    noun: "condition",
    note,
  });
  const parts = {
    train: tokenized(train, spec, options),
    validation: tokenized(validation, spec, forValidation(options)),
  };
  return {
    model: (runtime) => {
      const vocabulary = generatorVocabulary(parts.train, { minCount });
      noteUnknown(
        forValidation(options),
        vocabulary,
        parts.validation.map(({ tokens }) => tokens),
      );
      const conditions = Vocabulary.fromTokens(
        lines.data.map(({ condition }) => normalized(condition, spec)),
        { unknown: false },
      );
      return new ConditionalGenerator(runtime, spec, { vocabulary, conditions });
    },
    trainer(model, recipe) {
      const steps = stepsOf(parts.train.map(({ tokens }) => tokens.length));
      checkTrainable(model, recipe, { steps, outputs: model.vocabulary.size, place }, note);
      return new GeneratorTrainer(model, parts, recipe);
    },
  };
}

const readLines = (source: TextSource, format: FormatOptions, trained: Reading | undefined) =>
  readTextExamples(
    source,
    CONDITIONED_FORM,
    format,
    { trained },
    (condition, text): Line => ({ condition: condition!, text: text! }),
  );

function tokenized(lines: readonly Line[], spec: TokenSpec, options: FormatOptions): Conditioned[] {
  const cut = new Cut(options);
  const examples = lines.map(({ condition, text }) => ({
    condition: normalized(condition, spec),
    tokens: cut.of(sequenceTokens(text, spec)),
  }));
  cut.tell();
  return examples;
}
