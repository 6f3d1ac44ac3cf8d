import { sigmoid } from "../../autograd/activation.ts";
import { weightedLosses } from "../../autograd/binary-cross-entropy.ts";
import { crossEntropy } from "../../autograd/cross-entropy.ts";
import { multiply, scale, sum } from "../../autograd/elementwise.ts";
import { softmax } from "../../autograd/softmax.ts";
import { checkInstance, checkList } from "../../checks.ts";
import { IGNORED_TARGET } from "../../data/evaluation-segments.ts";
import { FeatureScaling } from "../../data/feature-scaling.ts";
import type { Step } from "../../data/labelled.ts";
import { Vocabulary } from "../../data/vocabulary.ts";
import { UnrolledError } from "../../errors.ts";
import { expectFinite } from "../../network/damaged.ts";
import type { BatchLayout, BatchLoss, Table, TableReader } from "../../network/model.ts";
import { Network } from "../../network/network.ts";
import { halveLong, readInBatches } from "../../network/read.ts";
import { hasCellState } from "../../network/spec.ts";
import { inputTensor, tokenLoss } from "../../network/token-loss.ts";
import type { RecurrentState } from "../../nn/recurrent.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { checkTables, type LabelBatch, LabelBatches, type LabelTables, READ } from "./batches.ts";
import { CharacterEncoder, type CharacterEncoderOptions } from "./character-encoder.ts";
import { checkSequences, labelsOf, setsOf } from "./decoding.ts";
import type { Gathering } from "./gathering.ts";
import { LONG, PIECE, readPieces } from "./long.ts";
import type { LabelSpec } from "./spec.ts";
import type { Spellings } from "./spellings.ts";
import { checkThresholds, networkSizes, tableReaders } from "./tables.ts";
import { Thresholds } from "./thresholds.ts";

/**
 * Base class of taggers and classifiers: tokens or vectors -> recurrent layers -> a score for each label. A tagger computes
 * scores for every step. A classifier computes scores for the whole sequence. If `spec.characters` is above 0, the recurrent
 * layers also read a vector that is computed from the characters of each word.
 */
export abstract class LabelModel<Spec extends LabelSpec = LabelSpec> extends Network<Spec> {
  #tables: Readonly<Record<string, Table>> & LabelTables;
  /** The part that reads the characters of words; undefined if `spec.characters` is 0. */
  readonly characters: CharacterEncoder | undefined;

  /**
   * Returns a reader for each table of a model file: vocabularies and scalings. `loadModel` calls it.
   *
   * @param spec the spec of the model
   */
  static tables(spec: LabelSpec): Readonly<Record<string, TableReader>> {
    return tableReaders(spec, Vocabulary, FeatureScaling);
  }

  /** `step`: each step gets a label. `sequence`: the whole sequence gets one label. */
  abstract readonly targetPer: "step" | "sequence";

  /**
   * Makes a model with random weights.
   *
   * @param spec a spec that is checked and complete
   * @throws ERR_VALUE if a property name of `tables` is unknown, or if the tables do not fit the spec
   */
  constructor(runtime: Runtime, spec: Spec, tables: LabelTables) {
    super(runtime, spec, networkSizes(spec, checkTables(spec.task, tables)));
    this.#tables = Object.fromEntries(Object.entries(tables)) as Record<string, Table> & LabelTables;
    const vectors = this.embedding?.weight;
    if (vectors && spec.embeddingStart !== 1) {
      runtime.kernels.scale(vectors.ptr, spec.embeddingStart, vectors.size);
    }
    const encoder = encoderOptions(spec, tables);
    this.characters = encoder && this.child("characters", new CharacterEncoder(runtime, encoder));
  }

  /** The model's vocabularies, scaling and thresholds, by their names in a model file. */
  get tables(): Readonly<Record<string, Table>> & LabelTables {
    return this.#tables;
  }

  /** Vocabulary of the tokens, or undefined if steps are vectors. */
  get vocabulary(): Vocabulary | undefined {
    return this.tables.vocabulary;
  }

  /** Vocabulary of the labels. */
  get labels(): Vocabulary {
    return this.tables.labels;
  }

