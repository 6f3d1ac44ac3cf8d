import { checkOptions } from "../../checks.ts";
import { eachBatch } from "../../data/batches.ts";
import { FeatureScaling, type Vector } from "../../data/feature-scaling.ts";
import type { Labelled, Step } from "../../data/labelled.ts";
import { SequenceBatches, type SequenceBatchesOptions } from "../../data/sequence-batches.ts";
import { randomNumbers } from "../../data/shuffle.ts";
import type { TokenBatch } from "../../data/token-batch.ts";
import { Vocabulary } from "../../data/vocabulary.ts";
import { UnrolledError } from "../../errors.ts";
import { type Spellings, spell } from "./spellings.ts";

/** What a labelling model reads by, and what it predicts by. */
export interface LabelTables {
  /** Of the tokens, @see Vocabulary.fromTokens; of models that read tokens. */
  readonly vocabulary?: Vocabulary;
  /** Of models that read vectors. */
  readonly scaling?: FeatureScaling;
  /** Without a place for unknown ones. */
  readonly labels: Vocabulary;
  /** Of models that read the characters of words. */
  readonly characters?: Vocabulary;
}

/** @throws ERR_VALUE for tables with unknown names */
export function checkTables(what: string, tables: LabelTables): LabelTables {
  return checkOptions(`${what}: tables`, tables, "vocabulary scaling labels characters");
}

/**
 * The tables of a model that learns from these examples.
 *
 * @param spec whether it reads the characters of words, or vectors of so many features
 * @param options.minCount tokens (and characters, of the distinct words) that occur less often are unknown, so that the vector of
 *   unknown ones is learnt; default 2
 * @throws ERR_DATA where there is no label, or a sequence is not of such steps
 */
export function labelTables(
  examples: readonly Labelled<Step>[],
  { characters, features = 0 }: { readonly characters: number; readonly features?: number },
  options: { minCount?: number } = {},
): Record<string, Vocabulary | FeatureScaling> & LabelTables {
  const { minCount = 2 } = checkOptions("labelTables", options, "minCount");
  const labels = Vocabulary.fromTokens(
    examples.flatMap((example) => example.labels),
    { unknown: false },
  );
  if (features) {
    const sequences = examples.map(({ tokens }) => tokens as readonly Vector[]);
    return { scaling: FeatureScaling.of(sequences, features), labels };
  }
  const words = examples.flatMap(({ tokens }) => wordsOf(tokens));
  return {
    vocabulary: Vocabulary.fromTokens(words, { minCount }),
    labels,
    ...(characters && { characters: Vocabulary.fromTokens([...new Set(words)].join(""), { minCount }) }),
  };
}

/** Sequences side by side, with a label for each step or for each sequence. */
export interface LabelBatch extends TokenBatch<Int32Array | Float32Array> {
  readonly lengths: readonly number[];
  /** Which of the examples these are, [B]. */
  readonly sequences: Int32Array;
  /** Where the model reads the characters of words. */
  readonly spellings?: Spellings;
}

/** Sequences that are read side by side when nothing is trained. */
export const READ = 32;

export interface LabelBatchesOptions extends SequenceBatchesOptions {
  /** Share of the tokens that are read as unknown ones, drawn anew for each batch by `seed` and its number; default 0. */
  wordDropout?: number;
}

/** Examples as batches of numbers. A label that the model does not know becomes -100, which no loss counts. */
export class LabelBatches {
  readonly #examples: readonly Labelled<Step>[];
  readonly #characters: Vocabulary | undefined;
  readonly #dropped: number;
  readonly #seed: number;
  readonly #unknown: number;
  readonly #batches: SequenceBatches<Int32Array | Float32Array, Int32Array>;

  /** @throws ERR_DATA where there is no example, or an empty one, or one of other steps than the tables are for */
  constructor(examples: readonly Labelled<Step>[], tables: LabelTables, options: LabelBatchesOptions) {
    const { vocabulary, scaling, labels, characters } = checkTables("LabelBatches", tables);
    const { wordDropout = 0, ...rest } = checkOptions(
      "LabelBatches",
      options,
      "wordDropout batch seed width targetWidth targetPer pool",
    );
    this.#dropped = wordDropout;
    this.#seed = rest.seed ?? 1;
    this.#unknown = vocabulary?.unknownId ?? 0;
    this.#examples = examples;
    this.#characters = characters;
    this.#batches = new SequenceBatches(
      {
        inputs: examples.map(({ tokens }) =>
          scaling ? scaling.apply(tokens as readonly Vector[]) : vocabulary!.encodeTokens(wordsOf(tokens)),
        ),
        targets: examples.map((example) => labels.encodeTokens(example.labels)),
      },
      { ...rest, width: scaling?.width ?? 1 },
    );
  }

  /** Batches that hold each example once. */
  get count(): number {
    return this.#batches.count;
  }

  /** Batch number `i`, @see SequenceBatches.at */
  at(i: number): LabelBatch {
    const batch = this.#batches.at(i);
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

  /** Each example once. */
  once(): Iterable<LabelBatch> {
    return eachBatch(this);
  }
}

/** @throws ERR_DATA for vectors */
function wordsOf(tokens: readonly Step[]): readonly string[] {
  const wrong = tokens.findIndex((token) => typeof token !== "string");
  if (wrong < 0) return tokens as readonly string[];
  throw new UnrolledError("ERR_DATA", `step ${wrong + 1} is a vector, but the model reads tokens`);
}
