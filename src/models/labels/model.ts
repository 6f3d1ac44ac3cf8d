import { crossEntropy } from "../../autograd/cross-entropy.ts";
import { multiply, scale, sum } from "../../autograd/elementwise.ts";
import { softmax } from "../../autograd/softmax.ts";
import { checkInstance, checkList } from "../../checks.ts";
import { FeatureScaling } from "../../data/feature-scaling.ts";
import type { Step } from "../../data/labelled.ts";
import { Vocabulary } from "../../data/vocabulary.ts";
import { UnrolledError } from "../../errors.ts";
import { checkLists } from "../../metrics/pairs.ts";
import { expectFinite } from "../../network/damaged.ts";
import type { BatchLayout, BatchLoss, Table, TableReader } from "../../network/model.ts";
import { Network } from "../../network/network.ts";
import { halveLong, readInBatches } from "../../network/read.ts";
import { hasCellState, type NetworkSizes } from "../../network/spec.ts";
import { inputTensor, tokenLoss } from "../../network/token-loss.ts";
import type { RecurrentState } from "../../nn/recurrent.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { checkTables, type LabelBatch, LabelBatches, type LabelTables, READ } from "./batches.ts";
import { CharacterEncoder, type CharacterEncoderOptions } from "./character-encoder.ts";
import { LONG, PIECE, readPieces } from "./long.ts";
import type { LabelSpec } from "./spec.ts";
import type { Spellings } from "./spellings.ts";

/**
 * Base class of taggers and classifiers: tokens or vectors -> recurrent layers -> a score for each label. A tagger computes
 * scores for every step. A classifier computes scores for the whole sequence. If `spec.characters` is above 0, the recurrent
 * layers also read a vector that is computed from the characters of each word.
 */
export abstract class LabelModel<Spec extends LabelSpec = LabelSpec> extends Network<Spec> {
  /** The model's vocabularies and scaling, by their names in a model file. */
  readonly tables: Readonly<Record<string, Table>> & LabelTables;
  /** The part that reads the characters of words; undefined if `spec.characters` is 0. */
  readonly characters: CharacterEncoder | undefined;

  /**
   * Returns a reader for each table of a model file: vocabularies and scalings. `loadModel` calls it.
   *
   * @param spec the spec of the model
   */
  static tables({ characters, features }: LabelSpec): Readonly<Record<string, TableReader>> {
    const reads: Record<string, TableReader> = features
      ? { scaling: FeatureScaling }
      : { vocabulary: Vocabulary };
    return { ...reads, labels: Vocabulary, ...(characters && { characters: Vocabulary }) };
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
    this.tables = Object.fromEntries(Object.entries(tables)) as Record<string, Table> & LabelTables;
    const vectors = this.embedding?.weight;
    if (vectors && spec.embeddingStart !== 1) {
      runtime.kernels.scale(vectors.ptr, spec.embeddingStart, vectors.size);
    }
    const encoder = encoderOptions(spec, tables);
    this.characters = encoder && this.child("characters", new CharacterEncoder(runtime, encoder));
  }

  /** Vocabulary of the tokens, or undefined if steps are vectors. */
  get vocabulary(): Vocabulary | undefined {
    return this.tables.vocabulary;
  }

