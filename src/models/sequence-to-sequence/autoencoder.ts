import { meanSquaredError } from "../../autograd/regression-loss.ts";
import { gatherRows } from "../../autograd/shape.ts";
import { checkObject, checkOptions } from "../../checks.ts";
import { FeatureScaling, type Vector } from "../../data/feature-scaling.ts";
import type { Step } from "../../data/labelled.ts";
import type { SequenceBatch } from "../../data/padded-batch.ts";
import { checkInputs, type SequenceInput, stepTable, wordsOf } from "../../data/steps.ts";
import { Vocabulary } from "../../data/vocabulary.ts";
import { tokenize } from "../../data/words.ts";
import { counted, UnrolledError } from "../../errors.ts";
import { checkLists } from "../../metrics/pairs.ts";
import { expectFinite } from "../../network/damaged.ts";
import type { BatchLayout, BatchLoss, TableReader } from "../../network/model.ts";
import { stateSize } from "../../network/spec.ts";
import { rowsOfStates, statesOfRows } from "../../network/state-rows.ts";
import type { RecurrentState } from "../../nn/recurrent.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import type { PairBatch } from "./batches.ts";
import type { Encoded } from "./encoder.ts";
import type { Translation } from "./encoder-decoder.ts";
import { checkDecoding, type DecodeOptions, endedVocabulary, SequenceToSequence } from "./model.ts";
import { joinTokens } from "./pairs.ts";
import { type AutoencoderSpec, autoencoderSchema, checkAutoencoderSpec, encoderHalf } from "./spec.ts";

/** The tables of an autoencoder. */
export interface AutoencoderTables {
  /** The vocabulary of texts, undefined for vectors. It includes `<EOS>`, the symbol that begins and ends each output. */
  readonly vocabulary?: Vocabulary;
  /** The scaling of vectors; undefined for texts. */
  readonly scaling?: FeatureScaling;
}

/** A sequence of vectors as an autoencoder gives it back. */
export interface Reconstruction {
  /** The vector of the whole sequence, as `encode` returns it. */
  readonly vector: Float32Array;
  /** The vectors of the steps, in the unit of the data. */
  readonly output: readonly Float32Array[];
  /** Mean squared error over all steps and features, in squared standard deviations of the features. */
  readonly error: number;
}

/** A mini-batch of sequences of vectors. `inputs` and `targets` are the scaled vectors, [T, B, features]. */
export interface VectorBatch extends SequenceBatch<Float32Array, Float32Array> {}

/** Default maximum number of tokens that are decoded from a vector. */
const LONGEST = 100;

/**
 * Learns a vector for each sequence, without labels. The vector consists of the encoder's final states. The decoder learns to
 * reproduce the sequence from the vector alone.
 *
 * A sequence is a text, or a list of vectors if `spec.features` is above 0. The loss of a text is the cross-entropy of its tokens; the
 * decoder reads the token before. The loss of vectors is the mean squared error of the scaled vectors; the decoder reads a 0 at every
 * step, so that it has nothing but the vector. It is the unconditioned decoder of Srivastava, Mansimov and Salakhutdinov,
 * "Unsupervised Learning of Video Representations using LSTMs" (2015), here with the steps in their own order.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const sequences = ["walk", "talk", "walked", "talked", "walks", "talks"].map((word) => [...word]);
 * const spec = { ...defaultAutoencoderSpec(), hidden: 24, embedding: 8 };
 * const model = new Autoencoder(rt, spec, Autoencoder.tablesOf(sequences, spec));
 * const pairs = sequences.map((tokens) => ({ source: tokens, target: tokens }));
 * const trainer = new SequenceTrainer(model, { train: pairs, validation: pairs }, { lr: 0.02, average: 0 });
 * for (let i = 0; i < 150; i++) trainer.step();
 * const vectors = model.encode(["talked", "walks"]);
 * console.log(vectors[0].length); // 24
 * console.log(model.decode(vectors).map(({ text }) => text)); // [ 'talked', 'walks' ]
 * ```
 */
export class Autoencoder extends SequenceToSequence<AutoencoderSpec> {
  /** The task's name in specs and files. */
  static readonly task = "autoencoder";
  /** Returns the schema of {@link AutoencoderSpec}. */
  static readonly schema = autoencoderSchema;
  /** The model's vocabulary or scaling, by its name in a model file. */
  override readonly tables: Readonly<Record<string, Vocabulary | FeatureScaling>> & AutoencoderTables;

