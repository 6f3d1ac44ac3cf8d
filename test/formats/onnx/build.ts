import {
  bytes,
  float,
  floats,
  int,
  ints,
  joined,
  message,
  type Part,
  string,
} from "../../../src/formats/onnx/write-protobuf.ts";

/** Writes ONNX messages field by field, also such that no exporter would write. */
export const field = { bytes, float, floats, int, ints, message, string };

export type Fields = readonly Part[];

/** The fields of a tensor of float32 in `float_data`. */
export const tensor = (name: string, shape: number[], data: number[]): Fields => [
  ints(1, shape),
  int(2, 1),
  floats(4, data),
  string(8, name),
];

/** The fields of a tensor of int64. */
export const integers = (name: string, shape: number[], data: (number | bigint)[]): Fields => [
  ints(1, shape),
  int(2, 7),
  ints(7, data),
  string(8, name),
];

/** The fields of attributes. */
export const attribute = {
  float: (name: string, value: number): Fields => [string(1, name), float(2, value), int(20, 1)],
  int: (name: string, value: number | bigint): Fields => [string(1, name), int(3, value), int(20, 2)],
  string: (name: string, value: string): Fields => [string(1, name), string(4, value), int(20, 3)],
  tensor: (name: string, value: Fields): Fields => [string(1, name), message(5, ...value), int(20, 4)],
  graph: (name: string, value: Fields): Fields => [string(1, name), message(6, ...value), int(20, 5)],
  floats: (name: string, value: number[]): Fields => [string(1, name), floats(7, value), int(20, 6)],
  ints: (name: string, value: (number | bigint)[]): Fields => [string(1, name), ints(8, value), int(20, 7)],
  strings: (name: string, value: string[]): Fields => [
    string(1, name),
    ...value.map((text) => string(9, text)),
    int(20, 8),
  ],
};

/** The fields of a node: `op(a, b) -> c, d`, with names divided by spaces, "_" for an absent one. */
export function node(text: string, attributes: readonly Fields[] = [], more: Fields = []): Fields {
  const [, op, inputs, outputs] = /^([\w.]+)\((.*)\) -> (.*)$/.exec(text)!;
  const names = (list: string) =>
    list
      .split(/[ ,]+/)
      .filter((name) => name)
      .map((name) => (name === "_" ? "" : name));
  return [
    ...names(inputs!).map((name) => string(1, name)),
    ...names(outputs!).map((name) => string(2, name)),
    string(4, op!),
    ...attributes.map((value) => message(5, ...value)),
    ...more,
  ];
}

/** The fields of an input or output. A dimension that is a text is free, null has no name. */
export const value = (name: string, shape?: (number | string | null)[], type = 1): Fields => {
  const dims = shape?.map((size) =>
    message(1, ...(size === null ? [] : [typeof size === "number" ? int(1, size) : string(2, size)])),
  );
  return [string(1, name), message(2, message(1, int(1, type), ...(dims ? [message(2, ...dims)] : [])))];
};

export interface GraphParts {
  readonly nodes?: readonly Fields[];
  readonly constants?: readonly Fields[];
  readonly inputs?: readonly Fields[];
  readonly outputs?: readonly Fields[];
}

/** The fields of a graph. */
export const graph = ({ nodes = [], constants = [], inputs = [], outputs = [] }: GraphParts): Fields => [
  ...nodes.map((node) => message(1, ...node)),
  ...constants.map((tensor) => message(5, ...tensor)),
  ...inputs.map((info) => message(11, ...info)),
  ...outputs.map((info) => message(12, ...info)),
];

/** The fields of an opset. */
export const opset = (version: number, domain = ""): Fields => [string(1, domain), int(2, version)];

/** A file. */
export const model = (
  parts: GraphParts,
  opsets: readonly Fields[] | number = 21,
  functions: readonly Fields[] = [],
) =>
  joined(
    int(1, 8),
    message(7, ...graph(parts)),
    ...(typeof opsets === "number" ? [opset(opsets)] : opsets).map((fields) => message(8, ...fields)),
    ...functions.map((fields) => message(25, ...fields)),
  );

/** A model of one node that reads x and y and makes z. */
export const oneNode = (
  text: string,
  version: number,
  attributes: readonly Fields[] = [],
  constants: Fields[] = [],
) =>
  model(
    {
      nodes: [node(text, attributes)],
      inputs: [value("x", ["b", 3, 4])],
      outputs: [value("z")],
      constants,
    },
    version,
  );
