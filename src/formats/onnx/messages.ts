import {
  bytes,
  doubles,
  float,
  floats,
  int,
  ints,
  message,
  messages,
  type Schema,
  string,
  strings,
} from "./protobuf.ts";

// The fields of github.com/onnx/onnx/blob/main/onnx/onnx.proto that are read. Missing ones are undefined.

/** An opset that a model or function uses. */
export interface OpsetProto {
  readonly domain?: string;
  readonly version?: number;
}

const OPSET: Schema = { 1: string("domain"), 2: int("version") };

/** A tensor. Its elements lie in one of the fields of data. */
export interface TensorProto {
  readonly dims?: readonly number[];
  readonly dataType?: number;
  readonly floatData?: ArrayLike<number>;
  readonly int32Data?: readonly number[];
  readonly int64Data?: readonly number[];
  readonly name?: string;
  readonly rawData?: Uint8Array;
  readonly doubleData?: ArrayLike<number>;
  readonly uint64Data?: readonly number[];
  readonly externalData?: readonly { readonly key?: string; readonly value?: string }[];
  readonly dataLocation?: number;
}

const TENSOR: Schema = {
  1: ints("dims"),
  2: int("dataType"),
  4: floats("floatData"),
  5: ints("int32Data"),
  7: ints("int64Data"),
  8: string("name"),
  9: bytes("rawData"),
  10: doubles("doubleData"),
  11: ints("uint64Data"),
  13: messages("externalData", () => ({ 1: string("key"), 2: string("value") })),
  14: int("dataLocation"),
};

/** The type of a value. Exactly one field is defined. Only tensors are read. */
export interface TypeProto {
  readonly tensor?: { readonly elemType?: number; readonly shape?: { readonly dim?: readonly DimProto[] } };
  readonly sequence?: Uint8Array;
  readonly map?: Uint8Array;
  readonly "sparse tensor"?: Uint8Array;
  readonly optional?: Uint8Array;
}

/** A dimension. It is free if it has no value. */
interface DimProto {
  readonly value?: number;
  readonly param?: string;
}

const DIM: Schema = { 1: int("value"), 2: string("param") };
const SHAPE: Schema = { 1: messages("dim", () => DIM) };
const TENSOR_TYPE: Schema = { 1: int("elemType"), 2: message("shape", () => SHAPE) };
const TYPE: Schema = {
  1: message("tensor", () => TENSOR_TYPE),
  4: bytes("sequence"),
  5: bytes("map"),
  8: bytes("sparse tensor"),
  9: bytes("optional"),
};

/** An input or output of a graph. */
export interface ValueInfoProto {
  readonly name?: string;
  readonly type?: TypeProto;
}

const VALUE_INFO: Schema = { 1: string("name"), 2: message("type", () => TYPE) };

/** An attribute of a node. `type` says which field counts. */
export interface AttributeProto {
  readonly name?: string;
  readonly f?: number;
  readonly i?: number;
  readonly s?: string;
  readonly t?: TensorProto;
  readonly g?: GraphProto;
  readonly floatList?: ArrayLike<number>;
  readonly intList?: readonly number[];
  readonly strings?: readonly string[];
  readonly type?: number;
  /** The attribute of the function whose value this one takes. */
  readonly refAttrName?: string;
}

const ATTRIBUTE: Schema = {
  1: string("name"),
  2: float("f"),
  3: int("i"),
  4: string("s"),
  5: message("t", () => TENSOR),
  6: message("g", () => GRAPH),
  7: floats("floatList"),
  8: ints("intList"),
  9: strings("strings"),
  20: int("type"),
  21: string("refAttrName"),
};

/** A node. */
export interface NodeProto {
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly name?: string;
  readonly opType?: string;
  readonly attribute?: readonly AttributeProto[];
  readonly domain?: string;
  readonly overload?: string;
}

const NODE: Schema = {
  1: strings("input"),
  2: strings("output"),
  3: string("name"),
  4: string("opType"),
  5: messages("attribute", () => ATTRIBUTE),
  7: string("domain"),
  8: string("overload"),
};

/** A graph, or the body of a node. */
export interface GraphProto {
  readonly node?: readonly NodeProto[];
  readonly initializer?: readonly TensorProto[];
  readonly input?: readonly ValueInfoProto[];
  readonly output?: readonly ValueInfoProto[];
  readonly sparseInitializer?: readonly unknown[];
}

const GRAPH: Schema = {
  1: messages("node", () => NODE),
  5: messages("initializer", () => TENSOR),
  11: messages("input", () => VALUE_INFO),
  12: messages("output", () => VALUE_INFO),
  15: messages("sparseInitializer", () => ({})),
};

/** An operator that the model itself defines. */
export interface FunctionProto {
  readonly name?: string;
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly node?: readonly NodeProto[];
  readonly opsetImport?: readonly OpsetProto[];
  readonly domain?: string;
  /** Attributes with defaults. */
  readonly attributeProto?: readonly AttributeProto[];
  readonly overload?: string;
}

const FUNCTION: Schema = {
  1: string("name"),
  4: strings("input"),
  5: strings("output"),
  7: messages("node", () => NODE),
  9: messages("opsetImport", () => OPSET),
  10: string("domain"),
  11: messages("attributeProto", () => ATTRIBUTE),
  13: string("overload"),
};

/** A file. */
export interface ModelProto {
  readonly irVersion?: number;
  /** The program that wrote the file. */
  readonly producer?: string;
  readonly producerVersion?: string;
  readonly graph?: GraphProto;
  readonly opsetImport?: readonly OpsetProto[];
  readonly functions?: readonly FunctionProto[];
}

/** The fields of a file. */
export const MODEL: Schema = {
  1: int("irVersion"),
  2: string("producer"),
  3: string("producerVersion"),
  7: message("graph", () => GRAPH),
  8: messages("opsetImport", () => OPSET),
  25: messages("functions", () => FUNCTION),
};
