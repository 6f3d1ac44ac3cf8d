import { describe, expect, it } from "vitest";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import { bytesOf } from "../../../src/formats/onnx/write-protobuf.ts";
import { type Fields, field, model, node, value } from "./build.ts";
import { refusal } from "./refusal.ts";

const { bytes, floats, int, ints, message, string } = field;

/** A model whose constant w has these fields. */
const withTensor = (...fields: Fields) =>
  model({
    constants: [[string(8, "w"), ...fields]],
    nodes: [node("Identity(w) -> y")],
    outputs: [value("y")],
  });
const read = (...fields: Fields) => readOnnx(withTensor(...fields)).constants.get("w");
const problem = (...fields: Fields) => refusal(withTensor(...fields));

const I64 = (...values: bigint[]) => bytesOf(BigInt64Array.from(values));
const MAX = 2 ** 31 - 1;
const MIN = -(2 ** 31);

describe("elements in raw_data", () => {
  it.each([
    ["float32", 1, bytesOf(Float32Array.of(1.5, -2)), [1.5, -2]],
    ["uint8", 2, [200, 1], [200, 1]],
    ["int8", 3, [200, 1], [-56, 1]],
    ["uint16", 4, [0, 255, 1, 0], [65280, 1]],
    ["int16", 5, [0, 255, 1, 0], [-256, 1]],
    ["int32", 6, bytesOf(Int32Array.of(MIN, MAX)), [MIN, MAX]],
    ["int64", 7, I64(-5n, 2147483647n), [-5, MAX]],
    ["int64", 7, I64(2n ** 63n - 1n, -(2n ** 63n)), [MAX, MIN]],
    ["bool", 9, [0, 7], [0, 1]],
    ["float16", 10, [0x00, 0x3c, 0x01, 0x80], [1, -(2 ** -24)]],
    ["float64", 11, bytesOf(Float64Array.of(0.1, 1e300)), [Math.fround(0.1), Number.POSITIVE_INFINITY]],
    ["uint32", 12, [1, 0, 0, 0, 255, 255, 255, 127], [1, MAX]],
    ["uint64", 13, I64(3n, -1n), [3, MAX]],
    ["bfloat16", 16, [0x80, 0x3f, 0x20, 0xc1], [1, -10]],
  ] as const)("of %s (type %i)", (dtype, type, raw, data) => {
    const result = read(ints(1, [1, 2]), int(2, type), bytes(9, Uint8Array.from(raw)))!;
    expect({ ...result, data: Array.from(result.data) }).toEqual({ dtype, shape: [1, 2], data });
    expect(result.data).toBeInstanceOf(dtype.includes("float") ? Float32Array : Int32Array);
  });
});

describe("elements in fields of their own", () => {
  it.each([
    ["float32", 1, floats(4, [1.5, -2]), [1.5, -2]],
    ["uint8", 2, ints(5, [200, 1]), [200, 1]],
    ["int8", 3, ints(5, [-56, 1]), [-56, 1]],
    ["int32", 6, ints(5, [MIN, MAX]), [MIN, MAX]],
    ["int64", 7, ints(7, [2n ** 63n - 1n, -3]), [MAX, -3]],
    ["bool", 9, ints(5, [1, 0]), [1, 0]],
    ["float16", 10, ints(5, [0x3c00, 0x7c00]), [1, Number.POSITIVE_INFINITY]],
    ["float64", 11, bytes(10, bytesOf(Float64Array.of(0.1, -2))), [Math.fround(0.1), -2]],
    ["uint32", 12, ints(11, [7, MAX]), [7, MAX]],
    ["uint64", 13, ints(11, [7, -1]), [7, MAX]],
    ["bfloat16", 16, ints(5, [0x3f80, 0xc120]), [1, -10]],
  ] as const)("of %s (type %i)", (dtype, type, given, data) => {
    const result = read(ints(1, [2]), int(2, type), given)!;
    expect({ ...result, data: Array.from(result.data) }).toEqual({ dtype, shape: [2], data });
  });
});

it("has the shape [] without dims, and no elements if a dimension is 0", () => {
  expect(read(int(2, 1), floats(4, [3]))).toEqual({ dtype: "float32", shape: [], data: Float32Array.of(3) });
  expect(read(int(2, 7), ints(1, [2, 0]))).toEqual({ dtype: "int64", shape: [2, 0], data: new Int32Array() });
  expect(read(int(2, 7), ints(1, [0]), bytes(9, new Uint8Array()))?.data).toHaveLength(0);
});

it("does not copy floats that are aligned", () => {
  const raw = bytes(9, new Uint8Array(400));
  const shared = [0, 1, 2, 3].filter((padding) => {
    const file = withTensor(string(12, "x".repeat(padding)), ints(1, [100]), int(2, 1), raw);
    return readOnnx(file).constants.get("w")!.data.buffer === file.buffer;
  });
  expect(shared).toHaveLength(1);
});

describe("refuses", () => {
  it.each([
    ["texts", 8, "string"],
    ["complex numbers", 14, "complex64"],
    ["floats of 8 bits", 17, "float8e4m3fn"],
    ["integers of 4 bits", 22, "int4"],
    ["a type that does not exist", 99, "99"],
    ["no type", 0, "undefined"],
  ])("%s", (_, type, name) => {
    expect(problem(int(2, type))).toContain(`tensor "w" has elements of type ${name}, expected float32, `);
  });

  it.each([
    ["too few elements", [3], 'tensor "w" of int32 has the shape [3], but 2 elements'],
    ["too many elements", [1, 1], "has the shape [1,1], but 2 elements"],
    ["a shape of 2^40", [2, 2 ** 40], "has the shape [2,1099511627776], but 2 elements"],
    ["a negative dimension", [2, -1, -1], 'tensor "w" has a dimension of -1'],
    ["a dimension of 2^63", [2 ** 63 - 1024], "has a dimension of 9223372036854775000"],
  ])("%s", (_, dims, text) => {
    expect(problem(int(2, 6), ints(1, dims), ints(5, [1, 2]))).toContain(text);
    expect(problem(int(2, 6), ints(1, dims), bytes(9, new Uint8Array(8)))).toContain(text);
  });

  it("bytes that are no whole number of elements", () => {
    expect(problem(int(2, 6), ints(1, [1]), bytes(9, new Uint8Array(5)))).toContain("but 1.25 elements");
  });

  it.each([
    [7, ints(7, [2 ** 31]), '"w" has the element 2147483648, expected -2147483648 to 2147483647 (int64)'],
    [7, ints(7, [-(2n ** 62n)]), "has the element -4611686018427388000"],
    [12, ints(11, [2 ** 31]), "has the element 2147483648, expected 0 to 2147483647 (uint32)"],
    [3, ints(5, [128]), "has the element 128, expected -128 to 127 (int8)"],
    [2, ints(5, [-1]), "has the element -1, expected 0 to 255 (uint8)"],
  ])("integers of type %i that do not fit", (type, data, text) => {
    expect(problem(int(2, type), ints(1, [1]), data)).toContain(text);
  });

  it("data in another file", () => {
    const external = message(13, string(1, "location"), string(2, "../w.bin"));
    const text = 'tensor "w" lies in another file, "../w.bin"; save the model as one file';
    expect(problem(int(2, 1), ints(1, [2]), external, int(14, 1))).toContain(text);
    expect(problem(int(2, 1), ints(1, [0]), int(14, 1))).toContain("lies in another file");
  });
});
