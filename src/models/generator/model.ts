import { tanh } from "../../autograd/activation.ts";
import { crossEntropy } from "../../autograd/cross-entropy.ts";
import {
  checkInstance,
  checkIterable,
  checkList,
  checkObject,
  checkObjects,
  checkOptions,
  checkTexts,
} from "../../checks.ts";
import { FeatureScaling, type Vector } from "../../data/feature-scaling.ts";
import { pad } from "../../data/padded-batch.ts";
import { SequenceBatches, type SequenceBatchesOptions } from "../../data/sequence-batches.ts";
import { checkInputs, type SequenceInput, stepTable } from "../../data/steps.ts";
import type { TokenBatch } from "../../data/token-batch.ts";
import { END_SYMBOL, Vocabulary, type VocabularyOptions } from "../../data/vocabulary.ts";
import { normalized, sequenceTokens, type TokenSpec, tokenize } from "../../data/words.ts";
import { counted, UnrolledError } from "../../errors.ts";
import { expectFinite } from "../../network/damaged.ts";
import type { BatchLayout, BatchLoss, TableReader } from "../../network/model.ts";
import { Network } from "../../network/network.ts";
import { halveLong, READ, readInBatches } from "../../network/read.ts";
import { stateSize } from "../../network/spec.ts";
import { statesOfRows } from "../../network/state-rows.ts";
import { inputTensor, tokenLoss } from "../../network/token-loss.ts";
import { Linear } from "../../nn/linear.ts";
import type { RecurrentState } from "../../nn/recurrent.ts";
import { type PackOptions, packedDtype } from "../../nn/stream/packed.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Tensor } from "../../runtime/tensor.ts";
import { show } from "../../schema.ts";
import { ConditionReader } from "./condition-reader.ts";
import type { Condition, Conditioned } from "./examples.ts";
import { checkGeneratorSpec, type GeneratorSpec, generatorSchema } from "./spec.ts";
import { PackedGenerator } from "./stream.ts";

/** The vocabularies of a generator. */
export interface GeneratorTables {
  /** Vocabulary of the symbols, which must include `<EOS>` (@see generatorVocabulary). */
  readonly vocabulary: Vocabulary;
  /** Vocabulary of the names of conditions, or of the words of conditions that are texts. It is undefined if conditions are vectors. */
  readonly conditions?: Vocabulary;
  /** Scaling of the vectors of conditions that are sequences. It is undefined for other conditions. */
  readonly scaling?: FeatureScaling;
}

/** The tables of `GeneratorTables`, typed as a record. Each key is the table's name in a model file. */
type StoredTables = Readonly<Record<string, Vocabulary | FeatureScaling>> & GeneratorTables;

/** A mini-batch of whole sequences. The first input and the last target of each sequence are `<EOS>`. */
export interface GeneratorBatch extends TokenBatch {
  /**
   * Condition of each sequence as a vector of size C, [B, C]. A name becomes a one-hot vector. If conditions are sequences: their words
   * [S, B] or scaled vectors [S, B, features], 0 past the end of a condition.
   */
  readonly conditions: Float32Array | Int32Array;
  /** Steps of each condition, [B], if conditions are sequences. */
  readonly conditionLengths?: readonly number[];
}

/** The probability of a condition, given a sequence. */
export interface ConditionScore {
  /** The name of the condition. */
  readonly condition: string;
  /** log P(sequence | condition) in nats. */
  readonly logProbability: number;
  /** P(condition | sequence). */
  readonly probability: number;
}

/**
 * Makes a vocabulary: `<EOS>`, then the symbols of the sequences, the most frequent first, then `<UNK>` (unless
 * `options.unknown` is false).
 *
 * @throws ERR_DATA if `options.unknown` is false and no symbol occurs at least `minCount` times
 * @throws ERR_VALUE if an option is invalid
 */
export function generatorVocabulary(
  examples: Iterable<Conditioned>,
  options: VocabularyOptions = {},
): Vocabulary {
  const all = checkObjects("generatorVocabulary: examples", [...checkIterable("examples", examples)]);
  function* tokens() {
    for (const { tokens } of all) yield* checkTexts("tokens", tokens);
  }
  return new Vocabulary([END_SYMBOL, ...Vocabulary.fromTokens(tokens(), options).symbols]);
}