  /** Returns a reader for the table of a model file. `loadModel` calls it. */
  static tables({ features }: Pick<AutoencoderSpec, "features">): Readonly<Record<string, TableReader>> {
    return features ? { scaling: FeatureScaling } : { vocabulary: Vocabulary };
  }

  /** Makes a model from a checked spec and its table. `loadModel` calls it. */
  static build(runtime: Runtime, spec: AutoencoderSpec, tables: Autoencoder["tables"]): Autoencoder {
    return new Autoencoder(runtime, spec, tables);
  }

  /**
   * Makes a vocabulary from sequences of tokens, or a scaling from sequences of vectors. Words that occur fewer than `minCount` times (default 2) are read as `<UNK>`. If tokens
   * are characters, the vocabulary has all characters, whatever `minCount` is.
   *
   * @param spec its field `level` tells whether tokens are characters or words, `features` the size of vectors
   * @throws ERR_DATA if no token is left, or if a sequence has steps of the wrong kind (tokens or vectors)
   */
  static tablesOf(
    sequences: readonly (readonly Step[])[],
    spec: Pick<AutoencoderSpec, "level"> & { readonly features?: number },
    minCount = 2,
  ): Autoencoder["tables"] {
    const { level, features = 0 } = checkObject("tablesOf", spec, "spec is");
    const all = checkLists("sequences", sequences);
    if (features) return { scaling: FeatureScaling.of(all as readonly (readonly Vector[])[], features) };
    return { vocabulary: endedVocabulary(all.flatMap(wordsOf), level === "word" ? minCount : 1) };
  }

  /**
   * Makes a model with random weights.
   *
   * @throws ERR_VALUE if the spec is invalid, the table does not fit it, or the vocabulary has no `<EOS>`
   */
  constructor(runtime: Runtime, spec: AutoencoderSpec, tables: AutoencoderTables) {
    const { vocabulary, scaling } = checkOptions("Autoencoder: tables", tables, "vocabulary scaling");
    const whole = checkAutoencoderSpec(spec);
    super(runtime, whole, "none", stepTable(whole.features, vocabulary, scaling), vocabulary);
    this.tables = scaling ? { scaling } : { vocabulary: vocabulary! };
  }

  /** Size of a vector: the encoder's layers * hidden, twice that for an LSTM. */
  get vectorSize(): number {
    return stateSize(encoderHalf(this.spec));
  }

  /** Splits a text into the tokens that the model reads. */
  tokens(text: string): string[] {
    return tokenize(text, this.spec);
  }

  /**
   * Returns the vector of each text or sequence of vectors. It consists of the final hidden states h of all layers of the encoder. For
   * an LSTM, the final cell states c follow.
   *
   * @throws ERR_DATA if a sequence is empty, or not of the kind or size that the model reads
   */
  encode(sequences: readonly SequenceInput[]): Float32Array[] {
    return this.inBatches(this.#steps(sequences), 1, (_, { state }) => this.#vectorsOf(state));
  }

  /** Returns the steps of texts or of sequences of vectors. */
  #steps(sequences: readonly SequenceInput[]): (readonly Step[])[] {
    return checkInputs("sequences", sequences, this.spec.features).map((sequence) =>
      typeof sequence === "string" ? this.tokens(sequence) : sequence,
    );
  }

