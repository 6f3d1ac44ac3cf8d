import { crossEntropy } from "../../autograd/cross-entropy.ts";
import { checkList, checkObjects, checkOptions, checkValue, checkWhole } from "../../checks.ts";
import { IGNORED_TARGET } from "../../data/evaluation-segments.ts";
import { FeatureScaling, type Vector } from "../../data/feature-scaling.ts";
import type { Step } from "../../data/labelled.ts";
import { pad } from "../../data/padded-batch.ts";
import { wordsOf } from "../../data/steps.ts";
import { END_SYMBOL, Vocabulary } from "../../data/vocabulary.ts";
import { UnrolledError } from "../../errors.ts";
import { checkLists } from "../../metrics/pairs.ts";
import type { BatchLayout, BatchLoss, Table } from "../../network/model.ts";
import { READ, READ_STEPS, readInBatches } from "../../network/read.ts";
import { inputTensor } from "../../network/token-loss.ts";
import { Module } from "../../nn/module.ts";
import type { Dtype } from "../../nn/stream/packed.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { numberFrom, whole } from "../../schema.ts";
import type { PairBatch, PairIds } from "./batches.ts";
import { beamSearch, type Hypothesis } from "./beam-search.ts";
import { Decoder } from "./decoder.ts";
import { type Encoded, Encoder } from "./encoder.ts";
import type { SequencePair } from "./pairs.ts";
import { scheduledInputs } from "./scheduled-sampling.ts";
import type { EncoderDecoderSpec, HalvesSpec } from "./spec.ts";

/** Options for decoding, that is, for the search for the best target. */
export interface DecodeOptions {
  /** Beam width: the number of hypotheses kept at every step. The default of 1 is greedy search. */
  beam?: number;
  /** Maximum number of output tokens, at most 1,000,000; default 2 x source length + 10. */
  maxLength?: number;
  /**
   * Exponent in the score that ranks hypotheses. The score is the log-probability divided by n^lengthPenalty, where n is the
   * number of tokens, including the end symbol. With 0 (default), the score is the log-probability, which favours short
   * hypotheses. With 1, the score is the mean log-probability per token.
   */
  lengthPenalty?: number;
  /** Whether to return the attention weights of each token; default false. */
  attention?: boolean;
}

/** A target that a model wrote. */
export interface Written {
  /** The tokens, without the end symbol. */
  readonly tokens: readonly string[];
  /** Log-probability in nats of all tokens and the end symbol. If `maxLength` was reached, there is no end symbol. */
  readonly logProbability: number;
  /**
   * Attention weights, [T_y, T_x]. Each written token, and the end symbol, has a weight for each source token. The weights are
   * only present if they were requested and the model has attention.
   */
  readonly attention?: readonly Float32Array[];
}

/**
 * A model with an encoder that reads a source, and a decoder that writes a target. It is the base class of encoder-decoders and
 * autoencoders.
 */
export abstract class SequenceToSequence<Spec extends HalvesSpec = HalvesSpec> extends Module {
  /** The spec, with all defaults filled in. */
  readonly spec: Spec;
  /** Type of the packed weights of the decoder's streams and of the weights in a file. */
  dtype: Dtype = "f32";
  /** The part that reads a source. */
  readonly encoder: Encoder;
  /** The part that writes a target. */
  readonly decoder: Decoder;
  /** Vocabulary of the sources; undefined if they are vectors. */
  readonly source: Vocabulary | undefined;
  /** Scaling of the sources' vectors; undefined if they are tokens. */
  readonly scaling: FeatureScaling | undefined;
  /** Vocabulary of the targets, which includes `<EOS>`; undefined if the decoder gives vectors. */
  readonly target: Vocabulary | undefined;
  /** Index of `<EOS>`, the symbol that begins and ends every target; -1 if the decoder gives vectors. */
  readonly end: number;
  /** The model's vocabularies and scaling, by their names in a model file. */
  abstract readonly tables: Readonly<Record<string, Table>>;

