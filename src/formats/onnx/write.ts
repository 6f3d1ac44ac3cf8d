import { shown, UnrolledError } from "../../errors.ts";
import type { Attribute, ElementType, Graph, GraphNode, Value, ValueInfo } from "../../graph/graph.ts";
import { Unique } from "./names.ts";
import { typeCode } from "./tensor.ts";
import {
  bytes,
  bytesOf,
  float,
  floats,
  int,
  ints,
  joined,
  message,
  type Part,
  string,
} from "./write-protobuf.ts";

// The numbers of fields and types are those of messages.ts and attributes.ts.

/** Attributes that are floats, whatever their value. Other numbers are integers. */
const FLOAT_ATTRIBUTES = new Set(
  (
    "alpha beta gamma epsilon momentum clip activation_alpha activation_beta lambd bias spatial_scale cubic_coeff_a " +
    "extrapolation_value softcap scale value_float value_floats"
  ).split(" "),
);

/** Arrays that hold elements as a file has them. */
const ARRAYS: Partial<Record<ElementType, { from(list: ArrayLike<number>): ArrayBufferView }>> = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: { from: (list) => BigInt64Array.from(list as ArrayLike<number> & number[], BigInt) },
  uint64: { from: (list) => BigUint64Array.from(list as ArrayLike<number> & number[], BigInt) },
  bool: Uint8Array,
};

function tensor(name: string, { dtype, shape, data }: Value): Part[] {
  const array = ARRAYS[dtype];
  if (!array)
    throw new UnrolledError(
      "ERR_DTYPE",
      `ONNX: constant ${shown(name)} is of ${dtype}, which is not written`,
    );
  const kept = data instanceof Float32Array && dtype === "float32" ? data : array.from(data);
  return [ints(1, shape), int(2, typeCode(dtype)), string(8, name), bytes(9, bytesOf(kept))];
}

function attribute(name: string, value: Attribute, names: Unique): Part[] {
  const isFloat = FLOAT_ATTRIBUTES.has(name);
  const typed = (type: number, ...parts: Part[]) => [string(1, name), ...parts, int(20, type)];
  if (typeof value === "number") return isFloat ? typed(1, float(2, value)) : typed(2, int(3, value));
  if (typeof value === "string") return typed(3, string(4, value));
  if ("nodes" in value) return typed(5, message(6, ...graphFields(value, names)));
  if ("dtype" in value) return typed(4, message(5, ...tensor("", value)));
  const [first] = value;
  if (typeof first === "string") return typed(8, ...value.map((text) => string(9, text as string)));
  const numbers = value as readonly number[];
  return isFloat ? typed(6, floats(7, numbers)) : typed(7, ints(8, numbers));
}

/** Splits an operator into its domain and its name. */
function domainAndName(op: string): [string, string] {
  const dot = op.lastIndexOf(".");
  return dot < 0 ? ["", op] : [op.slice(0, dot), op.slice(dot + 1)];
}

function nodeFields({ op, name, inputs, outputs, attributes }: GraphNode, names: Unique): Part[] {
  const [domain, type] = domainAndName(op);
  return [
    ...inputs.map((input) => string(1, input)),
    ...outputs.map((output) => string(2, output)),
    string(3, names.take(name)),
    string(4, type),
    ...Object.entries(attributes).map(([name, value]) => message(5, ...attribute(name, value, names))),
    ...(domain ? [string(7, domain)] : []),
  ];
}

function valueInfo({ name, dtype, shape }: ValueInfo): Part[] {
  const dims = shape?.map((size) => {
    if (size === null) return message(1);
    return message(1, typeof size === "number" ? int(1, size) : string(2, size));
  });
  const type = [int(1, typeCode(dtype)), ...(dims ? [message(2, ...dims)] : [])];
  return [string(1, name), message(2, message(1, ...type))];
}

/** @param names the names of nodes so far, because ONNX Runtime refuses two of one name */
function graphFields({ inputs, outputs, constants, nodes }: Graph, names: Unique): Part[] {
  return [
    ...nodes.map((node) => message(1, ...nodeFields(node, names))),
    string(2, "unrolled"),
    ...Array.from(constants, ([name, value]) => message(5, ...tensor(name, value))),
    ...inputs.map((info) => message(11, ...valueInfo(info))),
    ...outputs.map((info) => message(12, ...valueInfo(info))),
  ];
}

/** Returns the domains of the operators of a graph and its bodies. */
function domainsOf({ nodes }: Graph): string[] {
  return nodes.flatMap(({ op, attributes }) => [
    domainAndName(op)[0],
    ...Object.values(attributes).flatMap((value) =>
      typeof value === "object" && "nodes" in value ? domainsOf(value) : [],
    ),
  ]);
}

interface WriteOptions {
  /** The opset of ONNX's own operators; default 21, whose form a graph has. A lower one is right if its operators are the same. */
  readonly opset?: number;
  /** Texts by name, which ONNX Runtime calls custom metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes a graph as an ONNX file of IR version 8, with its weights.
 *
 * @throws ERR_DTYPE if a constant is of float16 or bfloat16
 */
export function writeOnnx(
  graph: Graph,
  { opset = 21, metadata = {} }: WriteOptions = {},
): Uint8Array<ArrayBuffer> {
  const domains = new Set(["", ...domainsOf(graph)]);
  return joined(
    int(1, 8),
    string(2, "unrolled"),
    message(7, ...graphFields(graph, new Unique())),
    ...Array.from(domains, (domain) => message(8, string(1, domain), int(2, domain ? 1 : opset))),
    ...Object.entries(metadata).map(([key, value]) => message(14, string(1, key), string(2, value))),
  );
}
