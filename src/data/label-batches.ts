import type { Labelled } from "./labelled.ts";
import { SequenceBatches, type SequenceBatchesOptions } from "./sequence-batches.ts";
import { randomNumbers } from "./shuffle.ts";
import { type Spellings, spell } from "./spellings.ts";
import type { TokenBatch } from "./token-batch.ts";
import { Vocabulary } from "./vocabulary.ts";

/** What a labelling model reads by, and what it predicts by. */
export interface LabelTables {
  /** Of the tokens, @see Vocabulary.fromTokens */
  readonly vocabulary: Vocabulary;
  /** Without a place for unknown ones. */
  readonly labels: Vocabulary;
  /** Of models that read the characters of words. */
  readonly characters?: Vocabulary;
}

/**
 * The tables of a model that learns from these examples.
 *
 * @param spec whether it reads the characters of words
 * @param options.minCount tokens (and characters, of the distinct words) that occur less often are unknown, so that the vector of
 *   unknown ones is learnt; default 2
 * @throws ERR_DATA where there is no label
 */
export function labelTables(
  examples: readonly Labelled[],
  { characters }: { readonly characters: number },
  { minCount = 2 }: { minCount?: number } = {},
): Record<string, Vocabulary> & LabelTables {
  const words = examples.flatMap(({ tokens }) => tokens);
  const labels = examples.flatMap((example) => example.labels);
  return {
    vocabulary: Vocabulary.fromTokens(words, { minCount }),
    labels: Vocabulary.fromTokens(labels, { unknown: false }),
    ...(characters && { characters: Vocabulary.fromTokens([...new Set(words)].join(""), { minCount }) }),
  };
}

/** Sequences side by side, with a label for each step or for each sequence. */
export interface LabelBatch extends TokenBatch {
  readonly lengths: readonly number[];
  /** Which of the examples these are, [B]. */
  readonly sequences: Int32Array;
  /** Where the model reads the characters of words. */
  readonly spellings?: Spellings;
}

export interface LabelBatchesOptions extends SequenceBatchesOptions {
  /** Share of the tokens that are read as unknown ones, drawn anew for each batch by `seed` and its number; default 0. */
  wordDropout?: number;
}

/** Examples as batches of numbers. A label that the model does not know becomes -100, which no loss counts. */
export class LabelBatches {
  readonly #examples: readonly Labelled[];
  readonly #characters: Vocabulary | undefined;
  readonly #dropped: number;
  readonly #seed: number;
  readonly #unknown: number;
  readonly #batches: SequenceBatches<Int32Array, Int32Array>;

  /** @throws ERR_DATA where there is no example, or an empty one */
  constructor(
    examples: readonly Labelled[],
    { vocabulary, labels, characters }: LabelTables,
    { wordDropout = 0, ...options }: LabelBatchesOptions,
  ) {
    this.#dropped = wordDropout;
    this.#seed = options.seed ?? 1;
    this.#unknown = vocabulary.unknownId ?? 0;
    this.#examples = examples;
    this.#characters = characters;
    this.#batches = new SequenceBatches(
      {
        inputs: examples.map(({ tokens }) => vocabulary.encodeTokens(tokens)),
        targets: examples.map((example) => labels.encodeTokens(example.labels)),
      },
      options,
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
    const words = Array.from(batch.sequences, (n) => this.#examples[n]!.tokens);
    return { ...batch, spellings: spell(words, batch.steps, this.#characters) };
  }

  /** Each example once. */
  *once(): Iterable<LabelBatch> {
    for (let i = 0; i < this.count; i++) yield this.at(i);
  }
}
