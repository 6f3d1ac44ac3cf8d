import type { Value } from "../../graph/graph.ts";
import { activate, activationName, hardSigmoidSlope, type Place } from "./activations.ts";
import { computed, floats } from "./arrays.ts";
import { Builder, type Tensor } from "./builder.ts";
import { checkShape, type Layer } from "./layer.ts";

/** How the steps of a sequence are gone through. All is [T, B, ...]. */
export interface Pass {
  readonly x: Tensor;
  readonly mask?: Tensor | undefined;
  /** The states at the start, [B, H]; default 0. */
  readonly initial?: readonly Tensor[] | undefined;
  readonly reverse: boolean;
  /** Whether outputs of masked steps repeat the one before. Else they are 0. */
  readonly repeat: boolean;
  /** Whether outputs before the first step that counts are the initial state, as in TF.js. Else they are 0. */
  readonly carries: boolean;
}

/** The output of every step, [T, B, H], in the order of time, and the states at the end, [B, H]. */
export interface Passed {
  readonly y: Tensor;
  readonly states: readonly Tensor[];
}

/** The kinds of cells: how many blocks their weights have, and how many states. */
const KINDS = {
  SimpleRNN: { op: "RNN", blocks: 1, states: 1 },
  GRU: { op: "GRU", blocks: 3, states: 1 },
  LSTM: { op: "LSTM", blocks: 4, states: 2 },
} as const;

type Kind = keyof typeof KINDS;

/** Returns the kind of LSTM, LSTMCell, CuDNNLSTM and so on. */
export const kindOf = (className: string): Kind | undefined => {
  const name = className.replace(/^CuDNN|Cell$/g, "");
  return Object.hasOwn(KINDS, name) ? (name as Kind) : undefined;
};

export const statesOf = (className: string): number => KINDS[kindOf(className)!].states;

/** Activations that nodes of cells have, with their parameters in ONNX. */
const FUNCTIONS: Readonly<Record<string, (place: Place) => [string, alpha?: number, beta?: number]>> = {
  tanh: () => ["Tanh"],
  sigmoid: () => ["Sigmoid"],
  relu: () => ["Relu"],
  linear: () => ["Affine", 1, 0],
  hard_sigmoid: (layer) => ["HardSigmoid", hardSigmoidSlope(layer), 0.5],
  elu: () => ["Elu", 1],
  leaky_relu: () => ["LeakyRelu", 0.2],
  softsign: () => ["Softsign"],
  softplus: () => ["Softplus"],
};

/** A cell's options and weights, in Keras' layout. */
interface Cell {
  readonly kind: Kind;
  readonly units: number;
  readonly activation: string;
  readonly gateActivation: string;
  readonly resetAfter: boolean;
  /** [I, blocks * H] */
  readonly kernel: Value;
  /** [H, blocks * H] */
  readonly recurrent: Value;
  /** [blocks * H] or [2, blocks * H], the input's and the state's. Undefined for 0. */
  readonly bias: Value | undefined;
}

/** Returns the number of arrays that a cell's weights are. */
export const weightsOf = (layer: Layer): number =>
  layer.className.startsWith("CuDNN") || layer.flag("use_bias", true) ? 3 : 2;

function cellOf(layer: Layer, kind: Kind, weights: readonly Value[], width: number): Cell {
  const { blocks } = KINDS[kind];
  const units = layer.count("units");
  const isCudnn = layer.className.startsWith("CuDNN");
  const oldGates = layer.isModern || isCudnn ? "sigmoid" : "hard_sigmoid";
  const bias = weights[2];
  const size = blocks * units;
  if (weights.length !== weightsOf(layer)) {
    layer.b.fail(`${weights.length} weights, expected ${weightsOf(layer)}`);
  }
  checkShape(layer, 0, weights[0]!.shape, [width, size]);
  checkShape(layer, 1, weights[1]!.shape, [units, size]);
  // CuDNN's layers have two biases and gates of another layout, also if the file calls the layer LSTM or GRU
  const hasCudnnWeights = kind !== "SimpleRNN" && bias?.shape.length === 1 && bias.shape[0] === 2 * size;
  const resetAfter =
    kind === "GRU" && (isCudnn || hasCudnnWeights || layer.flag("reset_after", layer.isModern));
  if (bias && !hasCudnnWeights) checkShape(layer, 2, bias.shape, resetAfter ? [2, size] : [size]);
  return {
    ...{ kind, units, resetAfter },
    activation: activationName(layer, "activation", "tanh"),
    gateActivation: kind === "SimpleRNN" ? "linear" : activationName(layer, "recurrent_activation", oldGates),
    kernel: hasCudnnWeights ? fromCudnn(weights[0]!, blocks, false) : weights[0]!,
    recurrent: hasCudnnWeights ? fromCudnn(weights[1]!, blocks, true) : weights[1]!,
    bias: bias && hasCudnnWeights ? floats([2, size], Float32Array.from(bias.data)) : bias,
  };
}

