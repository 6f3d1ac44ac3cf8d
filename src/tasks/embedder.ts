import { checkInstance, checkOptions } from "../checks.ts";
import { FeatureScaling, type Vector } from "../data/feature-scaling.ts";
import type { SequenceInput } from "../data/steps.ts";
import { sequenceTokens, type TokenSpec } from "../data/words.ts";
import { embedderVocabulary, SequenceEmbedder } from "../models/embedder/model.ts";
import { type EmbedderPair, TEXT_PAIR_FORM, type TextPair } from "../models/embedder/pairs.ts";
import { checkEmbedderSpec, defaultEmbedderSpec, type EmbedderSpec } from "../models/embedder/spec.ts";
import {
  type EmbedderEvaluation,
  EmbedderTrainer,
  embedderRecipe,
  evaluateEmbedder,
} from "../models/embedder/trainer.ts";
import { checkSteps } from "./check-steps.ts";
import { Cut, checkTrainable, withCutInputs } from "./cut.ts";
import { defineTask } from "./define-task.ts";
import { cutPart, hashOf } from "./hash.ts";
import { forValidation } from "./notes.ts";
import { DEFAULT_MIN_COUNT, type FirstFile, modelReads, partsOf, readExamples } from "./parts.ts";
import { checkReading, hashParts, readingOf, TABLE_OPTIONS } from "./reading.ts";
import { type TextSource, withContext } from "./source.ts";
import type { FormatOptions, NoOptions, Reading, ResumedRun, RunData, Task } from "./task.ts";
import { readTextExamples } from "./text-tables.ts";
import {
  areUnspaced,
  checkTextOptions,
  completeTexts,
  noteUnknown,
  noteUnknownTexts,
  noteUnspaced,
} from "./texts.ts";
import {
  findVectors,
  isText,
  readSequences,
  readVectorExamples,
  sizeOfSteps,
  type VectorForm,
} from "./vector-data.ts";

const VECTORS: VectorForm = {
  reader: "an embedder",
  example: '{"vectors": [[0.1, ...], ...], "partner": [[0.2, ...], ...]}',
  vectors: { option: "textColumn", names: ["vectors", "input", "anchor", "text", "sequence"] },
  beside: { option: "labelColumn", names: ["partner", "positive", "vectors 2", "vectors2"], kind: "vectors" },
  matches: TEXT_PAIR_FORM.matches,
};

/** Reads pairs of texts or of sequences of vectors. Without a partner, a sequence of vectors is its own. */
async function readPairs(
  given: TextSource,
  format: FormatOptions,
  trained: Reading | undefined,
  first?: FirstFile,
  form = VECTORS,
) {
  const { vectors, source, options } = await findVectors(given, form, format, trained, first);
  const pair = (sequence?: SequenceInput, partner = sequence): EmbedderPair => [sequence!, partner!];
  return vectors
    ? readVectorExamples(source, form, options, trained, pair, first)
    : readTextExamples(source, TEXT_PAIR_FORM, options, { trained }, pair, first);
}

const featuresOf = ([first]: readonly EmbedderPair[]): number => sizeOfSteps(first![0]);

/** Shortens sequences that are longer than the option `cut`. */
function shortened(
  pairs: readonly EmbedderPair[],
  spec: TokenSpec,
  options: FormatOptions,
): readonly EmbedderPair[] {
  const cut = new Cut(options);
  const short = pairs.map(
    ([sequence, partner]): EmbedderPair => [cut.input(sequence, spec), cut.input(partner, spec)],
  );
  cut.tell();
  return short;
}