  /** The threshold of each label, in the order of `labels`; undefined unless `spec.multiLabel` is true. */
  get thresholds(): readonly number[] | undefined {
    return this.tables.thresholds?.values;
  }

  /**
   * Sets the thresholds. A label is predicted if its probability reaches its threshold. Each validation chooses them again. The file of
   * the model has them.
   *
   * @param thresholds a number from 0 to 1 for each label, in the order of `labels`, or one number for all labels
   * @throws ERR_VALUE if a number is wrong, or if `spec.multiLabel` is false
   */
  setThresholds(thresholds: number | readonly number[]): void {
    if (!this.spec.multiLabel) {
      throw new UnrolledError("ERR_VALUE", "setThresholds: the model predicts one label, without thresholds");
    }
    const { size } = this.labels;
    const made =
      typeof thresholds === "number"
        ? Thresholds.all(size, thresholds)
        : new Thresholds(checkList("thresholds", thresholds));
    checkThresholds(made, size);
    this.#tables = { ...this.#tables, thresholds: made };
  }

  /**
   * Computes the logits of the labels for a batch.
   *
   * @param tokens int32 [T, B], or float32 [T, B, features] if the model reads vectors
   * @param lengths number of steps of each sequence; by default, every sequence has T steps. Later steps are padding.
   * @param spellings characters of the words, if the model reads them
   * @returns logits [T, B, labels], or [B, labels] for a classifier, and the states after each sequence's last step
   * @throws ERR_VALUE if the model reads characters but `spellings` is missing, or if `spellings` is given but not needed
   */
  forward(
    tokens: Tensor,
    lengths?: readonly number[],
    spellings?: Spellings,
  ): { logits: Tensor; state: RecurrentState } {
    const { characters } = this;
    if (!characters !== !spellings) {
      const problem = characters ? "reads the characters of words: give spellings" : "reads no spellings";
      throw new UnrolledError("ERR_VALUE", `forward: the model ${problem}`);
    }
    const beside = spellings && characters?.forward(spellings, tokens.shape[0]!);
    const { output, state } = this.features(tokens, { lengths }, beside);
    return { logits: this.project(this.labelled(output, lengths)), state };
  }

  /**
   * Returns the vectors from which the head computes the logits. These are the outputs of the recurrent layers at all steps. A
   * subclass can return other vectors.
   */
  protected labelled(output: Tensor, _lengths?: readonly number[]): Tensor {
    return output;
  }

  /**
   * Computes the mean cross-entropy of the targets in nats, weighted by `batch.weights` if the batch has them. Targets of -100
   * are ignored. If targets are sets, it is the mean binary cross-entropy of all labels of all targets, and `counted` is their number.
   */
  loss(batch: LabelBatch): BatchLoss {
    if (this.spec.multiLabel) return this.#setLoss(batch);
    const { state: _, ...result } = tokenLoss(this.runtime, batch, (tokens) =>
      this.forward(tokens, batch.lengths, batch.spellings),
    );
    const { targets, weights } = batch;
    if (!weights) return result;
    return { ...result, loss: weightedLoss(result.outputs, targets, weights, result.counted) };
  }

