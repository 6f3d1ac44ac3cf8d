import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UnrolledError } from "../../../src/errors.ts";
import * as fields from "../../../src/formats/onnx/protobuf.ts";
import * as write from "../../../src/formats/onnx/write-protobuf.ts";

const SCHEMA: fields.Schema = {
  1: fields.int("int"),
  2: fields.float("float"),
  3: fields.string("string"),
  4: fields.bytes("bytes"),
  5: fields.message("inner", () => SCHEMA),
  6: fields.strings("strings"),
  7: fields.messages("inners", () => SCHEMA),
  8: fields.ints("ints"),
  9: fields.floats("floats"),
  10: fields.doubles("doubles"),
};

const read = (bytes: Uint8Array) => new fields.Wire(bytes).fields(SCHEMA);
const refused = (bytes: Iterable<number>) => {
  try {
    read(Uint8Array.from(bytes));
  } catch (error) {
    expect(error).toBeInstanceOf(UnrolledError);
    expect((error as UnrolledError).code).toBe("ERR_FORMAT");
    return (error as Error).message;
  }
  return undefined;
};

describe("what is written", () => {
  it("is read", () => {
    const int64 = fc.maxSafeInteger();
    const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(
        int64,
        float32,
        fc.string({ unit: "grapheme" }),
        fc.uint8Array(),
        fc.array(int64, { minLength: 1 }),
        fc.array(float32, { minLength: 1 }),
        (int, float, string, bytes, ints, floats) => {
          const inner = [write.int(1, int), write.string(3, string), write.int(1000, 7)];
          const file = write.joined(
            ...[write.int(1, int), write.float(2, float), write.string(3, string), write.bytes(4, bytes)],
            ...[write.message(5, ...inner), write.string(6, string), write.string(6, "b")],
            ...[write.message(7), write.message(7, ...inner), write.ints(8, ints), write.floats(9, floats)],
          );
          const result = read(file) as Record<string, ArrayLike<number>>;
          expect({ ...result, floats: Array.from(result.floats!) }).toEqual({
            ...{ int, float, string, bytes, ints, floats },
            inner: { int, string },
            strings: [string, "b"],
            inners: [{}, { int, string }],
          });
        },
      ),
    );
  });

  it.each([
    [-1n, -1],
    [2n ** 63n - 1n, 2 ** 63],
    [-(2n ** 63n), -(2 ** 63)],
    [2n ** 31n, 2 ** 31],
    [2n ** 32n + 5n, 2 ** 32 + 5],
    [2n ** 35n, 2 ** 35],
    [0n, 0],
  ])("keeps the integer %s, rounded to a double", (written, number) => {
    expect(read(write.joined(write.int(1, written)))).toEqual({ int: number });
  });
});

describe("numbers", () => {
  it("are read packed, one by one, and mixed", () => {
    const file = write.joined(write.int(8, 1), write.ints(8, [2, -3]), write.int(8, 4), write.ints(8, []));
    expect(read(file)).toEqual({ ints: [1, 2, -3, 4] });
    const floats = write.joined(write.floats(9, [1, 2]), write.float(9, 3), write.floats(9, [4]));
    expect(read(floats)).toEqual({ floats: [1, 2, 3, 4] });
  });

  it("of float32 are a view if they are aligned, else a copy", () => {
    const parts = (padding: number) =>
      write.joined(write.bytes(4, new Uint8Array(padding)), write.floats(9, [1, 2]));
    const shared = [0, 1, 2, 3].map((padding) => {
      const file = parts(padding);
      const { floats } = read(file) as { floats: Float32Array };
      expect([...floats]).toEqual([1, 2]);
      return floats.buffer === file.buffer;
    });
    expect(shared.filter((is) => is)).toHaveLength(1);
  });

  it("of float64 are read at any position", () => {
    const bytes = write.bytesOf(Float64Array.of(0.1, -2));
    expect(read(write.joined(write.bytes(10, bytes)))).toEqual({ doubles: Float64Array.of(0.1, -2) });
    expect(read(Uint8Array.of(81, ...bytes.subarray(0, 8)))).toEqual({ doubles: [0.1] });
  });
});

it("skips fields that it does not know", () => {
  const file = [
    0xa0, 0x06, 5, 0xa1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0xa2, 0x06, 2, 9, 9, 0xa5, 0x06, 1, 2, 3, 4,
  ];
  expect(read(Uint8Array.of(...file, 8, 1))).toEqual({ int: 1 });
});

describe("refuses", () => {
  it.each([
    ["a varint that ends early", [8, 0x80], "the end inside a number before byte 2"],
    ["a tag that ends early", [0x88], "the end inside a number"],
    ["a varint of 11 bytes", [8, ...Array(10).fill(0x80), 1], "a number of more than 10 bytes"],
    ["a length past the end", [26, 5, 65], "5 bytes announced past the end"],
    ["a length of 2^64 - 1", [26, ...Array(9).fill(0xff), 1], "-1 bytes announced past the end"],
    ["a float that ends early", [21, 0, 0], "4 bytes announced past the end"],
    [
      "an inner message that is longer than its outer one",
      [42, 3, 42, 5, 8, 1, 1, 1, 1],
      "5 bytes announced",
    ],
    ["an inner number past its message", [42, 2, 8, 0x81, 1], "the end inside a number"],
    ["a group", [0xa3, 0x06], "wire type 3"],
    ["wire type 7", [0xa7, 0x06], "wire type 7"],
    ["field 0", [0], "field 0"],
    ["a field number of more than 29 bits", [0x80, 0x80, 0x80, 0x80, 0x20, 0], "field 1073741824"],
    ["another wire type", [10, 1, 65], "int of wire type 2"],
    ["another wire type of a list", [48, 1], "strings of wire type 0"],
    ["another wire type of numbers", [77, 0, 0, 0, 0, 69, 0, 0, 0, 0], "ints of wire type 5"],
    ["a field that is there twice", [8, 1, 8, 2], "a second int"],
    ["a text that is not UTF-8", [26, 1, 0xff], "a text that is not UTF-8"],
    ["part of a float", [74, 3, 0, 0, 0], "part of a number"],
  ])("%s", (_, bytes, problem) => expect(refused(bytes)).toContain(problem));

  it("messages nested more than 100 deep", () => {
    const nested = (depth: number) => {
      let file = write.joined();
      for (let i = 0; i < depth; i++) file = write.joined(write.bytes(5, file));
      return file;
    };
    expect(refused(nested(100))).toBeUndefined();
    expect(refused(nested(101))).toContain("nested more than 100 deep");
  });

  it("more than 2^18 messages", () => {
    const file = new Uint8Array(2 ** 19 + 2).map((_, i) => (i % 2 ? 0 : 58));
    expect(refused(file)).toContain("more than 262144 messages");
  });
});

it("reads random bytes, or refuses them", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void refused(bytes)),
    { numRuns: 2000 },
  );
});