/**
 * Makes the table of conditions: the vocabulary of their names, or for sequences that of their words or the scaling of their vectors.
 * `<UNK>` stands for words that occur fewer than `minCount` times (default 2); no name is unknown. Single vectors need no table.
 *
 * @param spec the spec of the generator
 * @throws ERR_DATA if a condition is not of the kind or size that the spec says, or if no word is left
 */
export function conditionTables(
  conditions: readonly Condition[],
  spec: Pick<GeneratorSpec, "condition" | "features"> & TokenSpec,
  minCount = 2,
): Pick<GeneratorTables, "conditions" | "scaling"> {
  const { condition, features } = checkObject("conditionTables", spec, "spec is");
  if (features && condition === "single") return {};
  const given = checkInputs("conditions", conditions as readonly SequenceInput[], features);
  if (features) return { scaling: FeatureScaling.of(given as readonly (readonly Vector[])[], features) };
  const texts = given as readonly string[];
  if (condition === "single") {
    const names = texts.map((name) => normalized(name, spec));
    return { conditions: Vocabulary.fromTokens(names, { unknown: false }) };
  }
  const words = texts.flatMap((text) => conditionTokens(text, spec));
  return { conditions: Vocabulary.fromTokens(words, { minCount }) };
}

/** Splits a condition that is a text into words, with their capitals: the chords D and d differ. */
const conditionTokens = (text: string, spec: TokenSpec): string[] =>
  tokenize(text, { ...spec, level: "word" });

/**
 * Generates a sequence from a condition (one to many). A condition is a vector or a name. A name becomes a one-hot vector. If
 * `spec.condition` is `sequence`, a condition is a text or a list of vectors; recurrent layers read it, and their final states are the
 * vector, as in Cho et al. (2014).
 * A linear layer and tanh turn the vector into the initial state of every recurrent layer (h, and c for an LSTM). "Show, attend
 * and tell" (Xu et al. 2015) and the decoder of Cho et al. (2014) compute their initial states in the same way.
 * The first input is `<EOS>`. Each predicted symbol is the input of the next step. The sequence ends when `<EOS>` is predicted.
 *
 * @example
 * ```js
 * const rt = await createRuntime();
 * const examples = [
 *   { condition: "up", tokens: [..."abcdef"] },
 *   { condition: "down", tokens: [..."fedcba"] },
 * ];
 * const spec = { ...defaultGeneratorSpec(), hidden: 16, embedding: 8, dropout: 0 };
 * const conditions = Vocabulary.fromTokens(["up", "down"], { unknown: false });
 * const model = new ConditionalGenerator(rt, spec, { vocabulary: generatorVocabulary(examples), conditions });
 * const trainer = new GeneratorTrainer(model, { train: examples, validation: examples }, { lr: 0.02 });
 * for (let i = 0; i < 80; i++) trainer.step();
 * console.log([...model.pack().generate({ condition: "up", temperature: 0.5 })].join("")); // abcdef
 * console.log(model.conditionsOf("fed")[0].condition); // down
 * ```
 */
export class ConditionalGenerator extends Network<GeneratorSpec> {
  /** The task's name in specs and files. */
  static readonly task = "generator";
  /** Returns the schema of {@link GeneratorSpec}. */
  static readonly schema = generatorSchema;
  /** The model's vocabularies, by their names in a model file. */
  readonly tables: StoredTables;
  /**
   * Linear layer that computes the initial states of all recurrent layers. Its outputs are the hidden state h of the first layer,
   * of the second layer, and so on. For an LSTM, the cell states c of all layers follow in the same order.
   */
  readonly start: Linear;
  /** The layers that read conditions; undefined if a condition is a single name or vector. */
  readonly condition: ConditionReader | undefined;

  /**
   * Returns a reader for each vocabulary of a model, by the name of the vocabulary. `loadModel` calls it.
   *
   * @param spec the spec of the model
   */
  static tables({ features, condition }: GeneratorSpec): Readonly<Record<string, TableReader>> {
    const sequence = condition === "sequence";
    return {
      vocabulary: Vocabulary,
      ...(!features && { conditions: Vocabulary }),
      ...(features && sequence && { scaling: FeatureScaling }),
    };
  }

