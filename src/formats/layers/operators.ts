import { activate } from "./activations.ts";
import type { Tensor } from "./builder.ts";
import { type Argument, isObject, isTensor, type Layer } from "./layer.ts";

type Operator = (layer: Layer) => Tensor;

/** Returns an argument as a tensor: numbers become constants of the type of the other. */
function operand(layer: Layer, i: number, name: string): Tensor {
  const value = layer.args[i] ?? layer.named[name];
  if (isTensor(value)) return value;
  const other = layer.inputs[0];
  if (typeof value !== "number" && typeof value !== "boolean")
    return layer.b.fail(`argument ${i + 1} is missing`);
  const isInteger = other && !other.dtype.startsWith("float") && Number.isInteger(Number(value));
  return layer.b.scalar(Number(value), isInteger ? other.dtype : "float32");
}

/** Returns an option: of the operator, or of its call. */
const option = (layer: Layer, key: string, i: number): Argument =>
  (layer.config[key] ?? layer.named[key] ?? layer.args[i]) as Argument;

const isComparison = /^(Equal|Less|Greater|And|Or)/;

const binary =
  (op: string, isInverted = false): Operator =>
  (layer) => {
    const { b } = layer;
    let [x, y] = [operand(layer, 0, "x1"), operand(layer, 1, "x2")];
    if (x.dtype !== y.dtype) [x, y] = [b.cast(x, "float32"), b.cast(y, "float32")];
    const z = b.combine(op, x, y, isComparison.test(op) ? "bool" : undefined);
    return isInverted ? b.not(z) : z;
  };

const unary =
  (op: string): Operator =>
  (layer) =>
    layer.b.add(op, [layer.x]);

/** Returns the axes of an operator; default all. */
function axesOf(layer: Layer, i = 1): number[] {
  const axis = option(layer, "axis", i);
  const all = layer.x.shape.map((_, k) => k);
  return axis === null || axis === undefined ? all : [axis].flat().map((one) => layer.axis(one));
}

const reduced =
  (op: string): Operator =>
  (layer) =>
    layer.b.reduce(op, layer.x, axesOf(layer), option(layer, "keepdims", 2) === true);

const anyOrAll =
  (op: string): Operator =>
  (layer) =>
    layer.b.any(layer.x, axesOf(layer), option(layer, "keepdims", 2) === true, op);

/** Returns the type that an operator's option names. */
function dtypeOf({ b, config, named, args, x }: Layer): Tensor["dtype"] {
  const dtype = config.dtype ?? named.dtype ?? args[1] ?? x.dtype;
  return /^(float32|int32|int64|bool)$/.test(String(dtype))
    ? (dtype as Tensor["dtype"])
    : b.fail(`dtype is ${String(dtype)}`);
}

const filled =
  (value: number): Operator =>
  (layer) =>
    layer.b.fill(value, layer.b.axes(layer.x), dtypeOf(layer));

const listOf = (layer: Layer, key: string, i: number): number[] => {
  const list = [option(layer, key, i)].flat();
  const isRight = list.every((n) => Number.isSafeInteger(n));
  return isRight ? (list as number[]) : layer.b.fail(`${key} must be known numbers`);
};

/** x[...]: slices, numbers, None and `...`, as Keras 3 writes them. */
function getItem(layer: Layer): Tensor {
  const { b } = layer;
  const key = layer.args[1] ?? layer.named.key;
  const entries = Array.isArray(key) ? (key as readonly Argument[]) : [key];
  const nameOf = (entry: Argument) => (isObject(entry) ? entry.class_name : undefined);
  const count = entries.filter((entry) => entry !== null && nameOf(entry) !== "__ellipsis__").length;
  let x = layer.x;
  let axis = 0;
  for (const entry of entries) {
    if (nameOf(entry) === "__ellipsis__") axis += layer.x.shape.length - count;
    else if (entry === null) x = b.unsqueeze(x, axis++);
    else if (typeof entry === "number") x = b.pick(x, layer.axis(axis, x.shape.length), entry);
    else if (nameOf(entry) === "__slice__") {
      const {
        start = null,
        stop = null,
        step = null,
      } = (entry as unknown as { config: Record<string, number | null> }).config;
      const isRight = [start, stop, step].every((n) => n === null || Number.isSafeInteger(n)) && step !== 0;
      if (!isRight) b.fail("a slice must have known bounds");
      if (start !== null || stop !== null || step !== null) {
        x = b.slice(x, layer.axis(axis, x.shape.length), start, stop, step ?? 1);
      }
      axis++;
    } else b.fail("an index must be a known number or slice");
  }
  return x;
}