  /** Returns the vector of each sequence of a batch. */
  #vectorsOf(state: RecurrentState): Float32Array[] {
    const { data } = rowsOfStates(state);
    const size = this.vectorSize;
    return Array.from({ length: data.length / size }, (_, b) =>
      (data as Float32Array).slice(b * size, (b + 1) * size),
    );
  }

  /** Names the fields of a batch that are divided among threads, and the fields that have the lengths of the sequences. */
  override get batchLayout(): BatchLayout<PairBatch> {
    if (!this.scaling) return super.batchLayout;
    const layout: BatchLayout<VectorBatch> = { steps: { inputs: "lengths", targets: "lengths" } };
    return layout as object as BatchLayout<PairBatch>;
  }

  /** Computes the loss of texts as `SequenceToSequence` does, and the mean squared error of scaled vectors over all steps. */
  override loss(batch: PairBatch | VectorBatch): BatchLoss {
    if (!("lengths" in batch)) return super.loss(batch);
    const { inputs, targets, lengths } = batch;
    const outputs = this.#decoded(this.encodeBatch(inputs, lengths));
    const [, B = 0, width = 0] = outputs.shape;
    const rows = rowsWithin(lengths);
    const right = new Float32Array(rows.length * width);
    rows.forEach((row, i) => {
      right.set(targets.subarray(row * width, (row + 1) * width), i * width);
    });
    const shape = [rows.length, width];
    return {
      loss: meanSquaredError(gatherRows(outputs, rows, shape), this.runtime.tensor(right, shape)),
      outputs,
      counted: rows.length,
      sequences: B,
      symbols: 2 * rows.length,
    };
  }

  /** Runs the decoder as many steps as the sources have. @returns scaled vectors, [T, B, features] */
  #decoded(encoded: Encoded): Tensor {
    const { lengths } = encoded;
    const none = this.runtime.zeros([Math.max(...lengths), lengths.length, 1]);
    return this.decoder.forward(none, encoded, lengths);
  }

  /**
   * Decodes each vector into a text. A vector may come from `encode` or be computed, such as the mean of two vectors.
   * `maxLength` is 100 by default.
   *
   * @throws ERR_SHAPE if a vector has the wrong size; ERR_VALUE if the model reads vectors
   */
  decode(vectors: readonly Float32Array[], options: DecodeOptions = {}): Translation[] {
    checkDecoding(options);
    const { runtime: rt, spec, vectorSize } = this;
    const wrong = checkLists("vectors", vectors).findIndex(({ length }) => length !== vectorSize);
    if (wrong >= 0) {
      throw new UnrolledError(
        "ERR_SHAPE",
        `vector ${wrong + 1} has ${counted(vectors[wrong]!.length, "number", "numbers")}, expected ${vectorSize}`,
      );
    }
    if (vectors.length === 0) return [];
    return rt.scope(() => {
      const rows = rt.zeros([vectors.length, vectorSize]);
      vectors.forEach((vector, b) => {
        rows.data.set(vector, b * vectorSize);
      });
      const state = statesOfRows(rows, encoderHalf(spec));
      const encoded: Encoded = { state, lengths: vectors.map(() => 1) };
      return this.search(
        encoded,
        vectors.map(() => LONGEST),
        options,
      ).map((written) => this.#text(written));
    });
  }

  /**
   * Encodes each text or sequence of vectors and decodes it again. For vectors there are no options.
   *
   * @throws ERR_DATA if a sequence is empty, or not of the kind or size that the model reads; ERR_VALUE if an option is invalid; ERR_NAN
   *   if the weights are damaged
   */
  predict<I extends SequenceInput>(
    sequences: readonly I[],
    options: DecodeOptions = {},
  ): (I extends string ? Translation : Reconstruction)[] {
    const steps = this.#steps(sequences);
    const found = this.scaling
      ? this.#reconstruct(steps as readonly (readonly Vector[])[], this.scaling, options)
      : this.write(steps, options).map((written) => this.#text(written));
    return found as (I extends string ? Translation : Reconstruction)[];
  }

  #reconstruct(
    sequences: readonly (readonly Vector[])[],
    scaling: FeatureScaling,
    options: object,
  ): Reconstruction[] {
    checkOptions("predict of vectors", options, "");
    const { width } = scaling;
    return this.inBatches(sequences, 1, (chosen, encoded) => {
      const outputs = expectFinite("outputs", this.#decoded(encoded).toArray());
      const vectors = this.#vectorsOf(encoded.state);
      return Array.from(chosen, (n, b) => {
        const right = scaling.apply(sequences[n]!);
        let sum = 0;
        const output = sequences[n]!.map((_, t) => {
          const at = (t * chosen.length + b) * width;
          return Float32Array.from({ length: width }, (_, k) => {
            sum += (outputs[at + k]! - right[t * width + k]!) ** 2;
            return outputs[at + k]! * scaling.deviation[k]! + scaling.mean[k]!;
          });
        });
        return { vector: vectors[b]!, output, error: sum / right.length };
      });
    });
  }

  #text<T extends { tokens: readonly string[] }>(written: T): T & { text: string } {
    return { text: joinTokens(written.tokens, this.spec), ...written };
  }
}

/** Returns the rows t * B + b of a batch that are within their sequences. */
function rowsWithin(lengths: readonly number[]): Int32Array {
  const B = lengths.length;
  return Int32Array.from({ length: Math.max(...lengths) * B }, (_, row) => row).filter(
    (row) => Math.floor(row / B) < lengths[row % B]!,
  );
}