  /** Makes a model from a checked spec and its vocabularies. `loadModel` calls it. */
  static build(runtime: Runtime, spec: GeneratorSpec, tables: StoredTables): ConditionalGenerator {
    return new ConditionalGenerator(runtime, spec, tables);
  }

  /**
   * Makes a model with random weights.
   *
   * @throws ERR_VALUE if the spec is invalid, or if the tables do not fit it
   */
  constructor(runtime: Runtime, given: GeneratorSpec, tables: GeneratorTables) {
    const { vocabulary, conditions, scaling } = checkOptions(
      "ConditionalGenerator: tables",
      tables,
      "vocabulary conditions scaling",
    );
    const spec = checkGeneratorSpec(given);
    for (const table of [vocabulary, conditions ?? vocabulary]) {
      checkInstance("a table", table, Vocabulary, "a Vocabulary");
    }
    if (!vocabulary.has(END_SYMBOL) || (spec.features === 0) !== (conditions !== undefined)) {
      throw new UnrolledError(
        "ERR_VALUE",
        `Generator: expected a vocabulary with ${END_SYMBOL}, and ${spec.features ? "no conditions where features is above 0" : "a vocabulary of conditions"}`,
      );
    }
    const sequence = spec.condition === "sequence";
    if (sequence) stepTable(spec.features, conditions, scaling);
    super(runtime, spec, { inputs: vocabulary.size, outputs: vocabulary.size });
    this.tables = { vocabulary, ...(conditions && { conditions }), ...(scaling && { scaling }) };
    const inputs = conditions?.size ?? spec.features;
    if (sequence) this.condition = this.child("condition", new ConditionReader(runtime, spec, inputs));
    const options = { inFeatures: sequence ? stateSize(spec) : inputs, outFeatures: stateSize(spec) };
    this.start = this.child("start", new Linear(runtime, options));
  }

  /** Vocabulary of the symbols. */
  get vocabulary(): Vocabulary {
    return this.tables.vocabulary;
  }

  /**
   * Turns a condition into a vector. The condition is a name, or a vector if `spec.features` is above 0. For conditions that are
   * sequences, use `steps`.
   *
   * @throws ERR_DATA if the condition is an unknown name, or a vector with the wrong size or with a number that is not finite;
   *   ERR_VALUE if the model's conditions are sequences
   */
  vector(condition: Condition): Float32Array {
    this.#checkKind("vector", false);
    const { conditions } = this.tables;
    if (!conditions) return this.#features(condition);
    const vector = new Float32Array(conditions.size);
    vector[this.#place(condition, conditions)] = 1;
    return vector;
  }

  /** Returns the id of a name. @throws ERR_DATA if it is unknown */
  #place(condition: Condition, conditions: Vocabulary): number {
    const place =
      typeof condition === "string" ? conditions.encodeTokens([normalized(condition, this.spec)])[0]! : -1;
    if (place >= 0) return place;
    const some = conditions.symbols.slice(0, 20).map((symbol) => symbol.slice(0, 40));
    const known = some.join(", ") + (conditions.size > 20 ? ", ..." : "");
    throw new UnrolledError(
      "ERR_DATA",
      `condition ${show(condition)}: the model knows ${conditions.size}: ${known}`,
    );
  }

  /**
   * Turns a condition that is a sequence into numbers: those of its words [S], or its scaled vectors [S, features].
   *
   * @throws ERR_DATA if it is empty, or not of the kind or size that the model reads; ERR_VALUE if the model's conditions are single
   */
  steps(condition: Condition): Int32Array | Float32Array {
    this.#checkKind("steps", true);
    const { conditions, scaling } = this.tables;
    const [given] = checkInputs("condition", [condition as SequenceInput], this.spec.features);
    const numbers =
      typeof given === "string"
        ? conditions!.encodeTokens(conditionTokens(given, this.spec))
        : scaling!.apply(given!);
    if (numbers.length) return numbers;
    throw new UnrolledError("ERR_DATA", `condition ${show(condition)} is empty, expected at least one step`);
  }