/** Operators of two and of one tensor that ONNX has too, by their names in Keras and there. */
const BINARY: Readonly<Record<string, string>> = {
  ...{ Add: "Add", Subtract: "Sub", Multiply: "Mul", Divide: "Div", TrueDivide: "Div", Power: "Pow" },
  ...{
    Maximum: "Max",
    Minimum: "Min",
    Equal: "Equal",
    NotEqual: "Equal",
    LogicalAnd: "And",
    LogicalOr: "Or",
  },
  ...{ Less: "Less", LessEqual: "LessOrEqual", Greater: "Greater", GreaterEqual: "GreaterOrEqual" },
};
const UNARY: Readonly<Record<string, string>> = {
  ...{
    LogicalNot: "Not",
    Negative: "Neg",
    Absolute: "Abs",
    Exp: "Exp",
    Log: "Log",
    Sqrt: "Sqrt",
    Tanh: "Tanh",
  },
  ...{ Sigmoid: "Sigmoid", Relu: "Relu", Softplus: "Softplus" },
};

/** Other operators of Keras 3 (keras.io/api/ops) that functional models have as nodes. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ["Square", ({ b, x }) => b.combine("Mul", x, x)],
  ["Silu", (layer) => activate(layer, "silu", layer.x)],
  [
    "Softmax",
    (layer) =>
      layer.b.add("Softmax", [layer.x], layer.x.shape, {
        axis: layer.axis(option(layer, "axis", 1) ?? -1),
      }),
  ],
  ["Mean", reduced("ReduceMean")],
  ["Sum", reduced("ReduceSum")],
  ["Max", reduced("ReduceMax")],
  ["Min", reduced("ReduceMin")],
  ["Any", anyOrAll("ReduceMax")],
  ["All", anyOrAll("ReduceMin")],
  [
    "Matmul",
    ({ b, inputs: [x, y] }) => {
      if (!x || !y || x.shape.length < 2 || y.shape.length < 2) return b.fail("it needs two matrices");
      return b.multiply(x, y);
    },
  ],
  ["GetItem", getItem],
  [
    "Reshape",
    (layer) =>
      layer.b.reshape(
        layer.x,
        // a batch that was free when the model was made is None, or -1 as the first of several
        [option(layer, "newshape", 1)]
          .flat()
          .map((n, i) => (typeof n === "number" && !(i === 0 && n === -1) ? n : { of: layer.x, axis: i })),
      ),
  ],
  [
    "Transpose",
    (layer) => {
      const axes = option(layer, "axes", 1)
        ? listOf(layer, "axes", 1)
        : layer.x.shape.map((_, i) => i).reverse();
      return layer.b.transpose(
        layer.x,
        axes.map((axis) => layer.axis(axis)),
      );
    },
  ],
  [
    "ExpandDims",
    (layer) => {
      const axes = listOf(layer, "axis", 1).map((axis) => layer.axis(axis, layer.x.shape.length + 1));
      return layer.b.unsqueeze(layer.x, ...axes);
    },
  ],
  [
    "Squeeze",
    (layer) =>
      listOf(layer, "axis", 1)
        .map((axis) => layer.axis(axis))
        .sort((m, n) => n - m)
        .reduce((x, axis) => layer.b.squeeze(x, axis), layer.x),
  ],
  ["Concatenate", (layer) => layer.b.concat(layer.inputs, layer.axis(option(layer, "axis", 1) ?? -1))],
  [
    "Stack",
    (layer) => {
      const axis = layer.axis(option(layer, "axis", 1) ?? 0, layer.x.shape.length + 1);
      return layer.b.concat(
        layer.inputs.map((x) => layer.b.unsqueeze(x, axis)),
        axis,
      );
    },
  ],
  ["Cast", (layer) => layer.b.cast(layer.x, dtypeOf(layer))],
  ["ZerosLike", filled(0)],
  ["OnesLike", filled(1)],
  ["Flip", (layer) => axesOf(layer).reduce((x, axis) => layer.b.flip(x, axis), layer.x)],
  [
    "Where",
    (layer) => {
      const [condition, x, y] = [0, 1, 2].map((i) => operand(layer, i, ["condition", "x1", "x2"][i]!)) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      return layer.b.where(
        layer.b.cast(condition, "bool"),
        layer.b.cast(x, "float32"),
        layer.b.cast(y, "float32"),
      );
    },
  ],
]);

export function operatorOf(name: string): Operator | undefined {
  if (Object.hasOwn(BINARY, name)) return binary(BINARY[name]!, name === "NotEqual");
  return Object.hasOwn(UNARY, name) ? unary(UNARY[name]!) : OPERATORS.get(name);
}

/**
 * Whether a node is an operator and not a layer: both may be called `Add`. Files of `.h5` do not tell; there, operators have their tensors
 * one by one, and no list of them.
 */
export function isOperator(
  { module, class_name: className, config }: Readonly<Record<string, unknown>>,
  isLayer: boolean,
  args: readonly Argument[] = [],
): boolean {
  if (typeof module === "string") return module.startsWith("keras.src.ops");
  if (!operatorOf(String(className))) return false;
  const hasOptions = isObject(config) && "newshape" in config;
  return !isLayer || hasOptions || (isTensor(args[0]) && Object.hasOwn(BINARY, String(className)));
}
