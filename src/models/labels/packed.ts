import { activationCode } from "../../autograd/activation.ts";
import type { Pooling } from "../../autograd/pool.ts";
import { checkText } from "../../checks.ts";
import type { Step } from "../../data/labelled.ts";
import { StepScaling } from "../../data/step-scaling.ts";
import { SymbolTable } from "../../data/symbol-table.ts";
import type { Vocabulary } from "../../data/vocabulary.ts";
import { sequenceTokens } from "../../data/words.ts";
import { expectFinite } from "../../network/damaged.ts";
import { needsUnrolled } from "../../network/needs-unrolled.ts";
import { type NetworkParts, PackedNetwork } from "../../network/packed-network.ts";
import { storedNetwork } from "../../network/stored-network.ts";
import type { StoredWeights } from "../../network/stored-weights.ts";
import { PackedLayers } from "../../nn/stream/layers.ts";
import { runSequence } from "../../nn/stream/sequence.ts";
import { type LabelTables, stepNumbers } from "./batches.ts";
import { type Classification, checkSequences, classificationOf, labelsOf, stepsOf } from "./decoding.ts";
import { gathering } from "./gathering.ts";
import { copyOf, PackedSpeller } from "./packed-speller.ts";
import {
  type ClassifierSpec,
  classifierSchema,
  type LabelSpec,
  type TaggerRule,
  type TaggerSpec,
  taggerSchema,
} from "./spec.ts";
import { networkSizes, tableReaders } from "./tables.ts";
import { taggerTokens } from "./tagger-tokens.ts";

/** What a packed tagger or classifier is made of. */
interface LabelParts<Spec extends LabelSpec> {
  readonly network: NetworkParts<Spec, PackedLayers>;
  readonly tables: LabelTables;
  readonly speller: PackedSpeller | undefined;
}

/** The packed weights of a tagger or classifier, which read whole sequences. `dispose` frees the weights. */
export abstract class PackedLabelModel<Spec extends LabelSpec = LabelSpec> extends PackedNetwork<
  Spec,
  PackedLayers
