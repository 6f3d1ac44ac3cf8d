import type { Value } from "../../graph/graph.ts";
import { activationName } from "./activations.ts";
import { type Dims, type Tensor, withMask } from "./builder.ts";
import {
  kindOf,
  lstmStep,
  type Pass,
  type Passed,
  passCell,
  scanSteps,
  statesOf,
  weightsOf,
} from "./cells.ts";
import { convolve, kernelOf, toFirst } from "./convolution.ts";
import { type Argument, isObject, type Layer, type LayerConfig, tensorsIn } from "./layer.ts";

/** Returns the layer that an option describes. */
export function layerIn(value: unknown, refuse: () => never): LayerConfig {
  if (!isObject(value) || typeof value.class_name !== "string" || !isObject(value.config)) return refuse();
  return { className: value.class_name, config: value.config };
}

/** Returns the cells of a layer, in order. */
function cellsOf(layer: Layer): LayerConfig[] {
  if (layer.className !== "RNN") return [{ className: layer.className, config: { ...layer.config } }];
  const cell = layerIn(layer.config.cell, () => layer.refuse("cell", "a cell"));
  if (cell.className !== "StackedRNNCells") return [cell];
  const { cells } = cell.config;
  if (!Array.isArray(cells) || !cells.length) return layer.refuse("cell", "cells");
  return cells.map((one) => layerIn(one, () => layer.refuse("cell", "cells")));
}

/** What a recurrent layer gives. */
interface Result {
  /** The sequence or the last step, and the states if they are wanted. */
  readonly outputs: Tensor[];
  /** Whether `outputs` begins with a sequence, [B, T, ...]. */
  readonly isSequence: boolean;
}

/** The states at the start and at the end of a stateful layer. */
function statesAtStart(layer: Layer, shapes: readonly Dims[]): Tensor[] | undefined {
  const given = statesGiven(layer);
  if (given.length) return given;
  if (!layer.flag("stateful")) return undefined;
  return shapes.map((shape) => layer.b.parameter(shape, "float32"));
}

const statesGiven = (layer: Layer): Tensor[] => {
  const { initial_state } = layer.named;
  return initial_state ? tensorsIn(initial_state) : layer.inputs.slice(1);
};

/** Returns the mask of a pass. Keras 3 does not use the input's if the call has initial states. */
function maskUsed(layer: Layer): Tensor | undefined {
  const isForgotten = layer.isModern && !layer.named.mask && statesGiven(layer).length > 0;
  return isForgotten ? undefined : layer.mask;
}

function keepStates(layer: Layer, start: readonly Tensor[] | undefined, end: readonly Tensor[]): void {
  if (!layer.flag("stateful") || !start || statesGiven(layer).length) return;
  for (const [i, input] of start.entries()) layer.b.keep(input, end[i]!);
}

/**
 * Makes the outputs of a pass.
 *
 * @param isBackward whether it is the second half of a Bidirectional, whose sequence is in the order of time
 */
function results(
  layer: Layer,
  { y, states }: Passed,
  { mask, initial, reverse, repeat, carries }: Pass,
  isBackward: boolean,
): Result {
  const { b } = layer;
  const isSequence = layer.flag("return_sequences");
  const isTimeFirst = layer.flag("time_major");
  let first: Tensor;
  if (isSequence) {
    const ordered = reverse !== isBackward ? b.flip(y, 0) : y;
    first = isTimeFirst ? ordered : b.swap(ordered);
  } else {
    // the last output is not the last state if the last step is masked, and the output there is 0, or none was before
    const isOutput = mask && (!repeat || (initial && !carries));
    first = isOutput ? b.pick(y, 0, reverse ? 0 : -1) : states[0]!;
  }
  return { outputs: [first, ...(layer.flag("return_state") ? states : [])], isSequence };
}

/** Makes the input [T, B, ...] and the mask [T, B] of a pass. */
function passOf(layer: Layer, reverse: boolean, repeat: boolean): Pass {
  const { b } = layer;
  const mask = maskUsed(layer);
  const isTimeFirst = layer.flag("time_major");
  return {
    x: isTimeFirst ? layer.x : b.swap(layer.x),
    mask: mask && !isTimeFirst ? b.swap(mask) : mask,
    ...{ reverse, repeat, carries: layer.version.framework === "tfjs" },
  };
}

