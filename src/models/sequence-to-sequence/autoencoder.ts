import { checkInstance, checkObject, checkOptions, checkTexts } from "../../checks.ts";
import { Vocabulary } from "../../data/vocabulary.ts";
import { tokenize } from "../../data/words.ts";
import { UnrolledError } from "../../errors.ts";
import { checkLists } from "../../metrics/pairs.ts";
import { stateSize } from "../../network/spec.ts";
import { rowsOfStates, statesOfRows } from "../../network/state-rows.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Encoded } from "./encoder.ts";
import type { Translation } from "./encoder-decoder.ts";
import { checkDecoding, type DecodeOptions, endedVocabulary, SequenceToSequence } from "./model.ts";
import { joinTokens } from "./pairs.ts";
import { type AutoencoderSpec, autoencoderSchema, checkAutoencoderSpec, encoderHalf } from "./spec.ts";

/** The tables of an autoencoder. */
export interface AutoencoderTables {
  /** The vocabulary of the sequences. It includes `<EOS>`, the symbol that begins and ends each output. */
  readonly vocabulary: Vocabulary;
}

/** Default maximum number of tokens that are decoded from a vector. */
const LONGEST = 100;

/**
 * Learns a vector for each sequence, without labels. The vector consists of the encoder's final states. The decoder learns to
 * reproduce the sequence from the vector alone.
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
  /** The model's vocabularies, by their names in a model file. */
  override readonly tables: { readonly vocabulary: Vocabulary };

  /** Returns a reader for each vocabulary of a model file. `loadModel` calls it. */
  static tables() {
    return { vocabulary: Vocabulary };
  }

  /** Makes a model from a checked spec and its vocabularies. `loadModel` calls it. */
  static build(runtime: Runtime, spec: AutoencoderSpec, tables: AutoencoderTables): Autoencoder {
    return new Autoencoder(runtime, spec, tables);
  }

  /**
   * Makes a vocabulary from sequences. Words that occur fewer than `minCount` times (default 2) are read as `<UNK>`. If tokens
   * are characters, the vocabulary has all characters, whatever `minCount` is.
   *
   * @param spec its field `level` tells whether tokens are characters or words
   * @throws ERR_DATA if no token is left
   */
  static tablesOf(
    sequences: readonly (readonly string[])[],
    spec: Pick<AutoencoderSpec, "level">,
    minCount = 2,
  ): AutoencoderTables {
    const { level } = checkObject("tablesOf", spec, "spec is");
    return {
      vocabulary: endedVocabulary(checkLists("sequences", sequences).flat(), level === "word" ? minCount : 1),
    };
  }

  /**
   * Makes a model with random weights.
   *
   * @throws ERR_VALUE if the spec is invalid, or the vocabulary has no `<EOS>`
   */
  constructor(runtime: Runtime, spec: AutoencoderSpec, tables: AutoencoderTables) {
    const { vocabulary } = checkOptions("Autoencoder: tables", tables, "vocabulary");
    checkInstance("vocabulary", vocabulary, Vocabulary, "a Vocabulary");
    super(runtime, checkAutoencoderSpec(spec), "none", vocabulary, vocabulary);
    this.tables = { vocabulary };
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
   * Returns the vector of each text. It consists of the final hidden states h of all layers of the encoder. For an LSTM, the
   * final cell states c follow.
   *
   * @throws ERR_DATA if a text has no tokens
   */
  encode(texts: readonly string[]): Float32Array[] {
    return this.inBatches(
      checkTexts("texts", texts).map((text) => this.tokens(text)),
      1,
      (chosen, { state }) => {
        const { data } = rowsOfStates(state);
        const size = this.vectorSize;
        return Array.from(chosen, (_, b) => (data as Float32Array).slice(b * size, (b + 1) * size));
      },
    );
  }

  /**
   * Decodes each vector into a text. A vector may come from `encode` or be computed, such as the mean of two vectors.
   * `maxLength` is 100 by default.
   *
   * @throws ERR_SHAPE if a vector has the wrong size
   */
  decode(vectors: readonly Float32Array[], options: DecodeOptions = {}): Translation[] {
    checkDecoding(options);
    const { runtime: rt, spec, vectorSize } = this;
    const wrong = checkLists("vectors", vectors).findIndex(({ length }) => length !== vectorSize);
    if (wrong >= 0) {
      throw new UnrolledError(
        "ERR_SHAPE",
        `vector ${wrong + 1} has ${vectors[wrong]!.length} numbers, expected ${vectorSize}`,
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

  /** Encodes each text and decodes it again. @throws ERR_DATA if a text has no tokens, ERR_VALUE if an option is invalid */
  predict(texts: readonly string[], options: DecodeOptions = {}): Translation[] {
    return this.write(
      checkTexts("texts", texts).map((text) => this.tokens(text)),
      options,
    ).map((written) => this.#text(written));
  }

  #text<T extends { tokens: readonly string[] }>(written: T): T & { text: string } {
    return { text: joinTokens(written.tokens, this.spec), ...written };
  }
}
