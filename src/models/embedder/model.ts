import { crossEntropy } from "../../autograd/cross-entropy.ts";
import { add, scale } from "../../autograd/elementwise.ts";
import { linear } from "../../autograd/linear.ts";
import { normalizeRows } from "../../autograd/normalize-rows.ts";
import { pool } from "../../autograd/pool.ts";
import { slice } from "../../autograd/shape.ts";
import { checkIterable, checkObject, checkOptions, checkTexts } from "../../checks.ts";
import { FeatureScaling } from "../../data/feature-scaling.ts";
import type { Level } from "../../data/labelled.ts";
import { SequenceBatches } from "../../data/sequence-batches.ts";
import { checkInputs, type SequenceInput, stepTable } from "../../data/steps.ts";
import { Vocabulary, type VocabularyOptions } from "../../data/vocabulary.ts";
import { sequenceTokens, type TokenSpec } from "../../data/words.ts";
import { UnrolledError } from "../../errors.ts";
import { checkLists } from "../../metrics/pairs.ts";
import { expectFinite } from "../../network/damaged.ts";
import type { BatchLoss, TableReader } from "../../network/model.ts";
import { Network } from "../../network/network.ts";
import { fitting, halveLong, READ, readInBatches } from "../../network/read.ts";
import { inputTensor } from "../../network/token-loss.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import type { ContrastBatch } from "./batches.ts";
import type { TextPair } from "./pairs.ts";
import { checkEmbedderSpec, type EmbedderSpec, embedderSchema } from "./spec.ts";

/** The tables of an embedder. */
export interface EmbedderTables {
  /** Vocabulary of the tokens; undefined if the model reads vectors. */
  readonly vocabulary?: Vocabulary;
  /** Scaling of the vectors; undefined if the model reads tokens. */
  readonly scaling?: FeatureScaling;
}

/**
 * Makes a vocabulary of the tokens of all texts. The most frequent token is first. If `unknown` is true (default), `<UNK>` is
 * last.
 *
 * @param spec the spec of the embedder, or `char` or `word` if it is a default spec
 * @throws ERR_DATA if `unknown` is false and no token occurs `minCount` times; ERR_VALUE if an option is invalid
 */
export function embedderVocabulary(
  pairs: Iterable<TextPair>,
  spec: Level | TokenSpec,
  options: VocabularyOptions = {},
): Vocabulary {
  if (typeof spec !== "string") checkObject("embedderVocabulary", spec, "spec is");
  const all = checkLists("pairs", [...checkIterable("pairs", pairs)]);
  function* tokens() {
    for (const pair of all) for (const text of checkTexts("a pair", pair)) yield* sequenceTokens(text, spec);
  }
  return Vocabulary.fromTokens(tokens(), options);
}

/**
 * Embeds sequences as vectors: tokens or vectors -> recurrent layers -> pooling over the steps (`spec.pooling`) -> linear layer -> scaling
 * to length 1. If two sequences belong together, the cosine of their vectors is large. They are texts, or lists of vectors if
 * `spec.features` is above 0.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const pairs = ["ticket", "room", "table", "car", "bike"].flatMap((thing) => [
 *   [`how do I book a ${thing}`, `reserve my ${thing}`],
 *   [`how do I cancel a ${thing}`, `call off my ${thing}`],
 * ]);
 * const spec = { ...defaultEmbedderSpec(), hidden: 16, embedding: 16, size: 16 };
 * const model = new SequenceEmbedder(rt, spec, { vocabulary: embedderVocabulary(pairs, "word") });
 * const trainer = new EmbedderTrainer(model, { train: pairs, validation: pairs }, { batch: 10, lr: 0.01 });
 * for (let i = 0; i < 60; i++) trainer.step();
 * const questions = pairs.map(([question]) => question);
 * const [query] = model.encode(["please call off the room"]);
 * console.log(questions[nearest(query, model.encode(questions))[0].index]); // how do I cancel a room
 * ```
 */
export class SequenceEmbedder extends Network<EmbedderSpec> {
  /** The task's name in specs and files. */
  static readonly task = "embedder";
  /** Returns the schema of {@link EmbedderSpec}. */
  static readonly schema = embedderSchema;
  /** The task's name in files of earlier versions. */
  static readonly formerTask = "encoder";
  /** The vocabulary or the scaling, by its name in a file. */
  readonly tables: Readonly<Record<string, Vocabulary | FeatureScaling>> & EmbedderTables;

  /** Returns a reader for the table of a model. `loadModel` calls it. */
  static tables({ features }: EmbedderSpec): Readonly<Record<string, TableReader>> {
    return features ? { scaling: FeatureScaling } : { vocabulary: Vocabulary };
  }

  /** Makes a model from a checked spec and its tables. `loadModel` calls it. */
  static build(runtime: Runtime, spec: EmbedderSpec, tables: SequenceEmbedder["tables"]): SequenceEmbedder {
    return new SequenceEmbedder(runtime, spec, tables);
  }