/** Runs the layer in its direction. @param isBackward whether it is the second half of a Bidirectional */
function run(layer: Layer, weights: readonly Value[], isBackward: boolean, isZero: boolean): Result {
  if (/^ConvLSTM/.test(layer.className)) return runConvolutional(layer, isBackward, isZero);
  layer.rank(3);
  const cells = cellsOf(layer);
  const pass = passOf(layer, layer.flag("go_backwards"), !isZero);
  const parts = cells.map((cell) => Object.assign(Object.create(layer) as Layer, cell));
  const counts = cells.map(({ className }) => statesOf(className));
  const batch = pass.x.shape[1];
  const shapes = parts.flatMap((part, i) => Array(counts[i]!).fill([batch, part.count("units")]));
  const start = statesAtStart(layer, shapes);
  if (start && start.length !== shapes.length) {
    layer.b.fail(`${start.length} initial states, expected ${shapes.length}`);
  }
  let { x } = pass;
  let [weight, state] = [0, 0];
  const states: Tensor[] = [];
  for (const [i, part] of parts.entries()) {
    const own = weights.slice(weight, weight + weightsOf(part));
    const initial = start?.slice(state, state + counts[i]!);
    const what = parts.length > 1 ? `cell${i}/` : "";
    const passed = passCell(part, kindOf(part.className)!, own, { ...pass, x, initial }, what);
    weight += own.length;
    state += counts[i]!;
    x = passed.y;
    states.push(...passed.states);
  }
  if (weight !== weights.length) layer.b.fail(`${weights.length} weights, expected ${weight}`);
  keepStates(layer, start, states);
  // with several cells, the output is the first state of the last
  const last = states.length - counts.at(-1)!;
  const passed = results(
    layer,
    { y: x, states: states.slice(last) },
    { ...pass, initial: start },
    isBackward,
  );
  return parts.length > 1 && layer.flag("return_state")
    ? { ...passed, outputs: [passed.outputs[0]!, ...states] }
    : passed;
}

/** A ConvLSTM: a Scan whose body convolves the state. */
function runConvolutional(layer: Layer, isBackward: boolean, isZero: boolean): Result {
  const { b } = layer;
  const n = Number(layer.className[8]);
  layer.rank(n + 3);
  const filters = layer.count("filters");
  const isBiased = layer.flag("use_bias", true);
  const size = layer.counts("kernel_size", n);
  const isChannelsFirst = layer.config.data_format === "channels_first";
  const width = layer.width(isChannelsFirst ? 2 : -1);
  const [kernel, recurrent, bias] = layer.weights(
    [...size, width, 4 * filters],
    [...size, filters, 4 * filters],
    isBiased && [4 * filters],
  );
  const pass = passOf(layer, layer.flag("go_backwards"), !isZero);
  // the input's part for all steps at once: [T B, C, ...]
  const { x } = pass;
  const flat = b.reshape(x, [-1, ...b.axes(x, 2)]);
  const convolved = convolve(layer, toFirst(layer, flat), {
    ...{ n, size, weight: kernelOf(layer, "kernel", kernel!), bias },
    padding: layer.choice("padding", ["valid", "same"], "valid"),
  });
  const gates = b.reshape(convolved, [...b.axes(x, 0, 2), ...b.axes(convolved, 1)]);
  const weight = kernelOf(layer, "recurrent_kernel", recurrent!);
  const shape = [gates.shape[1]!, filters, ...gates.shape.slice(3)];
  const start = statesAtStart(layer, [shape, shape]);
  const lengths = [{ of: gates, axis: 1 }, filters, ...b.axes(gates, 3)];
  const initial = start ?? [0, 0].map(() => b.fill(0, lengths));
  const gate = activationName(layer, "recurrent_activation", layer.isModern ? "sigmoid" : "hard_sigmoid");
  const act = activationName(layer, "activation", "tanh");
  const passed = scanSteps(layer, { ...pass, x: gates }, initial, (body, now, [h, c]) => {
    const pads = size.map((k) => Math.floor((k - 1) / 2));
    const sum = body.add("Conv", [h!, weight], now.shape, {
      kernel_shape: size,
      pads: [...pads, ...size.map((k, i) => k - 1 - pads[i]!)],
    });
    return lstmStep({ b: body, isModern: layer.isModern }, body.combine("Add", now, sum), c!, gate, act);
  });
  keepStates(layer, start, passed.states);
  const last = (tensor: Tensor, from: number) =>
    isChannelsFirst
      ? tensor
      : b.transpose(tensor, [...tensor.shape.keys()].filter((axis) => axis !== from).concat(from));
  const { outputs, isSequence } = results(layer, passed, { ...pass, initial: start }, isBackward);
  return {
    outputs: outputs.map((output, i) => last(output, isSequence && i === 0 ? 2 : 1)),
    isSequence,
  };
}

