import { checkInstance, checkObject, checkObjects, checkOptions } from "../../checks.ts";
import { eachBatch } from "../../data/batches.ts";
import { FeatureScaling, type Vector } from "../../data/feature-scaling.ts";
import { labelSet } from "../../data/label-set.ts";
import type { Labelled, Step } from "../../data/labelled.ts";
import type { SequenceBatch } from "../../data/padded-batch.ts";
import { SequenceBatches, type SequenceBatchesOptions } from "../../data/sequence-batches.ts";
import { randomNumbers } from "../../data/shuffle.ts";
import { wordsOf } from "../../data/steps.ts";
import type { TokenBatch } from "../../data/token-batch.ts";
import { Vocabulary } from "../../data/vocabulary.ts";
import { targetWeights } from "./class-weights.ts";
import { type Spellings, spell } from "./spellings.ts";
import { TargetSets } from "./target-sets.ts";
import { Thresholds } from "./thresholds.ts";

/** The tables that turn the data of a tagger or classifier into numbers, and its outputs into labels. */
export interface LabelTables {
  /** Vocabulary of the tokens (@see Vocabulary.fromTokens). It is undefined if the model reads vectors. */
  readonly vocabulary?: Vocabulary;
  /** Scaling of the features. It is undefined if the model reads tokens. */
  readonly scaling?: FeatureScaling;
  /** Vocabulary of the labels. It has no `<UNK>`. */
  readonly labels: Vocabulary;
  /** Vocabulary of the characters. It is undefined if the model does not read the characters of words. */
  readonly characters?: Vocabulary;
  /** The threshold of each label. It is undefined if a target is one label. */
  readonly thresholds?: Thresholds;
}

/** Checks the property names of `tables` and returns `tables`. @throws ERR_VALUE if a name is unknown */
export function checkTables(what: string, tables: LabelTables): LabelTables {
  const { vocabulary, scaling, labels, characters } = checkOptions(
    `${what}: tables`,
    tables,
    "vocabulary scaling labels characters thresholds",
  );
  for (const table of [labels, vocabulary, characters]) {
    if (table !== undefined || !labels) checkInstance(`${what}: a table`, table, Vocabulary, "a Vocabulary");
  }
  if (scaling) checkInstance(`${what}: scaling`, scaling, FeatureScaling, "a FeatureScaling");
  return tables;
}

/**
 * Makes the tables of a model from its training examples.
 *
 * @param spec its field `characters` is above 0 if the model reads the characters of words. Its field `features` is the size of
 *   the vectors that the model reads, or 0 if the model reads tokens. If its field `multiLabel` is true, each text of `labels` is a set
 *   of labels (`labelSet`).
 * @param options.minCount tokens and characters that occur less often than `minCount` are read as `<UNK>`; default 2. These
 *   tokens and characters train the embeddings of `<UNK>`. Characters are counted in a list that has every word once.
 * @throws ERR_DATA if there is no label, or if a sequence has steps of the wrong kind (tokens or vectors)
 */
export function labelTables(
  examples: readonly Labelled<Step>[],
  spec: { readonly characters: number; readonly features?: number; readonly multiLabel?: boolean },
  options: { minCount?: number } = {},
): Record<string, Vocabulary | FeatureScaling | Thresholds> & LabelTables {
  const { characters, features = 0, multiLabel = false } = checkObject("labelTables", spec, "spec is");
  const { minCount = 2 } = checkOptions("labelTables", options, "minCount");
  checkObjects("labelTables: examples", examples);
  const targets = examples.flatMap((example) => example.labels);
  const labels = Vocabulary.fromTokens(multiLabel ? targets.flatMap(labelSet) : targets, { unknown: false });
  const thresholds = multiLabel && { thresholds: Thresholds.all(labels.size) };
  if (features) {
    const sequences = examples.map(({ tokens }) => tokens as readonly Vector[]);
    return { scaling: FeatureScaling.of(sequences, features), labels, ...thresholds };
  }
  const words = examples.flatMap(({ tokens }) => wordsOf(tokens));
  return {
    vocabulary: Vocabulary.fromTokens(words, { minCount }),
    labels,
    ...(characters && { characters: Vocabulary.fromTokens([...new Set(words)].join(""), { minCount }) }),
    ...thresholds,
  };
}

/** Returns the ids of tokens, or scaled vectors [steps, width]. @throws ERR_DATA if a step is of the wrong kind or size */
export function stepNumbers(
  tokens: readonly Step[],
  { vocabulary, scaling }: LabelTables,
): Int32Array<ArrayBuffer> | Float32Array {
  return scaling ? scaling.apply(tokens as readonly Vector[]) : vocabulary!.encodeTokens(wordsOf(tokens));
}

