import { checkOptions, checkThat } from "../../checks.ts";
import type { TaskModel } from "../../network/model.ts";
import type { Linear } from "../../nn/linear.ts";
import { checkWritten, type Refuse, type WrittenModel } from "../network-fields.ts";
import { type KerasWeight, kerasCell } from "./export-cells.ts";
import { described, KerasLayers } from "./export-layers.ts";
import { addRows } from "./export-rows.ts";

/** Maximum number of symbols that are written as one-hot vectors: their table has the square of it. */
const MAX_ONE_HOT = 2048;

/** Options of {@link exportKeras}. */
export interface KerasExportOptions {
  /**
   * Whether the output layer of a model with tied weights gets a copy of the embedding, since Keras' layers do not share weights. The
   * outputs are the same, but further training changes each on its own. Default false: such models are refused.
   */
  untie?: boolean;
}

/** A model as Keras reads it. */
export interface KerasExport {
  /** The contents of a `.h5` file with weights and architecture: `keras.models.load_model("model.h5")`. */
  readonly weights: Uint8Array<ArrayBuffer>;
  /** The architecture alone as JSON, for `keras.models.model_from_json`, then `model.load_weights("model.h5")`. */
  readonly config: string;
}

/** Returns the weights of a linear layer as Keras has them: a kernel [in, out] and a bias. */
function turned({
  weight,
  bias,
}: Linear): [kernel: Float32Array, bias: Float32Array | undefined, units: number] {
  const [units = 0, inputs = 0] = weight.shape;
  const kernel = new Float32Array(weight.size);
  for (let o = 0; o < units; o++) {
    for (let i = 0; i < inputs; i++) kernel[i * units + o] = weight.data[o * inputs + i]!;
  }
  return [kernel, bias?.data.slice() as Float32Array | undefined, units];
}

function diagonal(numbers: readonly number[]): Float32Array {
  const matrix = new Float32Array(numbers.length ** 2);
  for (const [i, value] of numbers.entries()) matrix[i * (numbers.length + 1)] = value;
  return matrix;
}

/** Adds the input of a model that reads tokens or vectors. @returns the layer whose output the recurrent layers read */
function addInput(
  layers: KerasLayers,
  { spec, tables, embedding, rnn }: WrittenModel,
  refuse: Refuse,
): string {
  if (spec.features) {
    const { mean, deviation } = tables.scaling as { mean: readonly number[]; deviation: readonly number[] };
    const x = layers.input("features", "float32", null, spec.features);
    const shift = Float32Array.from(mean, (value, i) => -value / deviation[i]!);
    const scale = diagonal(deviation.map((value) => 1 / value));
    return layers.dense("scaling", x, scale, shift, spec.features, { trainable: false });
  }
  const x = layers.input("tokens", "int32", null);
  const table = (name: string, data: Float32Array, size: readonly number[], trainable: boolean) => {
    const [input_dim, output_dim] = size;
    const weights = [{ name: "embeddings", shape: size, data }];
    return layers.add(
      "Embedding",
      name,
      { input_dim, output_dim, mask_zero: false, trainable },
      [x],
      weights,
    );
  };
  if (embedding) {
    const { weight } = embedding;
    return table("embedding", weight.data.slice() as Float32Array, weight.shape, !spec.freezeVectors);
  }
  const V = rnn.inputSize;
  if (V > MAX_ONE_HOT)
    refuse("embedding", `so that symbols are vectors of ${V} numbers, expected at most ${MAX_ONE_HOT}`);
  return table("one_hot", diagonal(new Array(V).fill(1)), [V, V], false);
}

/** Adds the recurrent layers. @param sequence whether the output has all steps @returns the name of the last */
function addStack(
  layers: KerasLayers,
  x: string,
  { spec, rnn }: WrittenModel,
  sequence: boolean,
  refuse: Refuse,
): string {
  const cell = kerasCell(spec, refuse);
  const D = rnn.directions;
  let y = addDropout(layers, "input_dropout", x, spec.inputDropout, spec.variationalDropout);
  for (let l = 0; l < spec.layers; l++) {
    if (l) y = addDropout(layers, `dropout_${l - 1}`, y, spec.dropout, spec.variationalDropout);
    const config = { ...cell.config, return_sequences: sequence || l < spec.layers - 1 };
    const directions = rnn.layers.slice(l * D, (l + 1) * D).map((own) => cell.weights(own));
    if (D === 1) {
      y = layers.add(cell.className, `rnn_${l}`, config, [y], directions[0]);
      continue;
    }
    const inner = (direction: string) => `${direction}_rnn_${l}`;
    const weights = ["forward", "backward"].flatMap((direction, d) =>
      directions[d]!.map(
        (weight): KerasWeight => ({ ...weight, name: `${inner(direction)}/${weight.name}` }),
      ),
    );
    const layer = described(cell.className, { name: `rnn_${l}`, ...config });
    y = layers.add("Bidirectional", `bidirectional_${l}`, { merge_mode: "concat", layer }, [y], weights);
  }
  return y;
}

