import {
  createRuntime,
  defaultLanguageModelSpec,
  LanguageModel,
  LanguageModelTrainer,
  loadModel,
  type SamplingOptions,
  serializeModel,
  textVocabulary,
} from "unrolled";
import { drawnProbabilities } from "./drawn.ts";
import { inLab, type LabOptions, type Progress } from "./lab.ts";
import { numberText } from "./number-text.ts";
import { mulberry32 } from "./random.ts";
import type { CurvePoint } from "./training.ts";

/** Options of {@link characterModel}. */
export interface CharacterModelOptions extends LabOptions<CharacterModelProgress> {
  /** A text with one example a line, such as a name; default: numbers in words. It needs about 100 lines. */
  readonly text?: string;
  /** Iterations of training; default 400. */
  readonly iterations?: number;
  /** Number of hidden units of the GRU; default 64. */
  readonly hidden?: number;
  /** Number of lines that each setting writes; default 8. */
  readonly count?: number;
}

/** A validation: how well the model predicts lines that it does not train on. */
export interface PerplexityPoint extends CurvePoint {
  /** exp of the cross-entropy in nats. The model is as unsure as in a choice among so many equally likely letters. */
  readonly perplexity: number;
}

/** What can be shown while the model trains. */
export interface CharacterModelProgress extends Progress {
  readonly curve: readonly CurvePoint[];
  readonly validation: readonly PerplexityPoint[];
  /** A few lines that the model writes at this moment. */
  readonly written: readonly string[];
}

/** Lines that the model wrote with one setting. */
export interface SamplingRow extends Required<SamplingOptions> {
  readonly lines: readonly WrittenLine[];
}

/** A line that the model wrote. */
export interface WrittenLine {
  readonly text: string;
  /** Whether the line is one of the training text. */
  readonly known: boolean;
}

/** The result of {@link characterModel}. */
export interface CharacterModelResult {
  readonly curve: readonly CurvePoint[];
  readonly validation: readonly PerplexityPoint[];
  /** Perplexity of a guess: the number of symbols. */
  readonly guess: number;
  readonly parameters: number;
  readonly rows: readonly SamplingRow[];
  /** The model file, for {@link writeLines} and {@link nextSymbols}. */
  readonly bytes: Uint8Array;
}

const BATCH = 32;
/** Share of the iterations between two validations. */
const VALIDATIONS = 10;

const ALL = { temperature: 1, topK: 0, topP: 1 };

/** The settings that the lesson compares. */
export const SETTINGS: readonly Required<SamplingOptions>[] = [
  { ...ALL, temperature: 0.3 },
  { ...ALL, temperature: 0.7 },
  ALL,
  { ...ALL, temperature: 1.5 },
  { ...ALL, temperature: 1.5, topK: 3 },
  { ...ALL, temperature: 1.5, topP: 0.8 },
];

/** Longest line that is written. */
const LONGEST = 60;

/** Writes lines with a model. Line i is drawn with the seed `seed` + i. */
function lines(
  model: LanguageModel,
  options: SamplingOptions,
  prefix: string,
  count: number,
  seed: number,
): string[] {
  const packed = model.pack();
  try {
    return Array.from({ length: count }, (_, i) => {
      let line = prefix;
      for (const symbol of packed.generate({ ...options, prompt: prefix, length: LONGEST, seed: seed + i })) {
        if (symbol === "\n") break;
        line += symbol;
      }
      return line;
    });
  } finally {
    packed.dispose();
  }
}

/**
 * Trains a GRU to predict the next letter, P(y<1>, ..., y<T>) = Π P(y<t> | y<1>, ..., y<t-1>) (docs/course-notes.md, "Language model"),
 * and writes lines with several settings of sampling. Each line starts from a<0> = 0; a newline begins and ends it.
 *
 * @throws ERR_DATA if the text has too few lines
 */