/** A mini-batch of sequences, with a label or a set of labels for each step or for each sequence. */
export interface LabelBatch extends TokenBatch<Int32Array | Float32Array> {
  /**
   * The id of each target's label, [T, B], or [B] if each sequence has one target. The loss ignores targets of -100. If targets are sets
   * of labels, it is a number of the set, at least 0.
   */
  readonly targets: Int32Array;
  /** 1 for each label in a target's set, else 0: [T, B, labels] or [B, labels]. It is undefined if a target is one label. */
  readonly multiHot?: Float32Array;
  readonly lengths: readonly number[];
  /** Index of each sequence's example, [B]. */
  readonly sequences: Int32Array;
  /** The characters of the words, if the model reads them. */
  readonly spellings?: Spellings;
  /**
   * How much each target counts, in the shape of `targets`; their mean is 1. If targets are sets, how much each label of each target
   * counts, in the shape of `multiHot`. If undefined, all count the same.
   */
  readonly weights?: Float32Array;
}

/** Batch size for evaluation and prediction, in sequences. */
export const READ = 32;

/** Options of {@link LabelBatches}. */
export interface LabelBatchesOptions extends SequenceBatchesOptions {
  /**
   * Share of the tokens that are replaced by `<UNK>`; default 0. These tokens are drawn at random. The draw depends only
   * on `seed` and on the index of the batch.
   */
  wordDropout?: number;
  /**
   * How much each label counts in the loss, by its id. By default, all count the same. If targets are sets, it is the weight of the
   * targets that have the label, and the others count 1.
   */
  classWeights?: Float64Array;
}

/** Turns examples into batches of numbers. A label that the vocabulary lacks becomes -100, which losses ignore; in a set, it is left out. */
export class LabelBatches {
  readonly #examples: readonly Labelled<Step>[];
  readonly #characters: Vocabulary | undefined;
  readonly #dropped: number;
  readonly #seed: number;
  readonly #unknown: number;
  readonly #classWeights: Float64Array | undefined;
  readonly #batches: SequenceBatches<Int32Array | Float32Array, Int32Array>;
  /** The sets of labels, if targets are sets. `#batches` then has their numbers as targets. */
  readonly #sets: TargetSets | undefined;

  /**
   * Turns examples into numbers.
   *
   * @throws ERR_DATA if there is no example, or if an example is empty. It is also thrown if an example has steps of the wrong
   *   kind (tokens or vectors) or size, or a wrong number of labels.
   */
  constructor(examples: readonly Labelled<Step>[], tables: LabelTables, options: LabelBatchesOptions) {
    const { vocabulary, scaling, labels, characters, thresholds } = checkTables("LabelBatches", tables);
    const sets = thresholds && new TargetSets(labels);
    this.#sets = sets;
    const {
      wordDropout = 0,
      classWeights,
      ...rest
    } = checkOptions(
      "LabelBatches",
      options,
      "wordDropout classWeights batch seed width targetWidth targetPer pool split room",
    );
    checkObjects("LabelBatches: examples", examples);
    this.#dropped = wordDropout;
    this.#classWeights = classWeights;
    this.#seed = rest.seed ?? 1;
    this.#unknown = vocabulary?.unknownId ?? 0;
    this.#examples = examples;
    this.#characters = characters;
    this.#batches = new SequenceBatches(
      {
        inputs: examples.map(({ tokens }) => stepNumbers(tokens, tables)),
        targets: examples.map((example) => (sets ?? labels).encodeTokens(example.labels)),
      },
      { ...rest, width: scaling?.width ?? 1 },
    );
  }

  /** Number of batches in an epoch. An epoch contains every example once. */
  get count(): number {
    return this.#batches.count;
  }

  /** Returns batch number `i`, counted from 0. The numbers continue from one epoch to the next. */
  at(i: number): LabelBatch {
    const batch = this.#weighted(this.#batches.at(i));
    if (this.#dropped) {
      const draw = randomNumbers(this.#seed, i, 2);
      batch.inputs.forEach((_, place) => {
        if (draw() < this.#dropped) batch.inputs[place] = this.#unknown;
      });
    }
    if (!this.#characters) return batch;
    const words = Array.from(batch.sequences, (n) => wordsOf(this.#examples[n]!.tokens));
    return { ...batch, spellings: spell(words, batch.steps, this.#characters) };
  }

  #weighted(batch: SequenceBatch<Int32Array | Float32Array, Int32Array>): LabelBatch {
    const weights = this.#classWeights;
    if (this.#sets) {
      const { targets } = batch;
      const own = weights && { weights: this.#sets.weights(targets, weights) };
      return { ...batch, multiHot: this.#sets.multiHot(targets), ...own };
    }
    return weights ? { ...batch, weights: targetWeights(batch.targets, weights) } : batch;
  }

  /** Returns the batches of the first epoch. Together they contain every example once. */
  once(): Iterable<LabelBatch> {
    return eachBatch(this);
  }
}