  /**
   * Makes a model with random weights.
   *
   * @param spec a spec that is checked and complete
   * @param source vocabulary of the sources, or the scaling of their vectors
   * @param target vocabulary of the targets; undefined if the decoder gives vectors like those of the sources
   * @throws ERR_VALUE if the target's vocabulary has no `<EOS>`
   */
  constructor(
    runtime: Runtime,
    spec: Spec,
    attention: EncoderDecoderSpec["attention"],
    source: Vocabulary | FeatureScaling,
    target: Vocabulary | undefined,
  ) {
    super(runtime);
    this.spec = spec;
    const vectors = source instanceof FeatureScaling;
    this.scaling = vectors ? source : undefined;
    this.source = vectors ? undefined : source;
    this.target = target;
    this.end = target?.symbols.indexOf(END_SYMBOL) ?? -1;
    if (target && this.end < 0) {
      throw new UnrolledError("ERR_VALUE", `the vocabulary of targets has no ${END_SYMBOL}`);
    }
    const inputs = vectors ? source.width : source.size;
    const sizes = target ? { inputs: target.size, outputs: target.size } : { inputs: 1, outputs: inputs };
    [this.encoder, this.decoder] = runtime.frame(() => [
      this.child("encoder", new Encoder(runtime, spec, inputs)),
      this.child("decoder", new Decoder(runtime, spec, attention, sizes)),
    ]);
  }

  /** Turns pairs into token numbers, and vectors into scaled ones. In the expected outputs of the decoder, unknown tokens become -100, which losses ignore. */
  encodePairs(pairs: readonly SequencePair<Step>[]): PairIds {
    const { end } = this;
    const vocabulary = this.#written;
    const unknown = vocabulary.unknownId;
    const targets = checkObjects("pairs", pairs).map(({ target }) => this.#ids(vocabulary, target));
    return {
      sources: pairs.map(({ source }) => this.#read(source)),
      width: this.#width,
      inputs: targets.map((ids) => {
        const inputs = new Int32Array(ids.length + 1).fill(end);
        inputs.set(ids, 1);
        return inputs;
      }),
      targets: targets.map((ids) => {
        const targets = new Int32Array(ids.length + 1).fill(end);
        targets.set(ids.map((id) => (id === unknown ? IGNORED_TARGET : id)));
        return targets;
      }),
    };
  }

  /** The vocabulary of the targets. @throws ERR_VALUE if the decoder gives vectors */
  get #written(): Vocabulary {
    if (this.target) return this.target;
    throw new UnrolledError("ERR_VALUE", "the model reads and gives vectors: it writes no tokens");
  }

  /** Numbers in a step of a source. */
  get #width(): number {
    return this.scaling?.width ?? 1;
  }