function addDropout(
  layers: KerasLayers,
  name: string,
  x: string,
  rate: number,
  variational: boolean,
): string {
  return rate ? layers.add(variational ? "SpatialDropout1D" : "Dropout", name, { rate }, [x]) : x;
}

const POOLINGS = {
  mean: [["GlobalAveragePooling1D", "mean"]],
  max: [["GlobalMaxPooling1D", "max"]],
  "mean+max": [
    ["GlobalAveragePooling1D", "mean"],
    ["GlobalMaxPooling1D", "max"],
  ],
} as const;

function addPooling(layers: KerasLayers, x: string, pooling: keyof typeof POOLINGS | "last"): string {
  if (pooling === "last") return x;
  const parts = POOLINGS[pooling].map(([className, name]) => layers.add(className, name, {}, [x]));
  return parts.length > 1 ? layers.add("Concatenate", "pooling", { axis: -1 }, parts) : parts[0]!;
}

/**
 * Writes a language model, classifier, tagger or forecaster as a `.h5` file of Keras. Keras 3 reads this layout of Keras 2 too, and it
 * holds the architecture. Batch and time are free, and all sequences of a call have the same length.
 *
 * | task | input | output |
 * |---|---|---|
 * | language-model | ids of the vocabulary, `tokens` [batch, time] | probabilities [batch, time, symbols] |
 * | classifier | `tokens`, or `features` [batch, time, features], not scaled | probabilities [batch, labels] |
 * | tagger | as a classifier | probabilities [batch, time, labels] |
 * | forecaster | `rows` [batch, time, columns], in their units | forecasts [batch, time, leads * targets], in their units |
 *
 * @throws ERR_VALUE if Keras' layers cannot say it: another task, `peepholes`, `gateNorm`, `gateClip`, `norm`, `connections` other than
 *   plain, a forget gate that is not its own, a GRU without reset gate, activations that Keras lacks, `characters`, an adaptive
 *   softmax, `zeroStart`, tied weights without `untie`; also if an option is unknown
 */
export function exportKeras(given: TaskModel, options: KerasExportOptions = {}): KerasExport {
  const { untie = false } = checkOptions("exportKeras", options, "untie");
  checkThat("exportKeras: untie", untie, typeof untie === "boolean", "true or false");
  const { model, refuse } = checkWritten(
    "exportKeras",
    "Keras",
    given,
    ["language-model", "classifier", "tagger", "forecaster"],
    ["activations", "resetAfter", "resetGate", "forgetGate", "tied"],
  );
  const { spec, head } = model;
  const { task, dropout, variationalDropout, headActivation, multiLabel } = spec;
  if (spec.tied && !untie) {
    refuse("tied", "but Keras' layers share no weights; with the option untie, the output layer gets a copy");
  }
  const layers = new KerasLayers();
  const rows = task === "forecaster" ? addRows(layers, model) : undefined;
  const x = rows ? rows.x : addInput(layers, model, refuse);
  const pooling = task === "classifier" ? spec.pooling! : undefined;
  const sequence = addStack(layers, x, model, pooling !== "last", refuse);
  let y = pooling ? addPooling(layers, sequence, pooling) : sequence;
  y = addDropout(layers, "output_dropout", y, dropout, variationalDropout && !pooling);
  for (const [i, layer] of head.hidden.entries()) {
    y = layers.dense(`hidden_${i}`, y, ...turned(layer), { activation: headActivation });
  }
  const activation = rows ? "linear" : multiLabel ? "sigmoid" : "softmax";
  y = layers.dense("head", y, ...turned(head), { activation });
  return layers.write(rows ? rows.decode(y) : y);
}
