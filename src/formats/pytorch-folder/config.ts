import { tokenizerPatterns } from "../../data/words.ts";
import type { TaskModel } from "../../network/model.ts";
import { batchBytes } from "../../network/training-memory.ts";
import { pythonPattern } from "./patterns.ts";

/** What `config.json` of a folder has. The Python reads it, and so does `readFolder`. */
export interface FolderConfig {
  readonly format: "unrolled-pytorch";
  /** The whole spec, with all defaults. */
  readonly spec: TaskModel["spec"];
  /** The tables of the model, by their names. */
  readonly tables: Readonly<Record<string, unknown>>;
  /** How the training data were read. */
  readonly reading?: object | undefined;
  /** Settings of training. */
  readonly recipe: object;
  /** Number of iterations and epochs of a run by default; the longer counts. */
  readonly length: object;
  /** Patterns of the word tokenizer, for Python's `re`. */
  readonly patterns?: Readonly<Record<string, string>>;
  /** Bytes that our trainer needs for a step of a sequence. It keeps batches of very long sequences small by it. */
  readonly stepBytes?: number;
  /**
   * The same for pairs of sequences: bytes of a step of a source, of a step of a target, and of a pair of such steps, in each row of a
   * batch and once.
   */
  readonly pairBytes?: readonly number[];
  /** Blocks of random numbers that were taken before training, for the weights. Scheduled sampling draws those that follow. */
  readonly randomBlocks?: number;
}

/** A spec as far as texts are concerned. */
interface TextFields {
  readonly level?: string;
  readonly lines?: boolean;
  readonly segmentation?: "latin" | "unicode";
}

/** Returns the patterns of the word tokenizer. */
export function wordPatterns(segmentation: TextFields["segmentation"]): FolderConfig["patterns"] {
  const patterns = Object.entries(tokenizerPatterns({ segmentation }));
  return Object.fromEntries(patterns.map(([name, source]) => [name, pythonPattern(source)]));
}

/** Returns what a language model reads its text by: the patterns of words, and the size of a step if lines are sequences. */
export function textConfig(model: TaskModel): Pick<FolderConfig, "patterns" | "stepBytes"> {
  const { level, lines, segmentation } = model.spec as TextFields & TaskModel["spec"];
  const symbols = (model.tables.vocabulary as { readonly size?: number } | undefined)?.size ?? 0;
  return {
    ...(level === "word" && { patterns: wordPatterns(segmentation) }),
    ...(lines && { stepBytes: batchBytes(model, symbols, 1, [1]) }),
  };
}
