import { ctcLoss } from "../../autograd/ctc.ts";
import { Lattice, stepsNeeded } from "../../autograd/ctc-lattice.ts";
import { scale } from "../../autograd/elementwise.ts";
import { checkInstance, checkOptions, checkWhole } from "../../checks.ts";
import { FeatureScaling, type Vector } from "../../data/feature-scaling.ts";
import { Vocabulary } from "../../data/vocabulary.ts";
import { UnrolledError } from "../../errors.ts";
import { checkLists } from "../../metrics/pairs.ts";
import { expectFinite } from "../../network/damaged.ts";
import type { BatchLayout, BatchLoss } from "../../network/model.ts";
import { Network } from "../../network/network.ts";
import { halveLong, READ, readInBatches } from "../../network/read.ts";
import { inputTensor } from "../../network/token-loss.ts";
import { type PackOptions, packedDtype } from "../../nn/stream/packed.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { BLANK, type TranscriberBatch, TranscriberCoding, type TranscriberTables } from "./batches.ts";
import { ctcBeamSearch } from "./beam-search.ts";
import { ctcGreedy } from "./greedy.ts";
import { LanguageScorer, type WritingModel } from "./language-scorer.ts";
import { checkTranscriberSpec, type TranscriberSpec, transcriberSchema } from "./spec.ts";
import { PackedTranscriber } from "./stream.ts";

/** How a transcriber writes. */
export interface TranscribeOptions {
  /** Number of texts that the beam search keeps. Default: no search, but the best path (greedy). */
  beam?: number;
  /** A language model of characters that helps to choose, such as the result of `LanguageModel.pack`. The default of `beam` is then 10. */
  languageModel?: WritingModel;
  /** How much the language model counts: the exponent of its probability. Default 0.5. */
  languageWeight?: number;
  /** Exponent of the number of symbols, which makes up for the language model's liking of short texts. Default 1. */
  lengthBonus?: number;
}

/** The text that a transcriber wrote. */
export interface Transcription {
  /** The text. */
  readonly text: string;
  /** Natural logarithm of P(text | vectors), over all alignments. */
  readonly logProbability: number;
}

const OPTIONS = "beam languageModel languageWeight lengthBonus";

/**
 * Writes the text of a sequence of vectors, such as the features of a recording or the points of a pen: vectors -> recurrent layers ->
 * a score for each symbol and for the blank at each step. It learns from sequences and their texts by connectionist temporal
 * classification (`ctcLoss`); nobody has to say which step belongs to which symbol. A text needs a step for each symbol, and one
 * between two equal neighbours. In the example, each symbol is two or three steps in a direction of its own.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const draw = (text) => [...text].flatMap((c, i) => Array(2 + (i % 2)).fill(c === "a" ? [1, 0] : [0, 1]).concat([[0, 0]]));
 * const texts = ["a", "b", "ab", "ba", "aab", "bba", "abab", "baab", "aaa", "bbb"];
 * const examples = texts.map((text) => ({ vectors: draw(text), text }));
 * const spec = { ...defaultTranscriberSpec(2), hidden: 8, layers: 1, dropout: 0 };
 * const model = new Transcriber(rt, spec, transcriberTables(examples, spec));
 * const trainer = new TranscriberTrainer(model, { train: examples, validation: examples }, { lr: 0.02 });
 * for (let i = 0; i < 150; i++) trainer.step();
 * console.log(model.predict([draw("abba")])[0].text); // abba
 * ```
 */
export class Transcriber extends Network<TranscriberSpec> {
  /** The task's name in specs and files. */
  static readonly task = "transcriber";
  /** Returns the schema of {@link TranscriberSpec}. */
  static readonly schema = transcriberSchema;
  /** The model's scaling and symbols, by their names in a model file. */
  readonly tables: TranscriberTables;
  /** Turns vectors and texts into numbers. */
  readonly coding: TranscriberCoding;

  /** Returns a reader for each table of a model. `loadModel` calls it. */
  static tables() {
    return { scaling: FeatureScaling, symbols: Vocabulary };
  }

  /** Makes a model from a checked spec and its tables. `loadModel` calls it. */
  static build(runtime: Runtime, spec: TranscriberSpec, tables: TranscriberTables): Transcriber {
    return new Transcriber(runtime, spec, tables);
  }

  /**
   * Makes a model with random weights.
   *
   * @throws ERR_VALUE if the spec is invalid, or if the scaling has not `spec.features` features
   */
  constructor(runtime: Runtime, given: TranscriberSpec, tables: TranscriberTables) {
    const { scaling, symbols } = checkOptions("Transcriber: tables", tables, "scaling symbols");
    checkInstance("scaling", scaling, FeatureScaling, "a FeatureScaling");
    checkInstance("symbols", symbols, Vocabulary, "a Vocabulary");
    const spec = checkTranscriberSpec(given);
    if (scaling.width !== spec.features) {
      throw new UnrolledError(
        "ERR_VALUE",
        `spec: features is ${spec.features}, but the scaling has ${scaling.width}`,
      );
    }
    const coding = new TranscriberCoding({ scaling, symbols }, spec);
    super(runtime, spec, { inputs: coding.width, outputs: coding.classes });
    this.tables = { scaling, symbols };
    this.coding = coding;
  }

  /** Vocabulary of the symbols that the model writes. */
  get symbols(): Vocabulary {
    return this.tables.symbols;
  }

