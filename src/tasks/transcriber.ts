import { checkObject } from "../checks.ts";
import type { Vector } from "../data/feature-scaling.ts";
import { listed } from "../errors.ts";
import { transcriberTables } from "../models/transcriber/batches.ts";
import type { Transcribed } from "../models/transcriber/examples.ts";
import { type TranscribeOptions, Transcriber, type Transcription } from "../models/transcriber/model.ts";
import {
  checkTranscriberSpec,
  defaultTranscriberSpec,
  type TranscriberSpec,
} from "../models/transcriber/spec.ts";
import {
  evaluateTranscriber,
  type TranscriberEvaluation,
  TranscriberTrainer,
  transcriberRecipe,
} from "../models/transcriber/trainer.ts";
import { stepsOf } from "../network/training-memory.ts";
import { checkSteps } from "./check-steps.ts";
import { checkTrainable } from "./cut.ts";
import { defineTask } from "./define-task.ts";
import { hashOf } from "./hash.ts";
import { type FirstFile, modelReads, type PlacedParts, partsOf, readExamples } from "./parts.ts";
import { hashParts, readingOf } from "./reading.ts";
import { type TextSource, withContext } from "./source.ts";
import type { EvaluateTaskOptions, FormatOptions, Reading, ResumedRun, RunData, Task } from "./task.ts";
import { readVectorExamples, readVectorInputs, sizeOfSteps, type VectorForm } from "./vector-data.ts";

const FORM: VectorForm = {
  reader: "a transcriber",
  example: '{"vectors": [[0.1, ...], ...], "text": "..."}',
  vectors: { option: "textColumn", names: ["vectors", "input"] },
  beside: {
    option: "labelColumn",
    names: ["text", "transcript", "transcription"],
    kind: "text",
    mayBeEmpty: true,
  },
};

const read = (source: TextSource, options: FormatOptions, trained: Reading | undefined, first?: FirstFile) =>
  readVectorExamples(
    source,
    FORM,
    options,
    trained,
    (vectors, text): Transcribed => ({
      vectors,
      text: text as string,
    }),
    first,
  );

const featuresOf = ([first]: readonly Transcribed[]): number => sizeOfSteps(first!.vectors);

/** Tells the user how many sequences have too few steps for their text. @param what what follows from it */
function noteShort(
  { note }: FormatOptions,
  { coding, spec }: Transcriber,
  examples: readonly Transcribed[],
  what: string,
): void {
  const short = examples.filter((example) => coding.isTooShort(example)).length;
  if (!short) return;
  const reason = "a text needs a step for each symbol, and one between two equal neighbours";
  const advice = spec.stack > 1 ? "; use a smaller stack" : "";
  note?.(
    `${short} of ${examples.length} sequences have too few steps for their text, ${what}: ${reason}${advice}`,
  );
}

/** Tells the user which symbols of the examples a model cannot write. */
function noteUnknown(
  { note }: FormatOptions,
  { symbols }: Transcriber,
  examples: readonly Transcribed[],
  where = "",
): void {
  const unknown = symbols.unknownIn(examples.map(({ text }) => text.normalize()).join(""));
  if (!unknown.length) return;
  const shown = listed(
    unknown.map((symbol) => JSON.stringify(symbol)),
    SHOWN,
  );
  note?.(`${where}the model cannot write ${shown}: no example to learn from has them`);
}

/** Names of the options that say how a model writes. */
const WRITING = ["beam", "languageModel", "languageWeight", "lengthBonus"] as const;

/**
 * Returns the options that say how a model writes. Leaves out options that are undefined.
 *
 * @param options the options of an evaluation
 */
export function transcribeOptions(options: EvaluateTaskOptions): TranscribeOptions {
  const { beam, languageModel, languageWeight, lengthBonus } = checkObject("transcribeOptions", options);
  return {
    ...(beam !== undefined && { beam }),
    ...(languageModel !== undefined && { languageModel }),
    ...(languageWeight !== undefined && { languageWeight }),
    ...(lengthBonus !== undefined && { lengthBonus }),
  };
}

/** Maximum number of symbols that a note names. */
const SHOWN = 10;

/** Learns to write the text of sequences of vectors. The model is a {@link Transcriber}. */
export const transcriberTask = /* @__PURE__ */ defineTask({
  Model: Transcriber,
  options: { format: ["format", "textColumn", "labelColumn"], data: [], evaluate: WRITING },
  defaultLength: () => ({ epochs: 30 }),
  defaultRecipe: transcriberRecipe,
  async read(sources, options, resumed?: ResumedRun<Transcriber>) {
    const examples = await readExamples(sources, options, resumed?.reading, read);
    const features = featuresOf(examples.data);
    if (examples.validation) checkSteps(featuresOf(examples.validation), features, sources.validation!);
    const { reading } = examples;
    const resume = async (spec: TranscriberSpec, seed: number) => {
      checkSteps(features, spec.features, sources.data);
      return runData(spec, await partsOf(examples, seed), options);
    };
    return {
      hash: await hashOf(sources, ...hashParts(examples.name, reading)),
      reading,
      prepare: async (complete, seed) =>
        resume(checkTranscriberSpec(complete(defaultTranscriberSpec(features))), seed),
      resume,
    };
  },
  async evaluate(model, data, options: EvaluateTaskOptions = {}) {
    const { examples } = await read(data, options, readingOf(model), modelReads(model.spec.features));
    noteUnknown(options, model, examples);
    noteShort(options, model, examples, "which counts as errors, but not for the loss");
    const how = transcribeOptions(options);
    model.predict([], how); // A language model that does not fit is no fault of the data.
    return withContext(data.name, () => evaluateTranscriber(model, examples, how));
  },
  /** Reads the vectors of each line. */
  inputFile: (model: Transcriber, data: TextSource, options: FormatOptions = {}) =>
    readVectorInputs(data, FORM, options, readingOf(model), model.spec.features),
  blank: { text: "", logProbability: 0 } satisfies Transcription,
  predict: (model: Transcriber, sequences: readonly (readonly Vector[])[], options?: TranscribeOptions) =>
    model.predict(sequences, options),
} satisfies Task<Transcriber, TranscriberEvaluation>);

function runData(
  spec: TranscriberSpec,
  { place, ...parts }: PlacedParts<Transcribed>,
  options: FormatOptions,
): RunData<Transcriber, TranscriberEvaluation> {
  return {
    model: (runtime) => {
      const model = new Transcriber(runtime, spec, transcriberTables(parts.train, spec));
      noteUnknown(options, model, parts.validation, "validation: ");
      return model;
    },
    trainer(model, recipe) {
      const steps = stepsOf(parts.train.map(({ vectors }) => Math.ceil(vectors.length / spec.stack)));
      const advice = "cut it into shorter examples, join vectors with a larger stack (--stack N)";
      const outputs = model.symbols.size + 1; // and the blank
      checkTrainable(model, recipe, { steps, outputs, place, noun: "steps", advice, apart: false });
      noteShort(options, model, parts.train, "so they are not learnt from");
      return new TranscriberTrainer(model, parts, recipe);
    },
  };
}