  /** Turns a source into numbers: tokens [steps], or scaled vectors [steps, width]. */
  #read(source: readonly Step[]): Int32Array | Float32Array {
    if (this.scaling) return this.scaling.apply(source as readonly Vector[]);
    return this.#ids(this.source!, wordsOf(source));
  }

  /** Turns tokens into numbers. A token spelled like the end symbol counts as unknown. */
  #ids(vocabulary: Vocabulary, tokens: readonly string[]): Int32Array {
    const unknown = vocabulary.unknownId;
    return vocabulary
      .encodeTokens(tokens)
      .map((id, i) => (id < 0 || tokens[i] === END_SYMBOL ? (unknown ?? this.end) : id));
  }

  /**
   * Runs the encoder on sources, time-major.
   *
   * @param sources tokens [T_x, B] or scaled vectors [T_x, B, width]
   * @param lengths number of steps of each source, [B]
   */
  encodeBatch(sources: Int32Array | Float32Array, lengths: readonly number[]): Encoded {
    checkList("lengths", lengths);
    checkList("sources", sources);
    const steps = sources.length / lengths.length / this.#width;
    return this.encoder.forward(inputTensor(this.runtime, { steps, inputs: sources, lengths }), lengths);
  }

  /** Names the fields of a batch that are divided among threads, and the fields that have the lengths of the sequences. */
  get batchLayout(): BatchLayout<PairBatch> {
    return { steps: { sources: "sourceLengths", inputs: "targetLengths", targets: "targetLengths" } };
  }

  /** Computes the mean cross-entropy in nats over the target tokens, including end symbols. Targets of -100 do not count. */
  loss(batch: PairBatch): BatchLoss {
    const rt = this.runtime;
    const { sources, sourceLengths, targets, targetLengths, teacherForcing = 1 } = batch;
    const B = sourceLengths.length;
    const inputs = this.training && teacherForcing < 1 ? scheduledInputs(this, batch) : batch.inputs;
    const shape = [inputs.length / B, B];
    const logits = this.decoder.forward(
      rt.tensor(inputs, shape),
      this.encodeBatch(sources, sourceLengths),
      targetLengths,
    );
    const count = (lengths: readonly number[]) => lengths.reduce((sum, length) => sum + length, 0);
    return {
      loss: crossEntropy(logits, rt.tensor(targets, shape)),
      outputs: logits,
      counted: targets.reduce((n, target) => n + (target < 0 ? 0 : 1), 0),
      sequences: B,
      symbols: count(sourceLengths) + count(targetLengths),
    };
  }

  /**
   * Writes the target of each source, without dropout.
   *
   * @param sources the tokens or vectors of each source
   * @throws ERR_DATA if a source is empty or has steps of the other kind, ERR_VALUE if an option is invalid, ERR_NAN if scores are not
   *   finite
   */
  write(sources: readonly (readonly Step[])[], options: DecodeOptions = {}): Written[] {
    const { beam } = checkDecoding(options);
    const limits = checkLists("sources", sources).map(({ length }) => 2 * length + 10);
    return this.inBatches(sources, beam, (chosen, encoded) =>
      this.search(
        encoded,
        Array.from(chosen, (n) => limits[n]!),
        options,
      ),
    );
  }

  /**
   * Searches for the target of each encoded source.
   *
   * @param limits maximum number of tokens for each source, if `maxLength` is not given
   */
  protected search(encoded: Encoded, limits: readonly number[], options: DecodeOptions): Written[] {
    const { beam, lengthPenalty, attention, maxLength } = checkDecoding(options);
    const { end } = this;
    const target = this.#written;
    const stream = this.decoder.stream(encoded, beam, this.dtype);
    try {
      return beamSearch(this.runtime, stream, {
        symbols: target.size,
        end,
        never: target.unknownId,
        limits: limits.map((limit) => maxLength ?? limit),
        lengthPenalty,
        attention,
      }).map(({ tokens, ...rest }: Hypothesis) => ({
        tokens: tokens.map((id) => target.symbols[id]!),
        ...rest,
      }));
    } finally {
      stream.dispose();
    }
  }

  /**
   * Encodes sources in batches, without dropout, and calls `use` for each batch. The sources of a batch have similar lengths.
   *
   * @param beam number of hypotheses for each source, by which the batch size is divided
   * @param use receives the indices of a batch's sources and the encoded sources
   * @returns the results of `use` in the order of the sources
   */
  protected inBatches<T>(
    sources: readonly (readonly Step[])[],
    beam: number,
    use: (chosen: Int32Array, encoded: Encoded) => readonly T[],
  ): T[] {
    const empty = sources.findIndex(({ length }) => length === 0);
    if (empty >= 0) {
      const [what, step] = this.scaling ? ["sequence", "vector"] : ["text", "token"];
      throw new UnrolledError("ERR_DATA", `${what} ${empty + 1} is empty, expected at least one ${step}`);
    }
    const numbers = sources.map((steps) => this.#read(steps));
    const order = Array.from(sources.keys()).sort((a, b) => sources[b]!.length - sources[a]!.length || a - b);
    // At most READ hypotheses and READ_STEPS steps in a batch, but at least one source.
    const parts: Int32Array[] = [];
    for (let start = 0; start < order.length; ) {
      const room = Math.min(READ / beam, READ_STEPS / sources[order[start]!]!.length);
      const end = start + Math.max(1, Math.floor(room));
      parts.push(Int32Array.from(order.slice(start, end)));
      start = end;
    }
    const batches = { count: parts.length, at: (i: number) => ({ sequences: parts[i]! }) };
    return readInBatches(this, batches, ({ sequences }) => {
      const lengths = Array.from(sequences, (n) => sources[n]!.length);
      return use(sequences, this.encodeBatch(pad(numbers, sequences, lengths[0]!, this.#width, 0), lengths));
    });
  }
}

/** Maximum of `maxLength`: a network that never ends its sequences would fill the memory. */
const LONGEST = 1_000_000;

/** Adds the defaults of missing options. @throws ERR_VALUE if an option is invalid */
export function checkDecoding(options: DecodeOptions) {
  const {
    beam = 1,
    maxLength,
    lengthPenalty = 0,
    attention = false,
  } = checkOptions("decoding", options, "beam maxLength lengthPenalty attention");
  checkWhole("beam", beam, 1);
  if (maxLength !== undefined) checkValue("maxLength", maxLength, whole(1, LONGEST));
  checkValue("lengthPenalty", lengthPenalty, numberFrom(0));
  return { beam, maxLength, lengthPenalty, attention };
}

/** Makes a vocabulary: the tokens that occur at least `minCount` times, the most frequent first, then `<UNK>`, then `<EOS>`. */
export function endedVocabulary(tokens: Iterable<string>, minCount: number): Vocabulary {
  const own = function* () {
    for (const token of tokens) if (token !== END_SYMBOL) yield token;
  };
  return new Vocabulary([...Vocabulary.fromTokens(own(), { minCount }).symbols, END_SYMBOL]);
}
