import { crossEntropy } from "../../autograd/cross-entropy.ts";
import { checkOptions, checkWhole } from "../../checks.ts";
import { IGNORED_TARGET } from "../../data/evaluation-segments.ts";
import { pad } from "../../data/sequence-batches.ts";
import { END_SYMBOL, Vocabulary } from "../../data/vocabulary.ts";
import { UnrolledError } from "../../errors.ts";
import type { BatchLayout, BatchLoss } from "../../network/model.ts";
import { READ, readInBatches } from "../../network/read.ts";
import { Module } from "../../nn/module.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { PairBatch, PairIds } from "./batches.ts";
import { beamSearch, type Hypothesis } from "./beam-search.ts";
import { Decoder } from "./decoder.ts";
import { type Encoded, Encoder } from "./encoder.ts";
import type { SequencePair } from "./pairs.ts";
import { scheduledInputs } from "./scheduled-sampling.ts";
import type { EncoderDecoderSpec, HalvesSpec } from "./spec.ts";

/** How targets are searched for. */
export interface DecodeOptions {
  /** Hypotheses that are kept at every step; 1 (default) is greedy search. */
  beam?: number;
  /** Most tokens to write; default twice those of the source and 10 more. */
  maxLength?: number;
  /**
   * Hypotheses are compared by their log-probability divided by tokens^lengthPenalty, the end included: 0 (default) compares
   * the sums, which favour short ones, 1 the means.
   */
  lengthPenalty?: number;
  /** Whether to tell what each token attended to; default false. */
  attention?: boolean;
}

/** A target that a model wrote. */
export interface Written {
  readonly tokens: readonly string[];
  /** Of all tokens and the end together, in nats; without the end where `maxLength` was reached. */
  readonly logProbability: number;
  /**
   * Where asked for, and the model has attention: for each token, and the end, the share of each token of the source [T_y, T_x].
   */
  readonly attention?: readonly Float32Array[];
}

/** An encoder reads a source, a decoder writes a target: what encoder-decoders and autoencoders have in common. */
export abstract class SequenceToSequence<Spec extends HalvesSpec = HalvesSpec> extends Module {
  readonly spec: Spec;
  readonly encoder: Encoder;
  readonly decoder: Decoder;
  readonly source: Vocabulary;
  readonly target: Vocabulary;
  /** The symbol that begins and ends every target. */
  readonly end: number;
  abstract readonly tables: Readonly<Record<string, Vocabulary>>;

  /**
   * @param spec checked and complete
   * @throws ERR_VALUE where the target's vocabulary has no `<EOS>`
   */
  constructor(
    runtime: Runtime,
    spec: Spec,
    attention: EncoderDecoderSpec["attention"],
    source: Vocabulary,
    target: Vocabulary,
  ) {
    super(runtime);
    this.spec = spec;
    this.source = source;
    this.target = target;
    this.end = target.symbols.indexOf(END_SYMBOL);
    if (this.end < 0) {
      throw new UnrolledError("ERR_VALUE", `the vocabulary of targets has no ${END_SYMBOL}`);
    }
    [this.encoder, this.decoder] = runtime.frame(() => [
      this.child("encoder", new Encoder(runtime, spec, source.size)),
      this.child("decoder", new Decoder(runtime, spec, attention, target.size)),
    ]);
  }

