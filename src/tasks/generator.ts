import { checkOptions } from "../checks.ts";
import type { SequenceInput } from "../data/steps.ts";
import { normalized, sequenceTokens, tokenize } from "../data/words.ts";
import { UnrolledError } from "../errors.ts";
import { CONDITIONED_FORM, type Condition, type Conditioned } from "../models/generator/examples.ts";
import { ConditionalGenerator, conditionTables, generatorVocabulary } from "../models/generator/model.ts";
import { checkGeneratorSpec, defaultGeneratorSpec, type GeneratorSpec } from "../models/generator/spec.ts";
import type { GeneratorOptions } from "../models/generator/stream.ts";
import { evaluateGenerator, GeneratorTrainer, generatorRecipe } from "../models/generator/trainer.ts";
import { stepsOf } from "../network/training-memory.ts";
import type { GenerateOptions } from "../network/write.ts";
import type { Evaluation } from "../train/evaluate.ts";
import { checkSteps } from "./check-steps.ts";
import { Cut, checkTrainable } from "./cut.ts";
import { defineTask } from "./define-task.ts";
import { cutPart, hashOf } from "./hash.ts";
import { noteLabels } from "./label-notes.ts";
import { forValidation } from "./notes.ts";
import {
  DEFAULT_MIN_COUNT,
  type Examples,
  type FirstFile,
  modelReads,
  partsOf,
  readExamples,
} from "./parts.ts";
import { hashParts, readingOf, TABLE_OPTIONS } from "./reading.ts";
import { type TextSource, withContext } from "./source.ts";
import type { DataOptions, FormatOptions, InputFile, Reading, ResumedRun, RunData, Task } from "./task.ts";
import { readTextExamples, readTextInputs } from "./text-tables.ts";
import { completeTexts, noteUnknown } from "./texts.ts";
import {
  findVectors,
  isText,
  readSequences,
  readVectorExamples,
  sizeOfSteps,
  type VectorForm,
} from "./vector-data.ts";
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
    const features = featuresOf(lines.data);
    if (lines.validation) checkSteps(featuresOf(lines.validation), features, sources.validation!);
    return {
      hash: await hashOf(sources, ...hashParts(lines.name, reading), ...cutPart(options)),
      reading,
      prepare: async (complete, seed) => {
        const texts = lines.data.flatMap(({ text, condition }) => [text, condition]).filter(isText);
        const defaults = {
          ...defaultGeneratorSpec(level),
          ...(features && { features, condition: "sequence" as const }),
        };
        const spec = checkGeneratorSpec(completeTexts(complete, defaults, texts, options));
        checkSteps(features, spec.features, sources.data);
        if (features && spec.condition === "single") {
          throw new UnrolledError(
            "ERR_VALUE",
            `condition is single, but the conditions of ${sources.data.name} are sequences of vectors; set condition to sequence, or leave it out`,
          );
        }
        if (spec.condition === "single") {
          const names = lines.data.map(({ condition }) => condition as string);
          noteLabels(names, "condition", options.note);
        }
        return generatorData(lines, spec, seed, { ...options, minCount });
      },
      async resume(spec, seed) {
        checkSteps(features, spec.features, sources.data);
        return generatorData(lines, spec, seed, { ...options, minCount: undefined });
      },
    };
  },
  async evaluate(model, data, options: FormatOptions = {}) {
    const { examples } = await readLines(data, options, readingOf(model), modelReads(model.spec.features));
    checkSteps(featuresOf(examples), model.spec.features, data);
    const conditioned = tokenized(examples, model.spec, options);
    noteUnknown(
      options,
      model.vocabulary,
      conditioned.map(({ tokens }) => tokens),
    );
    noteConditions(
      options,
      model,
      conditioned.map(({ condition }) => condition),
    );
    return withContext(data.name, () => evaluateGenerator(model, conditioned));
  },
  /** Reads the condition of each line. */
  async inputFile(
    model: ConditionalGenerator,
    data: TextSource,
    format: FormatOptions = {},
  ): Promise<InputFile<SequenceInput>> {
    if (model.condition) {
      const file = await readSequences(data, CONDITIONED_FORM, VECTORS, model, format);
      noteConditions(format, model, file.inputs);
      return file;
    }
    return readTextInputs(data, CONDITIONED_FORM, 0, format, {
      trained: readingOf(model),
      known: (condition) => model.tables.conditions?.has(normalized(condition, model.spec)) ?? false,
    });
  },
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