  #setLoss(batch: LabelBatch): BatchLoss {
    const { runtime: rt } = this;
    const { targets, multiHot, lengths, weights } = batch;
    if (!multiHot) {
      throw new UnrolledError("ERR_VALUE", "loss: spec.multiLabel is true, but the batch has no multiHot");
    }
    const tokens = inputTensor(rt, batch);
    const { logits } = this.forward(tokens, lengths, batch.spellings);
    const { size } = this.labels;
    const isCounted = (place: number) => targets[Math.floor(place / size)]! >= 0;
    const mask = () => multiHot.map((_, place) => (isCounted(place) ? 1 : 0));
    const own = weights ?? (targets.includes(IGNORED_TARGET) ? mask() : undefined);
    const counted = targets.reduce((n, target) => n + (target < 0 ? 0 : 1), 0) * size;
    return {
      loss: scale(sum(weightedLosses(logits, multiHot, own)), 1 / counted),
      outputs: logits,
      counted,
      sequences: lengths.length,
      symbols: lengths.reduce((sum, length) => sum + length),
    };
  }

  /** Names the fields of a batch that are divided among threads, and the fields that have the lengths of the sequences. */
  get batchLayout(): BatchLayout<LabelBatch> {
    const distinct = { spellings: "lengths" } as const;
    if (this.spec.multiLabel && this.targetPer === "sequence") {
      const steps = { inputs: "lengths", targets: "lengths" } as const;
      return { steps, sequences: ["multiHot", "weights"], distinct };
    }
    const steps = { inputs: "lengths", targets: "lengths", multiHot: "lengths", weights: "lengths" } as const;
    return { steps, distinct };
  }

  /** Turns logits [..., labels] into probabilities: one distribution over the labels, or a probability of its own for each label. */
  #activated(logits: Tensor): Tensor {
    return this.spec.multiLabel ? sigmoid(logits) : softmax(logits);
  }

  /**
   * Returns the probabilities of the labels, without dropout. The result has one array for each sequence: [steps * labels] for a
   * tagger, [labels] for a classifier.
   *
   * @param sequences the tokens or vectors of each sequence
   * @throws ERR_DATA if a sequence is empty or has steps of the wrong kind (tokens or vectors)
   * @throws ERR_NAN if a probability is not finite
   */
  probabilities(sequences: readonly (readonly Step[])[]): Float32Array[] {
    checkSequences(sequences);
    if (sequences.length === 0) return [];
    const places = sequences.flatMap(({ length }, i) => (length > LONG ? [] : [i]));
    if (places.length < sequences.length) {
      const short = this.probabilities(places.map((i) => sequences[i]!));
      const all = sequences.map((tokens) =>
        tokens.length > LONG ? this.inPieces(tokens, PIECE) : undefined,
      );
      places.forEach((i, k) => {
        all[i] = short[k];
      });
      return all as Float32Array[];
    }
    const examples = sequences.map((tokens) => ({ tokens, labels: tokens.map(() => "") }));
    const batches = new LabelBatches(examples, this.tables, { batch: READ, split: halveLong });
    return readInBatches(this, batches, (batch) => {
      const { lengths, spellings } = batch;
      const all = this.#activated(
        this.forward(inputTensor(this.runtime, batch), lengths, spellings).logits,
      ).toArray();
      return lengths.map((length, b) => expectFinite("scores", this.rowsOf(all, length, b, lengths.length)));
    });
  }

  /**
   * Computes the probabilities of one sequence as `probabilities` does, piece by piece, so that it may have millions of steps.
   *
   * @param piece number of steps of a piece
   * @param logits true: returns the logits instead
   * @internal
   */
  inPieces(tokens: readonly Step[], piece: number, logits = false): Float32Array {
    const { runtime: rt, rnn, spec, labels } = this;
    const parts = Array.from({ length: Math.ceil(tokens.length / piece) }, (_, k) =>
      tokens.slice(k * piece, (k + 1) * piece),
    );
    const perStep = this.targetPer === "step";
    const rows = new Float32Array((perStep ? tokens.length : 1) * labels.size);
    const scores = (features: Tensor) => {
      const projected = this.project(features);
      return (logits ? projected : this.#activated(projected)).toArray();
    };
    const gathering = perStep ? undefined : this.gathering(tokens.length);
    this.inference(() => {
      readPieces(
        {
          runtime: rt,
          layers: rnn.numLayers,
          directions: rnn.directions,
          hidden: rnn.hiddenSize,
          cellState: hasCellState(spec),
          count: parts.length,
          read: (k, given) => {
            const part = parts[k]!;
            const examples = [{ tokens: part, labels: part.map(() => "") }];
            const batch = new LabelBatches(examples, this.tables, { batch: 1 }).at(0);
            const beside = batch.spellings && this.characters?.forward(batch.spellings, batch.steps);
            return this.features(inputTensor(rt, batch), given, beside);
          },
        },
        (output, k) => {
          if (gathering) gathering.add(output.toArray());
          else rows.set(scores(output), k * piece * labels.size);
        },
      );
      if (!gathering) return;
      const pooled = gathering.result();
      rt.noGrad(() => rt.scope(() => rows.set(scores(rt.tensor(pooled, [1, pooled.length])))));
    });
    return expectFinite("scores", rows);
  }

  /** Collects the outputs of all pieces of a sequence in one vector, as `labelled` does for a whole sequence. @internal */
  protected gathering(_steps: number): Gathering {
    throw new UnrolledError("ERR_STATE", "every step has a label of its own");
  }

  /** Turns logits [rows, labels] into the probabilities of the labels, as `probabilities` does. @internal */
  probabilitiesOf(logits: Float32Array): Float32Array {
    const { runtime: rt, labels } = this;
    const shape = [logits.length / labels.size, labels.size];
    return rt.noGrad(() => rt.scope(() => this.#activated(rt.tensor(logits, shape)).toArray()));
  }

  /** Copies the values of sequence `b` out of `all`, the outputs of a batch of `B` sequences. @internal */
  rowsOf(all: Float32Array, length: number, b: number, B: number): Float32Array {
    const C = this.labels.size;
    const rows = this.targetPer === "step" ? length : 1;
    const own = new Float32Array(rows * C);
    for (let t = 0; t < rows; t++) own.set(all.subarray((t * B + b) * C, (t * B + b + 1) * C), t * C);
    return own;
  }

  /**
   * Returns the most probable labels of each sequence of a batch: one for every step (tagger), or a single one (classifier). If
   * `spec.multiLabel` is true, each is a set of labels, as `label` returns them.
   *
   * @param scores logits of the batch, as `forward` returns them
   * @param lengths steps of each sequence
   */
  labelsOf(scores: Float32Array, lengths: readonly number[]): string[][] {
    checkInstance("scores", scores, Float32Array, "a Float32Array");
    return Array.from(checkList("lengths", lengths), (length, b) => {
      const rows = this.rowsOf(scores, length, b, lengths.length);
      return labelsOf(this.spec.multiLabel ? this.probabilitiesOf(rows) : rows, this.tables);
    });
  }

  /**
   * Returns the labels whose probabilities reach their thresholds, for each row.
   *
   * @param rows the probabilities of the labels, [rows, labels]
   * @param thresholds default: those of the model
   * @throws ERR_VALUE if `spec.multiLabel` is false
   * @internal
   */
  setsOf(rows: Float32Array, thresholds: readonly number[] | undefined = this.thresholds): string[][] {
    return setsOf(rows, this.labels, thresholds);
  }

  /**
   * Returns the most probable labels of each sequence: one for every step (tagger), or a single one (classifier). If
   * `spec.multiLabel` is true, each is a text with all labels whose probabilities reach their thresholds, which `labelSet` reads.
   *
   * @param sequences the tokens or vectors of each sequence
   * @throws the errors of `probabilities`
   */
  label(sequences: readonly (readonly Step[])[]): string[][] {
    return this.probabilities(sequences).map((rows) => labelsOf(rows, this.tables));
  }
}

/**
 * Returns the sum of the weighted cross-entropies of all targets, divided by the number of targets.
 *
 * @param weights how much each target counts, in the shape of `targets`
 * @param counted number of targets that are not ignored
 */
function weightedLoss(logits: Tensor, targets: Int32Array, weights: Float32Array, counted: number): Tensor {
  const { runtime: rt } = logits;
  const shape = logits.shape.slice(0, -1);
  const losses = crossEntropy(logits, rt.tensor(targets, shape), { reduction: "none" });
  return scale(sum(multiply(losses, rt.tensor(weights, shape))), 1 / counted);
}

/** Returns the options of the character encoder, or undefined if the model reads no characters. */
function encoderOptions(
  { characters, characterHidden }: LabelSpec,
  tables: LabelTables,
): CharacterEncoderOptions | undefined {
  if (!characters) return undefined;
  if (!tables.characters) {
    throw new UnrolledError("ERR_VALUE", `spec: characters is ${characters}, but there is no table of them`);
  }
  return { characters: tables.characters.size, embedding: characters, hidden: characterHidden };
}