  /** Vocabulary of the labels. */
  get labels(): Vocabulary {
    return this.tables.labels;
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
   * are ignored.
   */
  loss(batch: LabelBatch): BatchLoss {
    const { state: _, ...result } = tokenLoss(this.runtime, batch, (tokens) =>
      this.forward(tokens, batch.lengths, batch.spellings),
    );
    const { targets, weights } = batch;
    if (!weights) return result;
    return { ...result, loss: weightedLoss(result.outputs, targets, weights, result.counted) };
  }

  /** Names the fields of a batch that are divided among threads, and the fields that have the lengths of the sequences. */
  get batchLayout(): BatchLayout<LabelBatch> {
    const steps = { inputs: "lengths", targets: "lengths", weights: "lengths" } as const;
    return { steps, distinct: { spellings: "lengths" } };
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
    const empty = checkLists("sequences", sequences).findIndex((tokens) => tokens.length === 0);
    if (empty >= 0)
      throw new UnrolledError("ERR_DATA", `sequence ${empty + 1} is empty, expected at least one step`);
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
      const all = softmax(
        this.forward(inputTensor(this.runtime, batch), lengths, spellings).logits,
      ).toArray();
      return lengths.map((length, b) => expectFinite("scores", this.#rowsOf(all, length, b, lengths.length)));
    });
  }

  /**
   * Computes the probabilities of one sequence as `probabilities` does, piece by piece, so that it may have millions of steps.
   *
   * @param piece number of steps of a piece
   * @internal
   */
  inPieces(tokens: readonly Step[], piece: number): Float32Array {
    const { runtime: rt, rnn, spec, labels } = this;
    const parts = Array.from({ length: Math.ceil(tokens.length / piece) }, (_, k) =>
      tokens.slice(k * piece, (k + 1) * piece),
    );
    const perStep = this.targetPer === "step";
    const rows = new Float32Array((perStep ? tokens.length : 1) * labels.size);
    const scores = (features: Tensor) => softmax(this.project(features)).toArray();
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

  /** Copies the values of sequence `b` out of `all`, the outputs of a batch of `B` sequences. */
  #rowsOf(all: Float32Array, length: number, b: number, B: number): Float32Array {
    const C = this.labels.size;
    const rows = this.targetPer === "step" ? length : 1;
    const own = new Float32Array(rows * C);
    for (let t = 0; t < rows; t++) own.set(all.subarray((t * B + b) * C, (t * B + b + 1) * C), t * C);
    return own;
  }

  /**
   * Returns the most probable labels of each sequence of a batch: one for every step (tagger), or a single one (classifier).
   *
   * @param scores logits of the batch, as `forward` returns them
   * @param lengths steps of each sequence
   */
  labelsOf(scores: Float32Array, lengths: readonly number[]): string[][] {
    checkInstance("scores", scores, Float32Array, "a Float32Array");
    return Array.from(checkList("lengths", lengths), (length, b) =>
      this.#likeliestOf(this.#rowsOf(scores, length, b, lengths.length)),
    );
  }

  #likeliestOf(rows: Float32Array): string[] {
    const { symbols } = this.labels;
    const C = symbols.length;
    const label = (_: unknown, row: number) => symbols[likeliest(rows.subarray(row * C, (row + 1) * C))]!;
    return Array.from({ length: rows.length / C }, label);
  }

  /**
   * Returns the most probable labels of each sequence: one for every step (tagger), or a single one (classifier).
   *
   * @param sequences the tokens or vectors of each sequence
   * @throws the errors of `probabilities`
   */
  label(sequences: readonly (readonly Step[])[]): string[][] {
    return this.probabilities(sequences).map((rows) => this.#likeliestOf(rows));
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

/** Collects outputs of steps, which come in pieces, in one vector. */
export interface Gathering {
  /** Adds the outputs of a piece, [steps, outputSize]. */
  add(outputs: Float32Array): void;
  /** Returns the vector. */
  result(): Float32Array;
}

/** Returns the input and output sizes of the network. @throws ERR_VALUE if the tables do not fit the spec */
function networkSizes(spec: LabelSpec, { vocabulary, scaling, labels }: LabelTables): NetworkSizes {
  const { features } = spec;
  if (features !== (scaling?.width ?? 0) || !vocabulary !== features > 0) {
    throw new UnrolledError(
      "ERR_VALUE",
      `spec: features is ${features}, which needs ${features ? "a scaling of as many features" : "a vocabulary"} and nothing else to read by`,
    );
  }
  return {
    inputs: vocabulary?.size ?? features,
    outputs: labels.size,
    ...(spec.characters && { beside: 2 * spec.characterHidden }),
    ...("pooling" in spec && spec.pooling === "mean+max" && { pooled: 2 }),
  };
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

/** Returns the index of the largest number. If several numbers are largest, it returns the first index. */
export function likeliest(numbers: Float32Array): number {
  let place = 0;
  for (let i = 1; i < numbers.length; i++) if (numbers[i]! > numbers[place]!) place = i;
  return place;
}