> {
  /** The model's vocabularies, scaling and thresholds, by their names in a model file. */
  readonly tables: LabelTables;
  /** Address of the vectors of the tokens [V, width]; 0 if there are none. */
  readonly #vectors: number;
  readonly #width: number;
  readonly #speller: PackedSpeller | undefined;

  /** Packs weights. Programs call `openModel`. */
  protected constructor({ network, tables, speller }: LabelParts<Spec>) {
    // The vectors of tokens are looked up at each step. Multiplying the whole table by the input weights in advance would take more
    // memory than the weights.
    super({ ...network, embedding: undefined }, !network.embedding && !tables.scaling, "f32");
    const { runtime: rt, embedding } = network;
    this.tables = tables;
    this.#speller = speller;
    this.#width = embedding?.weight.shape[1] ?? 0;
    this.#vectors = embedding ? rt.frame(() => copyOf(rt, embedding.weight)) : 0;
  }

  /** Returns a reader for each table of a model file: vocabularies and scalings. `openModel` calls it. */
  static tables(spec: LabelSpec) {
    return tableReaders(spec, SymbolTable, StepScaling);
  }

  /** Vocabulary of the tokens, or undefined if steps are vectors. */
  get vocabulary(): Vocabulary | undefined {
    return this.tables.vocabulary;
  }

  /** Vocabulary of the labels. */
  get labels(): Vocabulary {
    return this.tables.labels;
  }

  /** How the outputs of all steps become one vector; undefined if each step has a label of its own. */
  protected abstract readonly pooling: Pooling | undefined;

  /**
   * Returns the probabilities of the labels. The result has one array for each sequence: [steps * labels] for a tagger, [labels] for a
   * classifier.
   *
   * @param sequences the tokens or vectors of each sequence
   * @throws ERR_DATA if a sequence is empty or has steps of the wrong kind (tokens or vectors); ERR_NAN if a probability is not finite;
   *   ERR_DISPOSED after `dispose`
   */
  probabilities(sequences: readonly (readonly Step[])[]): Float32Array[] {
    this.assertUsable();
    checkSequences(sequences);
    return sequences.map((tokens) => this.runtime.frame(() => this.#read(tokens)));
  }

  #read(tokens: readonly Step[]): Float32Array {
    const { runtime: rt, recurrent, head, spec, labels } = this;
    const T = tokens.length;
    const { output } = runSequence(recurrent, this.#inputs(tokens), T);
    const { outputSize: D, cells, hiddenSize: H } = recurrent;
    let [rows, features] = [T, output];
    if (this.pooling) {
      const gathered = gathering(this.pooling, T, D, cells.length > 1 ? H : undefined);
      gathered.add(rt.floats(output, T * D));
      const vector = gathered.result();
      features = rt.scratch(vector.length);
      rt.floats(features, vector.length).set(vector);
      rows = 1;
    }
    const stream = head.stream(rows);
    stream.run(features);
    const C = labels.size;
    const y = stream.outputPtr;
    if (spec.multiLabel)
      rt.kernels.activation_forward(activationCode("", "sigmoid").id, y, y, rows * C, 0, 0);
    else rt.kernels.softmax_forward(y, y, rows, C);
    const found = rt.floats(y, rows * C).slice();
    stream.dispose();
    return expectFinite("scores", found);
  }

  /** Writes what the recurrent layers read to scratch memory: tokens [T], or features [T, I]. Returns the address. */
  #inputs(tokens: readonly Step[]): number {
    const { runtime: rt } = this;
    const T = tokens.length;
    const numbers = stepNumbers(tokens, this.tables);
    const x = rt.scratch(numbers.length);
    if (numbers instanceof Int32Array) rt.ints(x, T).set(numbers);
    else rt.floats(x, numbers.length).set(numbers);
    if (!this.#vectors) return x;
    const I = this.recurrent.layers[0]!.inputSize;
    const E = this.#width;
    const features = rt.scratch(T * I);
    rt.kernels.gather_rows(features, I, this.#vectors, E, x, T, E);
    this.#speller?.spell(tokens as readonly string[], features + E * 4, I);
    return features;
  }

  /** Frees all blocks. */
  protected override free(): void {
    super.free();
    if (this.#vectors) this.runtime.free(this.#vectors);
    this.#speller?.dispose();
  }
}

/** @throws ERR_FORMAT if the tables do not fit the spec, or if the model can only run with `unrolled` */
function partsOf<Spec extends LabelSpec>(
  weights: StoredWeights,
  spec: Spec,
  tables: LabelTables,
): LabelParts<Spec> {
  if (spec.gateNorm === "batch") throw needsUnrolled("gateNorm is batch");
  const network = storedNetwork(weights, spec, networkSizes(spec, tables), PackedLayers);
  const speller =
    spec.characters && tables.characters ? new PackedSpeller(weights, spec, tables.characters) : undefined;
  return { network, tables, speller };
}

/**
 * The packed weights of a classifier. `predict` gives the same results as `Classifier.predict` of `unrolled`. `dispose` frees the
 * weights.
 */
export class PackedClassifier extends PackedLabelModel<ClassifierSpec> {
  /** The task's name in specs and files. */
  static readonly task = "classifier";
  /** Returns the schema of {@link ClassifierSpec}. */
  static readonly schema = classifierSchema;

  /** Packs the weights of a file. `openModel` calls it. @internal */
  static open(weights: StoredWeights, spec: ClassifierSpec, tables: LabelTables): PackedClassifier {
    return new PackedClassifier(partsOf(weights, spec, tables));
  }

  protected override get pooling(): Pooling {
    return this.spec.pooling;
  }

  /** Splits a text into the tokens that the model reads. */
  tokens(text: string): string[] {
    return sequenceTokens(checkText("text", text), this.spec);
  }

  /**
   * Predicts the label of each sequence, or its labels if `spec.multiLabel` is true. A sequence is a text, a list of tokens or a list of vectors.
   *
   * @throws the errors of `probabilities`
   */
  predict(texts: readonly (string | readonly Step[])[]): Classification[] {
    const sequences = stepsOf("texts", texts, this.spec, (text) => this.tokens(text));
    return this.probabilities(sequences).map((all) => classificationOf(all, this.tables));
  }
}

/** The packed weights of a tagger. `predict` gives the same results as `Tagger.predict` of `unrolled`. `dispose` frees the weights. */
export class PackedTagger extends PackedLabelModel<TaggerSpec> {
  /** The task's name in specs and files. */
  static readonly task = "tagger";
  /** Returns the schema of {@link TaggerSpec}. */
  static readonly schema = taggerSchema;

  /** Packs the weights of a file. `openModel` calls it. @internal */
  static open(weights: StoredWeights, spec: TaggerSpec, tables: LabelTables): PackedTagger {
    return new PackedTagger(partsOf(weights, spec, tables));
  }

  protected override get pooling(): undefined {
    return undefined;
  }

  /** Splits a text into tokens as the training data were split. @param rule how the text is cut; default: `spec.tokens` */
  tokens(text: string, rule: TaggerRule = this.spec.tokens): string[] {
    return taggerTokens(
      text,
      { ...this.spec, tokens: rule },
      (token) => this.vocabulary?.has(token) ?? false,
    );
  }

  /**
   * Predicts a label for every step of each sequence. A sequence is a list of words or of vectors, or a text, which `tokens`
   * splits. If `spec.multiLabel` is true, a step has a text with all its labels, such as "a,b" or "[]".
   *
   * @throws the errors of `probabilities`
   */
  predict(sentences: readonly (string | readonly Step[])[]): string[][] {
    const sequences = stepsOf("sentences", sentences, this.spec, (text) => this.tokens(text));
    return this.probabilities(sequences).map((rows) => labelsOf(rows, this.tables));
  }
}