/**
 * Turns kernels of CuDNN into those of other cells: the state's gates are transposed, and the input's have their numbers in the
 * order of the transposed matrix (`preprocess_weights_for_loading` in Keras 2).
 */
function fromCudnn({ shape, data }: Value, blocks: number, isRecurrent: boolean): Value {
  const [rows, columns] = shape as [number, number];
  const units = columns / blocks;
  return computed(shape, (i) => {
    const [row, block, unit] = [Math.floor(i / columns), Math.floor((i % columns) / units), i % units];
    const flat = unit * rows + row; // the place in the gate's own matrix
    const [r, c] = isRecurrent ? [unit, row] : [Math.floor(flat / units), flat % units];
    return data[r * columns + block * units + c]!;
  });
}

/** Goes through a sequence with a cell. @param width the input's numbers in a step */
export function passCell(
  layer: Layer,
  kind: Kind,
  weights: readonly Value[],
  pass: Pass,
  what: string,
): Passed {
  const cell = cellOf(layer, kind, weights, pass.x.shape.at(-1)!);
  const names = kind === "SimpleRNN" ? [cell.activation] : [cell.gateActivation, cell.activation];
  const fits =
    names.every((name) => Object.hasOwn(FUNCTIONS, name)) && !(pass.carries && pass.mask && pass.initial);
  return fits ? node(layer, cell, pass, what) : scan(layer, cell, pass, what);
}

/** ONNX's order of Keras' blocks: i, f, c, o become i, o, f, c. */
const ORDER = { SimpleRNN: [0], GRU: [0, 1, 2], LSTM: [0, 3, 1, 2] };

/** Adds an RNN, GRU or LSTM node. */
function node(layer: Layer, cell: Cell, { x, mask, initial, reverse, repeat }: Pass, what: string): Passed {
  const { b } = layer;
  const { kind, units } = cell;
  const { op, blocks, states } = KINDS[kind];
  const size = blocks * units;
  const gates = ({ shape, data }: Value): Value =>
    computed([1, size, shape[0]!], (i) => {
      const [row, column] = [Math.floor(i / shape[0]!), i % shape[0]!];
      return data[column * size + ORDER[kind][Math.floor(row / units)]! * units + (row % units)]!;
    });
  const biases = ({ data }: Value): Value =>
    computed([1, 2 * size], (i) => {
      const row = i % size;
      const from = ORDER[kind][Math.floor(row / units)]! * units + (row % units) + (i < size ? 0 : size);
      return data[from] ?? 0;
    });

  const functions = (
    kind === "SimpleRNN"
      ? [cell.activation]
      : kind === "GRU"
        ? [cell.gateActivation, cell.activation]
        : [cell.gateActivation, cell.activation, cell.activation]
  ).map((name) => FUNCTIONS[name]!(layer));
  const alpha = functions.flatMap(([, value]) => value ?? []);
  const beta = functions.flatMap(([, , value]) => value ?? []);
  const [steps, batch] = x.shape as [number, number];
  const inputs = [
    x,
    b.weight(`${what}kernel`, () => gates(cell.kernel)),
    b.weight(`${what}recurrent_kernel`, () => gates(cell.recurrent)),
    cell.bias && b.weight(`${what}bias`, () => biases(cell.bias!)),
    undefined,
    ...Array.from({ length: states }, (_, i) => initial?.[i] && b.unsqueeze(initial[i], 0)),
    ...(kind === "LSTM" ? [undefined] : []),
    mask,
  ];
  while (!inputs.at(-1)) inputs.pop();
  const last = [1, batch, units];
  const [y, ...ends] = b.addAll(
    op,
    inputs,
    [[steps, 1, batch, units], ...Array.from({ length: states }, () => last)],
    {
      hidden_size: units,
      direction: reverse ? "reverse" : "forward",
      activations: functions.map(([name]) => name),
      ...(alpha.length && { activation_alpha: alpha }),
      ...(beta.length && { activation_beta: beta }),
      ...(cell.resetAfter && { linear_before_reset: 1 }),
      ...(mask && repeat && { masked: "repeat" }),
    },
  );
  return { y: b.squeeze(y!, 1), states: ends.map((end) => b.squeeze(end, 0)) };
}

/** Computes a step: the states after it, the output first. */
type Step = (body: Builder, x: Tensor, states: readonly Tensor[]) => Tensor[];