export function characterModel(options: CharacterModelOptions = {}): Promise<CharacterModelResult> {
  const { seed = 1, iterations = 400, hidden = 64, count = 8 } = options;
  const text = options.text ?? numberText(mulberry32(seed), 800);
  return inLab(options, async (lab) => {
    const spec = {
      ...defaultLanguageModelSpec("char"),
      cell: "gru" as const,
      hidden,
      layers: 1,
      dropout: 0,
      lines: true,
    };
    const model = new LanguageModel(lab.rt, spec, textVocabulary(text, spec));
    const trainer = new LanguageModelTrainer(model, model.encode(text), {
      batch: BATCH,
      optimizer: "adam",
      lr: 0.01,
      schedule: "linear",
      lrDecayOver: iterations,
      clipBy: "norm",
      seed,
    });
    const curve: CurvePoint[] = [];
    const validation: PerplexityPoint[] = [];
    const every = Math.max(1, Math.floor(iterations / VALIDATIONS));
    let written: readonly string[] = [];
    const progress = (iteration: number): CharacterModelProgress => ({
      share: iteration / iterations,
      curve: [...curve],
      validation: [...validation],
      written,
    });
    const validate = (iteration: number) => {
      const { nats, perplexity } = trainer.validate();
      validation.push({ iteration, loss: nats, perplexity });
      written = lines(model, { temperature: 0.7 }, "", 3, seed);
    };
    validate(0);
    lab.reportNow(progress(0));
    for (let i = 1; i <= iterations; i++) {
      const loss = trainer.step();
      if (i % 5 === 0) curve.push({ iteration: i, loss });
      await lab.pause();
      if (i % every === 0) validate(i);
      lab.report(() => progress(i));
      await lab.pause();
    }
    lab.reportNow(progress(iterations));
    const known = new Set(text.split("\n"));
    const rows: SamplingRow[] = [];
    for (const setting of SETTINGS) {
      const drawn = lines(model, setting, "", count, seed);
      rows.push({ ...setting, lines: drawn.map((line) => ({ text: line, known: known.has(line) })) });
      await lab.pause();
    }
    return {
      curve,
      validation,
      guess: model.vocabulary.size,
      parameters: model.parameterCount,
      rows,
      bytes: serializeModel(model),
    };
  });
}

/** Opens a model file for one use. */
async function opened<T>(bytes: Uint8Array, use: (model: LanguageModel) => T): Promise<T> {
  const rt = await createRuntime({ variant: "strict" });
  try {
    return use(loadModel(rt, bytes, [LanguageModel]));
  } finally {
    rt.dispose();
  }
}

/** Options of {@link writeLines}. */
export interface WriteLinesOptions extends SamplingOptions {
  /** The beginning of each line; default "". */
  readonly prefix?: string;
  /** Number of lines; default 8. */
  readonly count?: number;
  /** Seed of the draws; default 1. */
  readonly seed?: number;
}

/**
 * Writes lines with a trained model.
 *
 * @param bytes the model file of {@link characterModel}
 * @throws ERR_DATA if the prefix has a letter that the model does not know; ERR_VALUE if an option is invalid
 */
export function writeLines(bytes: Uint8Array, options: WriteLinesOptions = {}): Promise<string[]> {
  const { prefix = "", count = 8, seed = 1, temperature = 1, topK = 0, topP = 1 } = options;
  return opened(bytes, (model) => lines(model, { temperature, topK, topP }, prefix, count, seed));
}

/** The probability of one next symbol. */
export interface NextSymbol {
  /** A letter, or "\n" for the end of the line. */
  readonly symbol: string;
  /** ŷ of the model, at temperature 1. */
  readonly probability: number;
  /** The probability with which sampling draws it, after temperature, top k and top p. */
  readonly drawn: number;
}

/**
 * Returns the symbols that may come after the beginning of a line, the most likely first.
 *
 * @param bytes the model file of {@link characterModel}
 * @param prefix the beginning of the line, which may be ""
 * @throws ERR_DATA if the prefix has a letter that the model does not know; ERR_VALUE if an option is invalid
 */
export function nextSymbols(
  bytes: Uint8Array,
  prefix: string,
  options: SamplingOptions = {},
): Promise<NextSymbol[]> {
  return opened(bytes, (model) => {
    const { vocabulary } = model;
    const packed = model.pack();
    const stream = packed.stream();
    for (const id of model.encode(`\n${prefix}`)) stream.feed(id);
    const ids = Array.from({ length: vocabulary.size }, (_, id) => id).filter(
      (id) => id !== vocabulary.unknownId,
    );
    const logs = ids.map((id) => stream.logProbability(id));
    const sum = logs.reduce((total, log) => total + Math.exp(log), 0);
    const probabilities = logs.map((log) => Math.exp(log) / sum);
    const drawn = drawnProbabilities(probabilities, options);
    return ids
      .map((id, i) => ({ symbol: vocabulary.symbols[id]!, probability: probabilities[i]!, drawn: drawn[i]! }))
      .sort((a, b) => b.probability - a.probability);
  });
}