/** LSTM, GRU, SimpleRNN, CuDNNLSTM, CuDNNGRU, RNN of cells, ConvLSTM1D and ConvLSTM2D. */
export function recurrent(layer: Layer): Tensor[] {
  const isConvolutional = layer.className.startsWith("ConvLSTM");
  const weights = isConvolutional ? [] : layer.allWeights();
  const { outputs, isSequence } = run(
    layer,
    weights,
    false,
    layer.flag("zero_output_for_mask") && layer.version.framework === "keras",
  );
  return [withMask(outputs[0]!, isSequence ? layer.mask : undefined), ...outputs.slice(1)];
}

/** The name of the layer inside, as `Bidirectional` calls it. */
const directed = (direction: string, { config }: LayerConfig) =>
  `${direction}_${String(config.name ?? "layer").replace(/^(forward|backward)_/, "")}`;

/** Runs a layer in both directions. */
export function bidirectional(layer: Layer): Tensor[] {
  const { b, config, mask } = layer;
  const forward = layerIn(config.layer, () => layer.refuse("layer", "a layer"));
  const given = config.backward_layer;
  const backward = given
    ? layerIn(given, () => layer.refuse("backward_layer", "a layer"))
    : { ...forward, config: { ...forward.config, go_backwards: !forward.config.go_backwards } };
  const names = [directed("forward", forward), directed("backward", backward)];
  const states = statesGiven(layer);
  const used = maskUsed(layer);
  const half = states.length / 2;
  const halves = [forward, backward].map((one, i) => {
    const initial: Argument = states.length ? states.slice(i * half, (i + 1) * half) : undefined;
    const inner = layer.inner(one, names[i]!, [withMask(layer.x, undefined)], {
      mask: used,
      initial_state: initial,
    });
    // tf.keras and Keras 3 force it; Keras 2 without TensorFlow and TF.js do not know it
    const isForced = layer.version.framework === "keras" && (layer.isModern || "time_major" in one.config);
    const isZero = isForced && inner.flag("return_sequences");
    const isConvolutional = one.className.startsWith("ConvLSTM");
    const result = run(inner, isConvolutional ? [] : inner.allWeights(), i === 1, isZero);
    layer.back();
    return result;
  });
  const [one, other] = halves as [Result, Result];
  const [y, reversed] = [one.outputs[0]!, other.outputs[0]!];
  const mode = config.merge_mode === undefined ? "concat" : config.merge_mode;
  const merged = ((): Tensor[] => {
    if (mode === "concat") return [b.concat([y, reversed], -1)];
    if (mode === "sum") return [b.combine("Add", y, reversed)];
    if (mode === "mul") return [b.combine("Mul", y, reversed)];
    if (mode === "ave") return [b.combine("Mul", b.combine("Add", y, reversed), 0.5)];
    return mode === null ? [y, reversed] : layer.refuse("merge_mode", "concat, sum, mul, ave or null");
  })();
  const masked = merged.map((tensor) => withMask(tensor, one.isSequence ? mask : undefined));
  return [...masked, ...one.outputs.slice(1), ...other.outputs.slice(1)];
}