  /**
   * Computes the logits of the blank (class 0) and of the symbols (their id + 1) for a batch.
   *
   * @param x scaled vectors, [T, B, stack * features]
   * @param lengths number of steps of each sequence; default: T for all
   * @returns [T, B, symbols + 1]
   */
  forward(x: Tensor, lengths?: readonly number[]): Tensor {
    return this.project(this.features(x, { lengths }).output);
  }

  /**
   * Computes the loss of connectionist temporal classification, in nats per symbol. Sequences with too few steps for their text do not
   * count. Neither do symbols that the model does not know.
   */
  loss(batch: TranscriberBatch): BatchLoss {
    const { runtime: rt } = this;
    const { lengths, targets } = batch;
    const B = lengths.length;
    const width = targets.length / B;
    const texts = lengths.map((_, b) => targets.subarray(b * width, (b + 1) * width).filter((id) => id >= 0));
    const outputs = this.forward(inputTensor(rt, batch), lengths);
    const all = ctcLoss(outputs, rt.tensor(targets, [B, width]), {
      inputLengths: lengths,
      targetLengths: texts.map(({ length }) => length),
      blank: BLANK,
      reduction: "sum",
      zeroInfinity: true,
    });
    const counted = texts.reduce(
      (sum, text, b) => sum + (stepsNeeded(text) > lengths[b]! ? 0 : text.length),
      0,
    );
    return {
      loss: scale(all, 1 / Math.max(1, counted)),
      outputs,
      counted,
      sequences: B,
      symbols: lengths.reduce((sum, length) => sum + length),
    };
  }

  /** Names the fields of a batch that are divided among threads, and the field that has the lengths of the sequences. */
  get batchLayout(): BatchLayout<TranscriberBatch> {
    return { steps: { inputs: "lengths" }, sequences: ["targets"] };
  }

  /**
   * Writes the text of each sequence, without dropout.
   *
   * @param sequences the vectors of each sequence
   * @throws ERR_DATA if a sequence has no vectors, or vectors of another size; ERR_VALUE if an option is wrong; ERR_NAN if the weights
   *   are damaged
   */
  predict(sequences: readonly (readonly Vector[])[], options: TranscribeOptions = {}): Transcription[] {
    const decode = this.#decoder(options);
    try {
      const logits = this.logits(sequences);
      const classes = this.coding.classes;
      const lattice = new Lattice(classes, BLANK);
      return logits.map((own) => {
        const labels = decode.run(own);
        const nats = lattice.loss(
          own,
          undefined,
          classes,
          own.length / classes,
          Int32Array.from(labels),
          false,
        );
        return { text: this.coding.text(labels), logProbability: 0 - nats };
      });
    } finally {
      decode.end();
    }
  }

  /**
   * Returns the logits of each sequence, [steps, symbols + 1], without dropout. Class 0 is the blank.
   *
   * @throws the errors of `predict`
   */
  logits(sequences: readonly (readonly Vector[])[]): Float32Array[] {
    if (!checkLists("sequences", sequences).length) return [];
    const { classes } = this.coding;
    const examples = sequences.map((vectors) => ({ vectors, text: "" }));
    const batches = this.coding.batches(examples, { batch: READ, split: halveLong });
    return readInBatches(this, batches, (batch) => {
      const { lengths } = batch;
      const all = this.forward(inputTensor(this.runtime, batch), lengths).toArray();
      return rowsOf(all, lengths, classes);
    });
  }

  /**
   * Returns the current weights in the memory layout of streams.
   *
   * @param options.dtype type of the packed weights; default `dtype` of the model. See {@link nn.Recurrent.pack}
   * @throws ERR_STATE if the model reads in both directions
   */
  pack(options: PackOptions = {}): PackedTranscriber {
    return new PackedTranscriber(this, packedDtype("Transcriber", options, this.dtype));
  }

  /** Checks the options. @returns how the classes of a sequence are found, and a function to call at the end */
  #decoder(options: TranscribeOptions): { run(logits: Float32Array): readonly number[]; end(): void } {
    const {
      languageModel,
      beam = languageModel && 10,
      languageWeight = 0.5,
      lengthBonus = 1,
    } = checkOptions("predict", options, OPTIONS);
    if (beam !== undefined) checkWhole("beam", beam, 1);
    if (!languageModel && (options.languageWeight !== undefined || options.lengthBonus !== undefined)) {
      throw new UnrolledError("ERR_VALUE", "languageWeight and lengthBonus need a languageModel");
    }
    const { classes } = this.coding;
    const how = { blank: BLANK };
    if (beam === undefined) return { run: (logits) => ctcGreedy(logits, classes, how), end: () => {} };
    const scorer =
      languageModel &&
      new LanguageScorer(languageModel, this.symbols.symbols, { languageWeight, lengthBonus });
    return {
      run: (logits) =>
        ctcBeamSearch(logits, classes, { ...how, beam, ...(scorer && { scorer }) })[0]?.labels ?? [],
      end: () => scorer?.dispose(),
    };
  }
}

/** Copies the rows of each sequence out of the outputs [T, B, C] of a batch. @throws ERR_NAN if one is not finite */
function rowsOf(all: Float32Array, lengths: readonly number[], classes: number): Float32Array[] {
  const stride = lengths.length * classes;
  return lengths.map((length, b) => {
    const own = new Float32Array(length * classes);
    for (let t = 0; t < length; t++) {
      const from = t * stride + b * classes;
      own.set(all.subarray(from, from + classes), t * classes);
    }
    return expectFinite("scores", own);
  });
}