/** Goes through a sequence with the body of a Scan node. */
export function scanSteps(
  { b }: Layer,
  { x, mask, reverse, repeat, carries }: Pass,
  initial: readonly Tensor[],
  step: Step,
): Passed {
  const body = new Builder(b);
  const stepOf = ({ shape, dtype }: Tensor) => body.parameter(shape.slice(1), dtype);
  const states = initial.map(({ shape, dtype }) => body.parameter(shape, dtype));
  const hidden = states[0]!.shape;
  const before = mask && repeat ? [body.parameter(hidden, "float32")] : [];
  const now = stepOf(x);
  const counts = mask && stepOf(mask);
  let next = step(body, now, states);
  let y = next[0]!;
  if (counts) {
    let wide = counts;
    while (wide.shape.length < hidden.length) wide = body.unsqueeze(wide, wide.shape.length);
    next = next.map((state, i) => body.where(wide, state, states[i]!));
    y = body.where(wide, y, before[0] ?? 0);
  }
  // a value is an output once
  const outputs = [...next, ...(before.length ? [y] : []), y].map((value) =>
    body.add("Identity", [value], value.shape),
  );
  const inputs = [...states, ...before, now, ...(counts ? [counts] : [])];
  const zero = before.map(() => (carries ? initial[0]! : b.fill(0, b.axes(initial[0]!))));
  const scanned = counts ? 2 : 1;
  const carried = initial.length + before.length;
  const ends = b.addAll(
    "Scan",
    [...initial, ...zero, x, ...(mask ? [mask] : [])],
    [...next.map(({ shape }) => shape), ...before.map(() => hidden), [x.shape[0]!, ...hidden]],
    {
      body: body.body(inputs, outputs),
      num_scan_inputs: scanned,
      scan_input_directions: Array.from({ length: scanned }, () => Number(reverse)),
      scan_output_directions: [Number(reverse)],
    },
    "float32",
  );
  return { y: ends[carried]!, states: ends.slice(0, initial.length) };
}

/** Computes an LSTM's step from the sum of its gates i, f, c, o, which lie side by side on axis 1. */
export function lstmStep(place: Place, sum: Tensor, memory: Tensor, gate: string, act: string): Tensor[] {
  const body = place.b;
  const [i, f, c, o] = body.split(sum, 1, 4);
  const kept = body.combine("Mul", activate(place, gate, f!), memory);
  const added = body.combine("Mul", activate(place, gate, i!), activate(place, act, c!));
  const next = body.combine("Add", kept, added);
  return [body.combine("Mul", activate(place, gate, o!), activate(place, act, next)), next];
}

/** Adds a Scan node, for activations that nodes of cells do not have. */
function scan(layer: Layer, cell: Cell, pass: Pass, what: string): Passed {
  const { b } = layer;
  const { kind, units, gateActivation, activation, resetAfter, bias } = cell;
  const size = KINDS[kind].blocks * units;
  const row = (i: number): Value =>
    floats([size], Float32Array.from(bias!.data.subarray(i * size, (i + 1) * size)));
  const isPair = bias && bias.data.length > size;
  const recurrent = b.weight(`${what}recurrent_kernel`, () => cell.recurrent);
  let x = b.multiply(
    pass.x,
    b.weight(`${what}kernel`, () => cell.kernel),
  );
  if (bias)
    x = b.combine(
      "Add",
      x,
      b.weight(`${what}bias`, () => row(0)),
    );
  const stateBias = isPair && b.weight(`${what}recurrent_bias`, () => row(1));
  const shape: readonly [{ of: Tensor; axis: number }, number] = [{ of: x, axis: 1 }, units];
  const initial = pass.initial ?? Array.from({ length: KINDS[kind].states }, () => b.fill(0, shape));

  return scanSteps(layer, { ...pass, x }, initial, (body, now, [h, c]) => {
    const place = { b: body, isModern: layer.isModern };
    const act = (name: string, value: Tensor) => activate(place, name, value);
    const withBias = (value: Tensor) => (stateBias ? body.combine("Add", value, stateBias) : value);
    if (kind === "GRU" && !resetAfter) {
      const cut = (from: number, to: number) => body.slice(recurrent, 1, from * units, to * units);
      const [xz, xr, xh] = body.split(now, 1, 3);
      const z = act(gateActivation, body.combine("Add", xz!, body.multiply(h!, cut(0, 1))));
      const r = act(gateActivation, body.combine("Add", xr!, body.multiply(h!, cut(1, 2))));
      const reset = body.multiply(body.combine("Mul", r, h!), cut(2, 3));
      return [mix(body, z, h!, act(activation, body.combine("Add", xh!, reset)))];
    }
    const product = withBias(body.multiply(h!, recurrent));
    if (kind === "GRU") {
      const [xz, xr, xh] = body.split(now, 1, 3);
      const [hz, hr, hh] = body.split(product, 1, 3);
      const z = act(gateActivation, body.combine("Add", xz!, hz!));
      const r = act(gateActivation, body.combine("Add", xr!, hr!));
      return [mix(body, z, h!, act(activation, body.combine("Add", xh!, body.combine("Mul", r, hh!))))];
    }
    const sum = body.combine("Add", now, product);
    if (kind === "SimpleRNN") return [act(activation, sum)];
    return lstmStep(place, sum, c!, gateActivation, activation);
  });
}

/** z h + (1 - z) n */
function mix(body: Builder, z: Tensor, h: Tensor, n: Tensor): Tensor {
  const others = body.combine("Sub", body.scalar(1), z);
  return body.combine("Add", body.combine("Mul", z, h), body.combine("Mul", others, n));
}