/** Learns vectors of sequences from pairs of texts or of sequences of vectors that belong together. The model is a {@link SequenceEmbedder}. */
export const embedderTask = /* @__PURE__ */ defineTask({
  Model: SequenceEmbedder,
  options: { format: [...TABLE_OPTIONS, "cut"], data: ["level", "tokens", "minCount"], evaluate: [] },
  defaultLength: () => ({ epochs: 30 }),
  defaultRecipe: embedderRecipe,
  async read(sources, options, resumed?: ResumedRun<SequenceEmbedder>) {
    const { level, minCount = DEFAULT_MIN_COUNT } = options;
    const examples = await readExamples(sources, options, resumed?.reading, readPairs);
    const { reading } = examples;
    const features = featuresOf(examples.data);
    if (examples.validation) checkSteps(featuresOf(examples.validation), features, sources.validation!);
    const resume = async (
      spec: EmbedderSpec,
      seed: number,
    ): Promise<RunData<SequenceEmbedder, EmbedderEvaluation>> => {
      checkSteps(features, spec.features, sources.data);
      const { train, validation, place } = await partsOf(examples, seed, { least: 2 });
      const parts = {
        train: shortened(train, spec, options),
        validation: shortened(validation, spec, forValidation(options)),
      };
      return {
        model: (runtime) => {
          if (spec.features) {
            const all = parts.train.flat() as readonly (readonly Vector[])[];
            return new SequenceEmbedder(runtime, spec, { scaling: FeatureScaling.of(all, spec.features) });
          }
          const vocabulary = embedderVocabulary(parts.train as readonly TextPair[], spec, { minCount });
          const validation = parts.validation
            .flat()
            .filter(isText)
            .map((text) => sequenceTokens(text, spec));
          noteUnknown(forValidation(options), vocabulary, validation);
          return new SequenceEmbedder(runtime, spec, { vocabulary });
        },
        trainer(model, recipe) {
          const steps = parts.train.map(
            (pair) => [Math.max(...pair.map((one) => model.ids(one).length / (spec.features || 1)))] as const,
          );
          // A batch has both texts of each pair, and cannot be smaller: its other pairs are the wrong answers.
          checkTrainable(model, recipe, { steps, outputs: 0, place, times: 2, apart: false });
          return new EmbedderTrainer(model, parts, recipe);
        },
      };
    };
    return {
      hash: await hashOf(sources, ...hashParts(examples.name, reading), ...cutPart(options)),
      reading,
      prepare: async (complete, seed) => {
        const texts = examples.data.flat().filter(isText);
        const unspaced = level === undefined && areUnspaced(texts);
        if (unspaced) noteUnspaced(options);
        const defaults = defaultEmbedderSpec(unspaced ? "char" : level, features);
        checkTextOptions(options, complete, defaults);
        return resume(checkEmbedderSpec(completeTexts(complete, defaults, texts, options)), seed);
      },
      resume,
    };
  },
  async evaluate(model, data, options: FormatOptions = {}) {
    const { examples } = await readPairs(data, options, readingOf(model), modelReads(model.spec.features));
    checkSteps(featuresOf(examples), model.spec.features, data);
    const pairs = shortened(examples, model.spec, options);
    noteUnknownTexts(options, model, pairs.flat());
    return withContext(data.name, () => evaluateEmbedder(model, pairs));
  },
  /** Reads the first sequence of each pair. */
  async inputFile(model: SequenceEmbedder, data: TextSource, given: FormatOptions = {}) {
    const file = await readSequences(data, TEXT_PAIR_FORM, VECTORS, model, given);
    noteUnknownTexts(given, model, file.inputs);
    return withCutInputs(file, given, (input, cut) => cut.input(input, model.spec));
  },
  blank: new Float32Array(),
  predict(model: SequenceEmbedder, inputs: readonly SequenceInput[], options: NoOptions = {}) {
    checkOptions("predict", options as object, "");
    return model.encode(inputs);
  },
} satisfies Task<SequenceEmbedder, EmbedderEvaluation>);

const CANDIDATE_OPTIONS = "format header textColumn labelColumn note";

/**
 * Reads sequences with their partners, to find those that are nearest to another one with `nearest`. Files are read as by `evaluate`, but
 * a text without a partner is its own partner.
 *
 * @param options format, header, columns and receiver of notes
 * @throws ERR_FILE, ERR_DATA naming file and place if a text is missing
 */
export async function readCandidates(
  model: SequenceEmbedder,
  data: TextSource,
  options: Pick<FormatOptions, "format" | "header" | "textColumn" | "labelColumn" | "note"> = {},
): Promise<readonly EmbedderPair[]> {
  checkInstance("readCandidates: model", model, SequenceEmbedder, "a SequenceEmbedder");
  checkReading("readCandidates", { ...checkOptions("readCandidates", options, CANDIDATE_OPTIONS) });
  const context = { trained: readingOf(model), needed: ["textColumn"] as const };
  if (model.spec.features) {
    const { examples } = await readPairs(data, options, context.trained, modelReads(model.spec.features), {
      ...VECTORS,
      matches: undefined,
    });
    checkSteps(featuresOf(examples), model.spec.features, data);
    return examples;
  }
  const pair = (text = "", partner = ""): TextPair => [text, partner || text];
  return (await readTextExamples(data, TEXT_PAIR_FORM, options, context, pair)).examples;
}