  /**
   * Makes a model with random weights.
   *
   * @throws ERR_VALUE if the spec is invalid, or the table does not fit it
   */
  constructor(runtime: Runtime, given: EmbedderSpec, tables: EmbedderTables) {
    const { vocabulary, scaling } = checkOptions("SequenceEmbedder: tables", tables, "vocabulary scaling");
    const spec = checkEmbedderSpec(given);
    stepTable(spec.features, vocabulary, scaling);
    const pooled = spec.pooling === "mean+max" ? 2 : 1;
    super(runtime, spec, { inputs: spec.features || vocabulary!.size, outputs: spec.size, pooled });
    this.tables = scaling ? { scaling } : { vocabulary: vocabulary! };
  }

  /** Vocabulary of the tokens; undefined if the model reads vectors. */
  get vocabulary(): Vocabulary | undefined {
    return this.tables.vocabulary;
  }

  /** Splits a text into the tokens that the model reads. */
  tokens(text: string): string[] {
    return sequenceTokens(text, this.spec);
  }

  /**
   * Returns the token numbers [steps] of a text, or the scaled vectors [steps, features] of a sequence.
   *
   * @throws ERR_DATA if the input is of the other kind, or a vector is invalid
   */
  ids(input: SequenceInput): Int32Array | Float32Array {
    const [sequence] = checkInputs("sequences", [input], this.spec.features);
    const { vocabulary, scaling } = this.tables;
    return typeof sequence === "string"
      ? vocabulary!.encodeTokens(this.tokens(sequence))
      : scaling!.apply(sequence!);
  }

  /**
   * Embeds a batch of sequences.
   *
   * @param tokens token numbers of B sequences with T steps, int32 [T, B], or scaled vectors, float32 [T, B, features]
   * @param lengths number of steps of each sequence without its padding; default: T for all
   * @returns vectors of length 1, [B, size]
   */
  forward(tokens: Tensor, lengths?: readonly number[]): Tensor {
    const { output } = this.features(tokens, { lengths });
    const pooled = pool(output, this.spec.pooling, {
      ...(lengths && { lengths }),
      ...(this.rnn.bidirectional && { directionSize: this.rnn.hiddenSize }),
    });
    return normalizeRows(this.project(pooled));
  }

  /**
   * Computes the contrastive loss in nats. It is the mean of two cross-entropies. In the first one, each text picks its partner
   * from all partners in the batch, by cosine. In the second one, each partner picks its text from all texts in the batch. The
   * first is multiple negatives ranking (Henderson et al., "Efficient natural language response suggestion", 2017). CLIP
   * takes the mean of two such cross-entropies, too. If a text is paired with itself, its two vectors differ only by their
   * dropout masks, as in SimCSE (Gao et al. 2021).
   *
   * @param batch pairs of texts
   */
  loss({ steps, inputs, lengths, mask }: ContrastBatch): BatchLoss {
    const vectors = this.forward(inputTensor(this.runtime, { steps, inputs, lengths }), lengths);
    const symbols = lengths.reduce((sum, length) => sum + length);
    return { ...this.contrast(vectors, mask), symbols };
  }

  /**
   * Computes the contrastive loss of vectors.
   *
   * @param vectors those of B texts, then of their B partners, [2 B, size]
   * @param mask see {@link ContrastBatch}
   * @internal
   */
  contrast(vectors: Tensor, mask: Float32Array): Omit<BatchLoss, "symbols"> {
    const { runtime: rt } = this;
    const B = vectors.shape[0]! / 2;
    const [texts, partners] = [slice(vectors, 0, B), slice(vectors, B, B)];
    const apart = rt.tensor(mask, [B, B]);
    const right = rt.tensor(
      Int32Array.from({ length: B }, (_, i) => i),
      [B],
    );
    const find = (queries: Tensor, candidates: Tensor) =>
      add(scale(linear(queries, candidates), 1 / this.spec.temperature), apart);
    const outputs = find(texts, partners);
    const loss = scale(add(crossEntropy(outputs, right), crossEntropy(find(partners, texts), right)), 0.5);
    return { loss, outputs, counted: B, sequences: B };
  }

  /**
   * Returns the vector of each text or sequence of vectors. Vectors have length 1, so that their dot products are cosines. Sequences
   * are read without dropout, and unknown tokens are read as `<UNK>`.
   *
   * @throws ERR_DATA if a sequence is empty, or not of the kind or size that the model reads; ERR_MEMORY naming the text if one is too long; ERR_NAN if the weights are damaged
   */
  encode(sequences: readonly SequenceInput[]): Float32Array[] {
    const { size, features } = this.spec;
    const inputs = checkInputs("sequences", sequences, features).map((sequence) => this.ids(sequence));
    const [what, step] = features ? ["sequence", "vector"] : ["text", "token"];
    const empty = inputs.findIndex(({ length }) => length === 0);
    if (empty >= 0) {
      throw new UnrolledError("ERR_DATA", `${what} ${empty + 1} is empty, expected at least one ${step}`);
    }
    if (!inputs.length) return [];
    const width = features || 1;
    const options = { batch: READ, split: halveLong, width, targetWidth: width };
    const batches = new SequenceBatches({ inputs, targets: inputs }, options);
    return readInBatches(this, batches, ({ steps, lengths, inputs, sequences }) => {
      const vectors = fitting(`${what} ${sequences[0]! + 1}`, steps, () =>
        this.forward(inputTensor(this.runtime, { steps, inputs, lengths }), lengths).toArray(),
      );
      const all = expectFinite("vectors", vectors);
      return lengths.map((_, b) => all.slice(b * size, (b + 1) * size));
    });
  }
}