  /** Pairs as numbers. A target that the model does not know becomes -100, which no loss counts. */
  encodePairs(pairs: readonly SequencePair[]): PairIds {
    const { end } = this;
    const unknown = this.target.unknownId;
    const targets = pairs.map(({ target }) => this.#ids(this.target, target));
    return {
      sources: pairs.map(({ source }) => this.#ids(this.source, source)),
      inputs: targets.map((ids) => Int32Array.of(end, ...ids)),
      targets: targets.map((ids) =>
        Int32Array.of(...ids.map((id) => (id === unknown ? IGNORED_TARGET : id)), end),
      ),
    };
  }

  /** A token that looks like the end is an unknown one. */
  #ids(vocabulary: Vocabulary, tokens: readonly string[]): Int32Array {
    const unknown = vocabulary.unknownId;
    return vocabulary
      .encodeTokens(tokens)
      .map((id, i) => (id < 0 || tokens[i] === END_SYMBOL ? (unknown ?? this.end) : id));
  }

  /** The states of sources [T_x, B], time-major. */
  encodeBatch(sources: Int32Array, lengths: readonly number[]): Encoded {
    const B = lengths.length;
    return this.encoder.forward(this.runtime.tensor(sources, [sources.length / B, B]), lengths);
  }

  get batchLayout(): BatchLayout<PairBatch> {
    return { steps: { sources: "sourceLengths", inputs: "targetLengths", targets: "targetLengths" } };
  }

  /** Mean cross-entropy in nats of the targets and their ends; -100 does not count. */
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
   * @param sources as tokens
   * @throws ERR_DATA for a source without tokens, ERR_VALUE for wrong options, ERR_NAN where the weights are damaged
   */
  write(sources: readonly (readonly string[])[], options: DecodeOptions = {}): Written[] {
    const { beam } = checkDecoding(options);
    const limits = sources.map(({ length }) => 2 * length + 10);
    return this.inBatches(sources, beam, (chosen, encoded) =>
      this.search(
        encoded,
        Array.from(chosen, (n) => limits[n]!),
        options,
      ),
    );
  }

  /** Searches with the states of some sources. @param limits most tokens of each, where `maxLength` is not given */
  protected search(encoded: Encoded, limits: readonly number[], options: DecodeOptions): Written[] {
    const { beam, lengthPenalty, attention, maxLength } = checkDecoding(options);
    const { end, target } = this;
    const stream = this.decoder.stream(encoded, beam);
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

  /** Encodes sources of similar length side by side, without dropout; what `use` makes of each, in the order of the sources. */
  protected inBatches<T>(
    sources: readonly (readonly string[])[],
    beam: number,
    use: (chosen: Int32Array, encoded: Encoded) => readonly T[],
  ): T[] {
    const empty = sources.findIndex(({ length }) => length === 0);
    if (empty >= 0) {
      throw new UnrolledError("ERR_DATA", `text ${empty + 1} is empty, expected a token at least`);
    }
    const ids = sources.map((tokens) => this.#ids(this.source, tokens));
    const order = Array.from(ids.keys()).sort((a, b) => ids[b]!.length - ids[a]!.length || a - b);
    const size = Math.max(1, Math.floor(READ / beam)); // hypotheses side by side
    const batches = {
      count: Math.ceil(order.length / size),
      at: (i: number) => ({ sequences: Int32Array.from(order.slice(i * size, (i + 1) * size)) }),
    };
    return readInBatches(this, batches, ({ sequences }) => {
      const lengths = Array.from(sequences, (n) => ids[n]!.length);
      return use(sequences, this.encodeBatch(pad(ids, sequences, lengths[0]!, 1, 0), lengths));
    });
  }
}

/** @returns the options, completed @throws ERR_VALUE */
export function checkDecoding(options: DecodeOptions) {
  const {
    beam = 1,
    maxLength,
    lengthPenalty = 0,
    attention = false,
  } = checkOptions("decoding", options, "beam maxLength lengthPenalty attention");
  checkWhole("beam", beam, 1);
  if (maxLength !== undefined) checkWhole("maxLength", maxLength, 1);
  if (lengthPenalty >= 0 && lengthPenalty < Number.POSITIVE_INFINITY) {
    return { beam, maxLength, lengthPenalty, attention };
  }
  throw new UnrolledError("ERR_VALUE", `lengthPenalty is ${lengthPenalty}, expected a number from 0 on`);
}

/** A vocabulary of tokens with a place for unknown ones and for the end. */
export function endedVocabulary(tokens: Iterable<string>, minCount: number): Vocabulary {
  const own = function* () {
    for (const token of tokens) if (token !== END_SYMBOL) yield token;
  };
  return new Vocabulary([...Vocabulary.fromTokens(own(), { minCount }).symbols, END_SYMBOL]);
}
