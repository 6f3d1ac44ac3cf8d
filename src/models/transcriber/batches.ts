import { stepsNeeded } from "../../autograd/ctc-lattice.ts";
import { checkList, checkObject, checkObjects, checkOptions } from "../../checks.ts";
import { IGNORED_TARGET } from "../../data/evaluation-segments.ts";
import { FeatureScaling, type Vector } from "../../data/feature-scaling.ts";
import type { SequenceBatch } from "../../data/padded-batch.ts";
import { SequenceBatches, type SequenceBatchesOptions } from "../../data/sequence-batches.ts";
import { Vocabulary } from "../../data/vocabulary.ts";
import { UnrolledError } from "../../errors.ts";
import { checkNumbers } from "../../metrics/pairs.ts";
import { symbolsOf, type Transcribed } from "./examples.ts";
import type { TranscriberSpec } from "./spec.ts";

/** Class of the blank, which stands between symbols. The class of a symbol is its id + 1. */
export const BLANK = 0;

/** The tables that turn vectors and texts into numbers. */
export type TranscriberTables = {
  /** Scaling of the features. */
  readonly scaling: FeatureScaling;
  /** Vocabulary of the symbols that the model writes. It has no `<UNK>` and no blank. */
  readonly symbols: Vocabulary;
};

/**
 * A mini-batch. `inputs` are the scaled vectors, [T, B, stack * features]. `targets` are the classes of each text, [B, S]; they are -100
 * past its end.
 */
export interface TranscriberBatch extends SequenceBatch<Float32Array, Int32Array> {}

/**
 * Makes the tables of a model from its training examples.
 *
 * @throws ERR_DATA if there is no symbol, or if a vector has not `spec.features` finite numbers
 */
export function transcriberTables(
  examples: readonly Transcribed[],
  spec: Pick<TranscriberSpec, "features">,
): TranscriberTables {
  const { features } = checkObject("transcriberTables", spec, "spec is");
  checkObjects("transcriberTables: examples", examples);
  return {
    scaling: FeatureScaling.of(
      examples.map(({ vectors }) => vectors),
      features,
    ),
    symbols: Vocabulary.fromTokens(
      examples.flatMap(({ text }) => symbolsOf(text)),
      { unknown: false },
    ),
  };
}

/** Turns vectors and texts into the numbers of a model's batches. */
export class TranscriberCoding {
  readonly #tables: TranscriberTables;
  readonly #stack: number;

  constructor(tables: TranscriberTables, { stack }: TranscriberSpec) {
    this.#tables = tables;
    this.#stack = stack;
  }

  /** Numbers in a step. */
  get width(): number {
    return this.#tables.scaling.width * this.#stack;
  }

  /** Number of classes: the symbols and the blank. */
  get classes(): number {
    return this.#tables.symbols.size + 1;
  }

  /** Returns the scaled steps of a sequence, [steps, width]. The last step is filled up with 0, the mean. */
  inputs(vectors: readonly Vector[]): Float32Array {
    const scaled = this.#tables.scaling.apply(vectors);
    const steps = Math.ceil(vectors.length / this.#stack);
    if (scaled.length === steps * this.width) return scaled;
    const filled = new Float32Array(steps * this.width);
    filled.set(scaled);
    return filled;
  }

  /** Returns the classes of a text's symbols. Symbols that the model does not know are left out. */
  classesOf(text: string): Int32Array {
    const ids = this.#tables.symbols.encodeTokens(symbolsOf(text));
    return ids.filter((id) => id !== IGNORED_TARGET).map((id) => id + 1);
  }

  /** Returns the text of classes without blanks. */
  text(classes: readonly number[]): string {
    return this.#tables.symbols.decode(Array.from(checkNumbers("classes", classes), (label) => label - 1));
  }

  /** Tells whether a sequence has too few steps for its text, so that no model can write it. */
  isTooShort(example: Transcribed): boolean {
    const { vectors, text } = checkObject("isTooShort", example, "the example is");
    return Math.ceil(checkList("vectors", vectors).length / this.#stack) < stepsNeeded(symbolsOf(text));
  }

  /** Makes batches. @throws ERR_DATA if there is no example, or if one has no vectors or vectors of another size */
  batches(
    examples: readonly Transcribed[],
    options: Pick<SequenceBatchesOptions, "batch" | "seed" | "split">,
  ): SequenceBatches<Float32Array, Int32Array> {
    const own = checkOptions("TranscriberCoding.batches", options, "batch seed split");
    checkObjects("TranscriberCoding.batches: examples", examples);
    const targets = examples.map(({ text }) => this.classesOf(text));
    const targetWidth = targets.reduce((most, { length }) => Math.max(most, length), 1);
    const inputs = examples.map(({ vectors }, i) => {
      if (vectors.length) return this.inputs(vectors);
      throw new UnrolledError("ERR_DATA", `sequence ${i + 1} is empty, expected at least one vector`);
    });
    return new SequenceBatches(
      {
        inputs,
        targets: targets.map((classes) => {
          const padded = new Int32Array(targetWidth).fill(IGNORED_TARGET);
          padded.set(classes);
          return padded;
        }),
      },
      { ...own, width: this.width, targetWidth, targetPer: "sequence" },
    );
  }
}
