import { checkInstance, checkOptions } from "../checks.ts";
import { sequenceTokens, type TokenSpec } from "../data/words.ts";
import { embedderVocabulary, SequenceEmbedder } from "../models/embedder/model.ts";
import { TEXT_PAIR_FORM, type TextPair } from "../models/embedder/pairs.ts";
import { checkEmbedderSpec, defaultEmbedderSpec, type EmbedderSpec } from "../models/embedder/spec.ts";
import {
  type EmbedderEvaluation,
  EmbedderTrainer,
  embedderRecipe,
  evaluateEmbedder,
} from "../models/embedder/trainer.ts";
import { Cut, checkTrainable, withCutInputs } from "./cut.ts";
import { defineTask } from "./define-task.ts";
import { cutPart, hashOf } from "./hash.ts";
import { forValidation } from "./notes.ts";
import { DEFAULT_MIN_COUNT, partsOf, readExamples } from "./parts.ts";
import { checkReading, hashParts, readingOf, TABLE_OPTIONS } from "./reading.ts";
import { type TextSource, withContext } from "./source.ts";
import type { FormatOptions, NoOptions, Reading, ResumedRun, RunData, Task } from "./task.ts";
import { readTextExamples, readTextInputs } from "./text-tables.ts";
import { areUnspaced, completeTexts, noteUnknown, noteUnknownTexts, noteUnspaced } from "./texts.ts";

const readPairs = (source: TextSource, format: FormatOptions, trained: Reading | undefined) =>
  readTextExamples(
    source,
    TEXT_PAIR_FORM,
    format,
    { trained },
    (text, partner): TextPair => [text!, partner!],
  );

/** Shortens texts that are longer than the option `cut`. */
function shortened(pairs: readonly TextPair[], spec: TokenSpec, options: FormatOptions): readonly TextPair[] {
  const cut = new Cut(options);
  const short = pairs.map(([text, partner]): TextPair => [cut.text(text, spec), cut.text(partner, spec)]);
  cut.tell();
  return short;
}

/** Learns vectors of texts from pairs of texts that belong together. The model is a {@link SequenceEmbedder}. */
export const embedderTask = /* @__PURE__ */ defineTask({
  Model: SequenceEmbedder,
  options: { format: [...TABLE_OPTIONS, "cut"], data: ["level", "tokens", "minCount"], evaluate: [] },
  defaultLength: () => ({ epochs: 30 }),
  defaultRecipe: embedderRecipe,
  async read(sources, options, resumed?: ResumedRun<SequenceEmbedder>) {
    const { level, minCount = DEFAULT_MIN_COUNT } = options;
    const examples = await readExamples(sources, options, resumed?.reading, readPairs);
    const { reading } = examples;
    const resume = async (
      spec: EmbedderSpec,
      seed: number,
    ): Promise<RunData<SequenceEmbedder, EmbedderEvaluation>> => {
      const { train, validation, place } = await partsOf(examples, seed, { least: 2 });
      const parts = {
        train: shortened(train, spec, options),
        validation: shortened(validation, spec, forValidation(options)),
      };
      return {
        model: (runtime) => {
          const vocabulary = embedderVocabulary(parts.train, spec, { minCount });
          const validation = parts.validation.flat().map((text) => sequenceTokens(text, spec));
          noteUnknown(forValidation(options), vocabulary, validation);
          return new SequenceEmbedder(runtime, spec, { vocabulary });
        },
        trainer(model, recipe) {
          const steps = parts.train.map(
            (pair) => [Math.max(...pair.map((text) => model.ids(text).length))] as const,
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
        const texts = examples.data.flat();
        const unspaced = level === undefined && areUnspaced(texts);
        if (unspaced) noteUnspaced(options);
        const defaults = defaultEmbedderSpec(unspaced ? "char" : level);
        return resume(checkEmbedderSpec(completeTexts(complete, defaults, texts, options)), seed);
      },
      resume,
    };
  },
  async evaluate(model, data, options: FormatOptions = {}) {
    const { examples } = await readPairs(data, options, readingOf(model));
    const pairs = shortened(examples, model.spec, options);
    noteUnknownTexts(options, model, pairs.flat());
    return withContext(data.name, () => evaluateEmbedder(model, pairs));
  },
  /** Reads the first text of each pair. */
  async inputFile(model: SequenceEmbedder, data: TextSource, options: FormatOptions = {}) {
    const file = await readTextInputs(data, TEXT_PAIR_FORM, 0, options, { trained: readingOf(model) });
    noteUnknownTexts(options, model, file.inputs);
    return withCutInputs(file, options, (text, cut) => cut.text(text, model.spec));
  },
  blank: new Float32Array(),
  predict(model: SequenceEmbedder, texts: readonly string[], options: NoOptions = {}) {
    checkOptions("predict", options as object, "");
    return model.encode(texts);
  },
} satisfies Task<SequenceEmbedder, EmbedderEvaluation>);

const CANDIDATE_OPTIONS = "format header textColumn labelColumn note";

/**
 * Reads texts with their partners, to find those that are nearest to another text with `nearest`. Files are read as by `evaluate`, but
 * a text without a partner is its own partner.
 *
 * @param options format, header, columns and receiver of notes
 * @throws ERR_FILE, ERR_DATA naming file and place if a text is missing
 */
export async function readCandidates(
  model: SequenceEmbedder,
  data: TextSource,
  options: Pick<FormatOptions, "format" | "header" | "textColumn" | "labelColumn" | "note"> = {},
): Promise<readonly TextPair[]> {
  checkInstance("readCandidates: model", model, SequenceEmbedder, "a SequenceEmbedder");
  checkReading("readCandidates", { ...checkOptions("readCandidates", options, CANDIDATE_OPTIONS) });
  const context = { trained: readingOf(model), needed: ["textColumn"] as const };
  const pair = (text = "", partner = ""): TextPair => [text, partner || text];
  return (await readTextExamples(data, TEXT_PAIR_FORM, options, context, pair)).examples;
}
