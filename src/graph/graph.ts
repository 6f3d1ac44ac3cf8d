/**
 * The form that models of other frameworks have in between: nodes with the names, attributes and inputs of ONNX's operators in
 * opset 21 (github.com/onnx/onnx/blob/main/docs/Operators.md). Readers (src/formats) turn older versions and other frameworks'
 * layers into these.
 *
 * LSTM, GRU and RNN have one input more than in ONNX, behind its last: `mask`, [T, B], bool. In a step whose mask is false, a sequence
 * keeps its states. Its output there is 0, or the output of the step before (0 before the first) if the attribute `masked` is `repeat`.
 */

/** The types of elements. */
export const ELEMENT_TYPES = [
  ...["float32", "float16", "bfloat16", "float64"],
  ...["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "bool"],
] as const;

/** The type of the numbers of a value, such as `float32` or `int64`. */
export type ElementType = (typeof ELEMENT_TYPES)[number];

/** The types of elements by their numbers in ONNX, which attributes such as `to` of `Cast` have. 0 is undefined. */
export const TYPE_CODES = (
  "undefined float32 uint8 int8 uint16 int16 int32 int64 string bool float16 float64 uint32 uint64 complex64 complex128 " +
  "bfloat16 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz uint4 int4 float4e2m1 float8e8m0 uint2 int2"
).split(" ");

/** Whether numbers of a type are kept as float32. All others are kept as int32, and bool is 0 or 1. */
export const isFloat = (dtype: ElementType): boolean => /^b?float/.test(dtype);

/**
 * A constant. Floats of all sizes are kept as float32, and rounded if they are float64. Integers and bools are kept as int32.
 * Readers turn integers below -2^62 and above 2^62, which mean "to the end", into the smallest and largest int32, and refuse
 * others that do not fit.
 */
export interface Value {
  /** The type that the file has. */
  readonly dtype: ElementType;
  /** Its lengths, the outermost first. */
  readonly shape: readonly number[];
  /** In C order. A Float32Array if `isFloat(dtype)`. */
  readonly data: Float32Array | Int32Array;
}

/** An attribute of a node. ONNX's integers are numbers, tensors are values, subgraphs are graphs. */
export type Attribute = number | string | readonly number[] | readonly string[] | Value | Graph;

/** An operation. */
export interface GraphNode {
  /** The operator. Domains other than ONNX's own come first: `com.microsoft.DynamicQuantizeLSTM`. */
  readonly op: string;
  /** The node's name in messages: its name in the file, or its operator and first output. */
  readonly name: string;
  /** Names of values; "" for an optional input that is absent. */
  readonly inputs: readonly string[];
  /** Names of values; "" for an output that nobody reads. */
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** An input or output of a graph. */
export interface ValueInfo {
  /** The name that `run` and `step` expect or return. */
  readonly name: string;
  /** The type of its numbers. Arrays of other types are converted: see {@link GraphInput}. */
  readonly dtype: ElementType;
  /** A number for each dimension, its name if it is free, or null if it is free and has no name. Undefined if the rank is not known. */
  readonly shape: readonly (number | string | null)[] | undefined;
}

/** A state that a graph keeps from call to call, such as that of a stateful layer of Keras. */
export interface StateLink {
  /** Name of the value that a call reads. It is not one of `inputs`. */
  readonly input: string;
  /** Name of the value that the next call reads. */
  readonly output: string;
  /** What the first call reads. */
  readonly initial: Value;
}

/**
 * A graph, or the body of an `If`, `Loop` or `Scan`. A name has one value. A body also sees the names of the graphs around it.
 */
export interface Graph {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Constants by name. */
  readonly constants: ReadonlyMap<string, Value>;
  /** In an order in which each value is made before it is read. */
  readonly nodes: readonly GraphNode[];
  /** Default none; bodies have none. */
  readonly states?: readonly StateLink[];
}
