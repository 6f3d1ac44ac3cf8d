import { listed, shown, UnrolledError } from "../../errors.ts";
import { isObject } from "./layer.ts";
import { isOperator, operatorOf } from "./operators.ts";
import { translationOf } from "./table.ts";

/** Maximum number of models and wrappers around a layer. */
const MAX_DEPTH = 16;

/** Options that the translation reads, or that do not change results when a model runs. Others must be off. */
const OPTIONS = new RegExp(
  `^(${[
    ...[
      "name trainable dtype seed batch_size batch_input_shape batch_shape input_shape input_dtype input_length input_dim",
    ],
    ...[
      "\\w+_(initializer|regularizer|constraint) init quantization_config units filters activation recurrent_activation",
    ],
    ...[
      "use_bias unit_forget_bias dropout recurrent_dropout rate noise_shape stddev l1 l2 implementation return_sequences",
    ],
    ...[
      "return_state go_backwards stateful unroll time_major zero_output_for_mask reset_after use_cudnn cell cells layer",
    ],
    ...[
      "backward_layer merge_mode output_dim mask_zero mask_value kernel_size strides padding data_format dilation_rate",
    ],
    ...[
      "groups depth_multiplier rank pool_size keepdims size interpolation cropping axis epsilon center scale momentum",
    ],
    ...[
      "rms_scaling synchronized renorm_momentum max_value negative_slope threshold alpha shared_axes theta target_shape",
    ],
    ...[
      "dims n offset axes normalize use_scale score_mode causal num_heads key_dim value_dim output_shape attention_axes",
    ],
    ...["query_shape key_shape value_shape flash_attention"],
  ]
    .join(" ")
    .replaceAll(" ", "|")})$`,
);

export const isModel = (className: unknown): boolean =>
  className === "Sequential" || className === "Functional" || className === "Model";

const ADVICE: Readonly<Record<string, string>> = {
  Lambda: "holds Python code: replace it by layers or by keras.ops before saving",
};

const isKnown = (className: unknown) =>
  /^(TimeDistributed|StackedRNNCells|(LSTM|GRU|SimpleRNN)Cell)$/.test(String(className)) ||
  translationOf(String(className)) !== undefined;

const isOff = (value: unknown) => value === null || value === undefined || value === false || value === "";

/** Returns the layers of a model: those of a list, or of an object that has them. */
export function layersOf(config: unknown): Record<string, unknown>[] {
  const list = isObject(config) ? config.layers : config;
  const isRight =
    Array.isArray(list) && list.every((layer) => isObject(layer) && typeof layer.class_name === "string");
  if (isRight) return list;
  throw new UnrolledError("ERR_FORMAT", "Keras: a model has no list of layers");
}

/** Returns a layer's name, which Keras 3 and functional models of Keras 2 write beside its options. */
export function nameOf({ name, config, class_name }: Record<string, unknown>): string {
  const own = isObject(config) ? config.name : undefined;
  return String(own ?? name ?? class_name);
}

/** Checks that all layers of a model are known, with all their options. @throws ERR_FORMAT with all that are not */
export function checkLayers(model: Record<string, unknown>): void {
  const problems: string[] = [];
  const visit = (layer: unknown, path: string, depth: number): void => {
    if (depth > MAX_DEPTH) {
      throw new UnrolledError(
        "ERR_FORMAT",
        `Keras: layers are inside of each other more than ${MAX_DEPTH} deep`,
      );
    }
    if (!isObject(layer)) return;
    const { class_name: className, config } = layer;
    const name = path + nameOf(layer);
    const options = isObject(config) ? config : {};
    const report = (problem: string) =>
      problems.push(`${shown(name)} (${shown(String(className)).slice(1, -1)}) ${problem}`);
    if (isModel(className)) {
      for (const inner of layersOf(config)) visit(inner, depth ? `${name}/` : "", depth + 1);
    } else if (isOperator(layer, isKnown(className))) {
      if (!operatorOf(String(className))) report("is an operator that is not known here");
    } else if (className === "InputLayer") {
      for (const key of ["sparse", "ragged"]) if (options[key]) report(`is ${key}`);
    } else if (!isKnown(className)) {
      report(ADVICE[String(className)] ?? "is a layer that is not known here");
    } else {
      const unknown = Object.keys(options).filter((key) => !OPTIONS.test(key) && !isOff(options[key]));
      if (unknown.length) report(`has options that are not known here: ${listed(unknown.map(shown), 5)}`);
      if (isObject(options.dtype) && /^Quantized/.test(String(options.dtype.class_name)))
        report("is quantized");
      for (const inner of [
        options.layer,
        options.backward_layer,
        options.cell,
        ...[options.cells ?? []].flat(),
      ]) {
        visit(inner, `${name}/`, depth + 1);
      }
    }
  };
  visit(model, "", 0);
  if (!problems.length) return;
  throw new UnrolledError(
    "ERR_FORMAT",
    `Keras: ${problems.length} of its layers cannot be run: ${listed(problems, 50)}`,
  );
}