/** Tells the user if a generator does not know most words of conditions that are texts. */
function noteConditions(
  options: FormatOptions,
  { condition, tables, spec }: ConditionalGenerator,
  given: readonly Condition[],
): void {
  if (!condition) return;
  const texts = given.filter((one) => typeof one === "string");
  noteUnknown(
    options,
    tables.conditions,
    texts.map((text) => tokenize(text, { ...spec, level: "word" })),
  );
}

type Line = { readonly condition: SequenceInput; readonly text: string };

/** How conditions that are sequences of vectors are read. */
const VECTORS: VectorForm = {
  reader: "a generator",
  example: '{"condition": [[0.1, ...], ...], "text": "..."}',
  vectors: { option: "labelColumn", names: ["condition", "vectors", "input"] },
  beside: { option: "textColumn", names: ["sequence", "text", "name", "sentence", "title"], kind: "text" },
};

const featuresOf = ([first]: readonly Line[]): number => sizeOfSteps(first!.condition);

async function generatorData(
  lines: Examples<readonly Line[]>,
  spec: GeneratorSpec,
  seed: number,
  options: DataOptions,
): Promise<RunData<ConditionalGenerator, Evaluation>> {
  const { minCount = spec.level === "word" ? DEFAULT_MIN_COUNT : 1, note } = options;
  const { train, validation, place } = await partsOf(lines, seed, {
    ...(spec.condition === "single" && { labelsOf: ({ condition }) => [condition as string] }),
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
      return new ConditionalGenerator(runtime, spec, {
        vocabulary,
        // All names are known, also those that no training example has.
        ...conditionTables(
          (spec.condition === "single" ? lines.data : train).map(({ condition }) => condition),
          spec,
          Math.max(minCount, DEFAULT_MIN_COUNT),
        ),
      });
    },
    trainer(model, recipe) {
      const { condition, spec } = model;
      const steps = condition
        ? parts.train.map(
            (one) => [model.steps(one.condition).length / (spec.features || 1), one.tokens.length] as const,
          )
        : stepsOf(parts.train.map(({ tokens }) => tokens.length));
      checkTrainable(model, recipe, { steps, outputs: model.vocabulary.size, place }, note);
      return new GeneratorTrainer(model, parts, recipe);
    },
  };
}

async function readLines(
  given: TextSource,
  format: FormatOptions,
  trained: Reading | undefined,
  first?: FirstFile,
) {
  const { vectors, source, options } = await findVectors(given, VECTORS, format, trained, first);
  if (vectors) {
    return readVectorExamples(
      source,
      VECTORS,
      options,
      trained,
      (condition, text): Line => ({
        condition,
        text: text as string,
      }),
      first,
    );
  }
  const line = (condition?: string, text?: string): Line => ({ condition: condition!, text: text! });
  return readTextExamples(source, CONDITIONED_FORM, options, { trained }, line, first);
}

function tokenized(lines: readonly Line[], spec: GeneratorSpec, options: FormatOptions): Conditioned[] {
  const cut = new Cut(options);
  const examples = lines.map(({ condition, text }) => ({
    condition: isText(condition) && spec.condition === "single" ? normalized(condition, spec) : condition,
    tokens: cut.of(sequenceTokens(text, spec)),
  }));
  cut.tell();
  return examples;
}
