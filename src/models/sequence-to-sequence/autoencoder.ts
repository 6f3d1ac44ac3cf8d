import { checkOptions } from "../../checks.ts";
import { Vocabulary } from "../../data/vocabulary.ts";
import { UnrolledError } from "../../errors.ts";
import { stateSize } from "../../network/spec.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import type { Encoded } from "./encoder.ts";
import type { Translation } from "./encoder-decoder.ts";
import { checkDecoding, type DecodeOptions, endedVocabulary, SequenceToSequence } from "./model.ts";
import { joinTokens, splitTokens } from "./pairs.ts";
import { type AutoencoderSpec, autoencoderSchema, checkAutoencoderSpec } from "./spec.ts";

export interface AutoencoderTables {
  /** With `<EOS>`, which begins and ends what is written. */
  readonly vocabulary: Vocabulary;
}

/** Most tokens that are written from a vector alone. */
const LONGEST = 100;

/**
 * Learns vectors of sequences without labels: the encoder's last states are all that the decoder has to write the sequence
 * again.
 */
export class Autoencoder extends SequenceToSequence<AutoencoderSpec> {
  static readonly task = "autoencoder";
  static readonly schema = autoencoderSchema;
  override readonly tables: { readonly vocabulary: Vocabulary };

  static tables() {
    return { vocabulary: Vocabulary };
  }

  static build(runtime: Runtime, spec: AutoencoderSpec, tables: AutoencoderTables): Autoencoder {
    return new Autoencoder(runtime, spec, tables);
  }

  /**
   * The vocabulary of sequences. Words that occur fewer than `minCount` times (default 2) count as unknown; characters are all
   * kept.
   *
   * @throws ERR_DATA where nothing is left
   */
  static tablesOf(
    sequences: readonly (readonly string[])[],
    { level }: Pick<AutoencoderSpec, "level">,
    minCount = 2,
  ): AutoencoderTables {
    return { vocabulary: endedVocabulary(sequences.flat(), level === "word" ? minCount : 1) };
  }

  /** @throws ERR_VALUE where the spec is not one, or the vocabulary has no end */
  constructor(runtime: Runtime, spec: AutoencoderSpec, tables: AutoencoderTables) {
    const { vocabulary } = checkOptions("Autoencoder: tables", tables, "vocabulary");
    super(runtime, checkAutoencoderSpec(spec), "none", vocabulary, vocabulary);
    this.tables = { vocabulary };
  }

  /** Numbers in a vector: layers * hidden, twice as many of an LSTM. */
  get vectorSize(): number {
    return stateSize(this.spec);
  }

  /** A text as the model reads it. */
  tokens(text: string): string[] {
    return splitTokens(text, this.spec.level);
  }

  /** The vector of each text: the states h of all layers, of an LSTM then c. @throws ERR_DATA for a text without tokens */
  encode(texts: readonly string[]): Float32Array[] {
    return this.inBatches(
      texts.map((text) => this.tokens(text)),
      1,
      (chosen, { state: { h, c } }) =>
        Array.from(chosen, (_, b) => Float32Array.of(...vectorOf(h, b), ...(c ? vectorOf(c, b) : []))),
    );
  }

  /**
   * Writes the text of each vector, which need not be one of `encode`: a mean of two, say. Default of `maxLength`: 100.
   *
   * @throws ERR_SHAPE for a vector of another size
   */
  decode(vectors: readonly Float32Array[], options: DecodeOptions = {}): Translation[] {
    checkDecoding(options);
    const { runtime: rt, spec, vectorSize } = this;
    const wrong = vectors.findIndex(({ length }) => length !== vectorSize);
    if (wrong >= 0) {
      throw new UnrolledError(
        "ERR_SHAPE",
        `vector ${wrong + 1} has ${vectors[wrong]!.length} numbers, expected ${vectorSize}`,
      );
    }
    if (vectors.length === 0) return [];
    const half = spec.layers * spec.hidden;
    const states = (part: number) => {
      const tensor = rt.zeros([spec.layers, vectors.length, spec.hidden]);
      vectors.forEach((vector, b) => {
        for (let layer = 0; layer < spec.layers; layer++) {
          const start = part * half + layer * spec.hidden;
          tensor.data.set(
            vector.subarray(start, start + spec.hidden),
            (layer * vectors.length + b) * spec.hidden,
          );
        }
      });
      return tensor;
    };
    return rt.scope(() => {
      const state = { h: states(0), ...(vectorSize > half && { c: states(1) }) };
      const encoded: Encoded = { state, lengths: vectors.map(() => 1) };
      return this.search(
        encoded,
        vectors.map(() => LONGEST),
        options,
      ).map((written) => this.#text(written));
    });
  }

  /** Reads each text and writes it again. @throws ERR_DATA for a text without tokens, ERR_VALUE for wrong options */
  predict(texts: readonly string[], options: DecodeOptions = {}): Translation[] {
    return this.write(
      texts.map((text) => this.tokens(text)),
      options,
    ).map((written) => this.#text(written));
  }

  #text<T extends { tokens: readonly string[] }>(written: T): T & { text: string } {
    return { text: joinTokens(written.tokens, this.spec.level), ...written };
  }
}

/** Row b of states [layers, B, H], layer by layer. */
function vectorOf({ shape, data }: Tensor, b: number): number[] {
  const [layers = 0, B = 0, H = 0] = shape;
  return Array.from({ length: layers }, (_, layer) => [
    ...data.subarray((layer * B + b) * H, (layer * B + b + 1) * H),
  ]).flat();
}