  /** @throws ERR_VALUE if the conditions that the model reads are of the other kind */
  #checkKind(method: string, sequences: boolean): void {
    if (sequences === (this.condition !== undefined)) return;
    const [kind, other] = sequences ? ["single", "vector"] : ["sequences", "steps"];
    throw new UnrolledError("ERR_VALUE", `${method}: the model's conditions are ${kind}; use ${other}`);
  }

  #features(condition: Condition): Float32Array {
    const { features } = this.spec;
    const vector =
      typeof condition === "string" ? undefined : Float32Array.from(condition as ArrayLike<number>);
    if (vector?.length === features && vector.every(Number.isFinite)) return vector;
    const given = vector ? `${counted(vector.length, "number", "numbers")}` : show(condition);
    throw new UnrolledError("ERR_DATA", `a condition is ${given}, expected ${features} finite numbers`);
  }

  /** Computes the initial state of every layer. @param conditions a condition vector of size C for each sequence, [B, C] */
  begin(conditions: Tensor): RecurrentState {
    return statesOfRows(tanh(this.start.forward(conditions)), this.spec);
  }

  /**
   * Computes the logits of the next symbol at every step.
   *
   * @param tokens int32 [T, B]; each sequence begins with `<EOS>`
   * @param conditions vector of the condition of each sequence, [B, C]
   * @param lengths number of steps of each sequence; by default, every sequence has T steps. Later steps are padding.
   * @returns logits [T, B, symbols] and the states after each sequence's last step
   */
  forward(
    tokens: Tensor,
    conditions: Tensor,
    lengths?: readonly number[],
  ): { logits: Tensor; state: RecurrentState } {
    const { h, c } = this.begin(conditions);
    const { output, state } = this.compute(tokens, { h0: h, c0: c, lengths });
    return { logits: output, state };
  }

  /** Computes the mean cross-entropy per symbol in nats. The final `<EOS>` counts as a symbol. */
  loss(batch: GeneratorBatch): BatchLoss {
    const { state: _, ...result } = tokenLoss(this.runtime, batch, (tokens) =>
      this.forward(tokens, this.#tensor(batch), batch.lengths),
    );
    return result;
  }

  /** Names the fields of a batch that are divided among threads, and the fields that have the lengths of the sequences. */
  get batchLayout(): BatchLayout<GeneratorBatch> {
    const steps = { inputs: "lengths", targets: "lengths" } as const;
    if (this.condition) return { steps: { ...steps, conditions: "conditionLengths" } };
    return { steps, sequences: ["conditions"] };
  }

  /** Returns the vector of each condition, [B, C]. */
  #tensor({ conditions, conditionLengths }: GeneratorBatch): Tensor {
    if (this.condition) {
      const lengths = checkList("loss: conditionLengths", conditionLengths!);
      const steps = conditions.length / lengths.length / (this.spec.features || 1);
      return this.condition.forward(
        inputTensor(this.runtime, { steps, inputs: conditions, lengths }),
        lengths,
      );
    }
    const C = this.start.weight.shape[1]!;
    return this.runtime.tensor(conditions, [conditions.length / C, C]);
  }

  /**
   * Makes batches of examples. The sequences of a batch have similar lengths (@see SequenceBatches).
   *
   * @throws ERR_DATA if there is no example or a condition is invalid, ERR_VALUE if an option is invalid
   */
  batches(
    examples: readonly Conditioned[],
    options: Pick<SequenceBatchesOptions, "batch" | "seed" | "split" | "room">,
  ) {
    checkOptions("batches", options, "batch seed split room");
    const { vocabulary } = this;
    const { conditions: names } = this.tables;
    const all = checkObjects("examples", examples);
    const read = this.condition && all.map(({ condition }) => this.steps(condition));
    // The vectors of names are made batch by batch: those of 10,000 examples and 4,000 names have 160 MB.
    if (!read)
      for (const { condition } of all) names ? this.#place(condition, names) : this.#features(condition);
    const whole = examples.map(({ tokens }) => vocabulary.encodeTokens([END_SYMBOL, ...tokens, END_SYMBOL]));
    const inputs = whole.map((ids) => ids.subarray(0, -1));
    const targets = whole.map((ids) => ids.subarray(1));
    const batches = new SequenceBatches({ inputs, targets }, options);
    const C = this.start.weight.shape[1]!;
    const width = this.spec.features || 1;
    const at = (i: number) => {
      const batch = batches.at(i);
      if (!read) {
        const conditions = new Float32Array(batch.sequences.length * C);
        batch.sequences.forEach((n, b) => {
          conditions.set(this.vector(examples[n]!.condition), b * C);
        });
        return { ...batch, conditions };
      }
      const conditionLengths = Array.from(batch.sequences, (n) => read[n]!.length / width);
      const longest = conditionLengths.reduce((most, length) => Math.max(most, length));
      return { ...batch, conditions: pad(read, batch.sequences, longest, width, 0), conditionLengths };
    };
    return { count: batches.count, at };
  }

  /**
   * Computes log P(sequence | condition) of each example in nats. The final `<EOS>` counts as a symbol of the sequence. Unknown
   * symbols are read as `<UNK>`.
   *
   * @throws ERR_DATA if a condition is invalid, ERR_NAN if a result is not finite
   */
  logProbabilities(examples: readonly Conditioned[]): number[] {
    if (!checkObjects("examples", examples).length) return [];
    const { runtime: rt } = this;
    const batches = this.batches(examples, { batch: READ, split: halveLong });
    return readInBatches(this, batches, (batch) => {
      const { steps, lengths } = batch;
      const B = lengths.length;
      const tokens = rt.tensor(batch.inputs, [steps, B]);
      const { logits } = this.forward(tokens, this.#tensor(batch), lengths);
      const targets = rt.tensor(batch.targets, [steps, B]);
      const nats = crossEntropy(logits, targets, { reduction: "none" }).toArray();
      const sums = lengths.map((length, b) => {
        let sum = 0;
        for (let t = 0; t < length; t++) sum -= nats[t * B + b]!;
        return sum;
      });
      return expectFinite("scores", sums);
    });
  }

  /**
   * Computes P(condition | text) of every named condition by Bayes' rule.
   *
   * @param prior weight of each condition, such as its number of examples; by default, all weights are equal
   * @returns a score for each condition, the most probable condition first
   * @throws ERR_VALUE if conditions are vectors, or if a weight is missing, negative or not finite
   */
  conditionsOf(text: string, prior?: Readonly<Record<string, number>>): ConditionScore[] {
    const { conditions } = this.tables;
    if (!conditions || this.condition) {
      const kind = this.condition ? "sequences" : "vectors";
      throw new UnrolledError("ERR_VALUE", `conditionsOf: the model's conditions are ${kind}, not names`);
    }
    const names = conditions.symbols;
    const weights = names.map((name) => (prior ? prior[name] : 1) ?? Number.NaN);
    const wrong = weights.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
    if (wrong >= 0) {
      throw new UnrolledError(
        "ERR_VALUE",
        `conditionsOf: the prior of ${names[wrong]} is ${weights[wrong]}, expected a number from 0 on`,
      );
    }
    const tokens = sequenceTokens(text, this.spec);
    const logs = this.logProbabilities(names.map((condition) => ({ condition, tokens })));
    const most = logs.reduce((most, log) => Math.max(most, log), -Infinity);
    const joint = logs.map((log, i) => weights[i]! * Math.exp(log - most));
    const all = joint.reduce((sum, p) => sum + p, 0);
    return names
      .map((condition, i) => ({ condition, logProbability: logs[i]!, probability: joint[i]! / all }))
      .sort((a, b) => b.probability - a.probability);
  }

  /**
   * Returns the current weights in the memory layout of the streams that generate sequences.
   *
   * @param options.dtype type of the packed weights; default `dtype` of the model. See {@link nn.Recurrent.pack}
   */
  pack(options: PackOptions = {}): PackedGenerator {
    const dtype = packedDtype("ConditionalGenerator", options, this.dtype);
    return this.runtime.frame(() => new PackedGenerator(this, dtype));
  }
}
