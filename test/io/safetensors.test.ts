import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UnrolledError } from "../../src/errors.ts";
import { parseSafetensors, type StoredTensor, serializeSafetensors } from "../../src/io/safetensors.ts";

/** Joins the parts of a file without any check. */
function file(header: string | Uint8Array, data: ArrayLike<number> = [], claimedLength?: bigint): Uint8Array {
  const json = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, claimedLength ?? BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

const entry = (dtype: string, shape: string, offsets: string) =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;

/** Parses a file with one tensor "x" of this dtype, shape and data, and returns the tensor. */
function read(dtype: string, shape: number[], data: ArrayBufferLike): StoredTensor {
  const bytes = new Uint8Array(data);
  const { tensors } = parseSafetensors(
    file(`{"x":${entry(dtype, JSON.stringify(shape), `[0,${bytes.length}]`)}}`, bytes),
  );
  return tensors.x!;
}

function formatError(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(UnrolledError);
    expect((error as UnrolledError).code).toBe("ERR_FORMAT");
    return (error as UnrolledError).message;
  }
  throw new Error("nothing was thrown");
}

const bitsOf = ({ shape, data }: StoredTensor) => ({
  shape,
  type: data.constructor.name,
  bits: [...new Uint32Array(data.buffer, data.byteOffset, data.length)],
});

/** Any name except the reserved one, including names that are special in JavaScript objects. */
const names = fc
  .oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom("__proto__", "constructor", "toJSON", "0", 'a"\\\n'),
  )
  .filter((name) => name !== "__metadata__");

const storedTensors = fc.array(fc.nat({ max: 4 }), { maxLength: 3 }).chain((shape) => {
  const length = shape.reduce((product, size) => product * size, 1);
  return fc.record({
    shape: fc.constant(shape),
    // Views at any offset of their buffer, with all bit patterns, including NaN payloads.
    data: fc
      .tuple(fc.uint32Array({ minLength: length, maxLength: length }), fc.boolean())
      .map(([bits, float]) => {
        const room = new Uint32Array(length + 1);
        room.set(bits, 1);
        return float ? new Float32Array(room.buffer, 4) : new Int32Array(room.buffer, 4);
      }),
  });
});

const files = fc.record({
  tensors: fc.dictionary(names, storedTensors, { maxKeys: 4, noNullPrototype: false }),
  metadata: fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), { maxKeys: 3 }),
});

describe("a safetensors file", () => {
  it("comes back bit for bit", () => {
    fc.assert(
      fc.property(files, ({ tensors, metadata }) => {
        const back = parseSafetensors(serializeSafetensors(tensors, metadata));
        expect(Object.entries(back.metadata)).toEqual(Object.entries(metadata));
        expect(Object.keys(back.tensors)).toEqual(Object.keys(tensors));
        for (const name of Object.keys(tensors)) {
          expect(bitsOf(back.tensors[name]!)).toEqual(bitsOf(tensors[name]!));
        }
      }),
    );
  });

  it("is written as the format says, byte for byte", () => {
    const tensors = {
      b: { shape: [2], data: Float32Array.of(1, -2) },
      a: { shape: [], data: Int32Array.of(7) },
    };
    const header =
      '{"__metadata__":{"k":"v"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},' +
      '"a":{"dtype":"I32","shape":[],"data_offsets":[8,12]}}';
    const padded = header + " ".repeat(7 - ((header.length + 7) % 8));
    expect(header.length % 8).not.toBe(0);
    expect(serializeSafetensors(tensors, { k: "v" })).toEqual(
      file(padded, [0, 0, 128, 63, 0, 0, 0, 192, 7, 0, 0, 0]),
    );
  });

  it("has a header of a multiple of 8 bytes and no metadata unless there is some", () => {
    for (const name of ["x", "xx", "xxx", "xxxx", "xxxxx", "xxxxxx", "xxxxxxx", "xxxxxxxx"]) {
      const bytes = serializeSafetensors({ [name]: { shape: [0], data: new Float32Array(0) } });
      expect(bytes[0]! % 8).toBe(0);
      expect(bytes.length).toBe(8 + bytes[0]!);
      expect(new TextDecoder().decode(bytes)).not.toContain("__metadata__");
    }
  });

  it("may be empty", () => {
    const { tensors, metadata } = parseSafetensors(serializeSafetensors({}));
    expect([Object.keys(tensors), Object.keys(metadata)]).toEqual([[], []]);
  });

  it("may begin anywhere in its buffer, and is copied", () => {
    const bytes = file(`{"x":${entry("F32", "[1]", "[0,4]")}} `, [0, 0, 128, 63]);
    for (let offset = 0; offset < 8; offset++) {
      const moved = Buffer.alloc(bytes.length + 16, 0xff).subarray(offset, offset + bytes.length);
      moved.set(bytes);
      const { x } = parseSafetensors(moved).tensors;
      moved.fill(0);
      expect(x!.data).toEqual(Float32Array.of(1));
    }
  });

  it("may hold its data in another order than its header, and white space between the tokens", () => {
    const header = `{ "b" :\t${entry("U8", " [ 2 , 1 ] ", "[1,3]")} ,\r\n"a":${entry("U8", "[ ]", "[ 0,1]")}}\n `;
    const { tensors } = parseSafetensors(file(header, [1, 2, 3]));
    expect(Object.entries(tensors)).toEqual([
      ["b", { shape: [2, 1], data: Int32Array.of(2, 3) }],
      ["a", { shape: [], data: Int32Array.of(1) }],
    ]);
  });

  it("may list a tensor without elements after one that begins at the same byte", () => {
    const header = `{"a":${entry("U8", "[1]", "[0,1]")},"none":${entry("U8", "[0,3]", "[0,0]")}}`;
    const { a, none } = parseSafetensors(file(header, [4])).tensors;
    expect(a!.data).toEqual(Int32Array.of(4));
    expect(none).toEqual({ shape: [0, 3], data: new Int32Array(0) });
  });

  it("may use any name without touching a prototype", () => {
    const header = `{"__metadata__":{"__proto__":"m"},"__proto__":${entry("U8", "[1]", "[0,1]")}}`;
    const { tensors, metadata } = parseSafetensors(file(header, [5]));
    expect(Object.entries(tensors)).toEqual([["__proto__", { shape: [1], data: Int32Array.of(5) }]]);
    expect(Object.entries(metadata)).toEqual([["__proto__", "m"]]);
    expect(tensors.toString).toBeUndefined();
  });
});

describe("the dtypes of other writers", () => {
  it("F16: every class of value", () => {
    const halves = [
      0x0000, 0x8000, 0x3c00, 0xc000, 0x3555, 0x0001, 0x83ff, 0x0400, 0x7bff, 0x7c00, 0xfc00, 0x7e00,
    ];
    const values = [
      0,
      -0,
      1,
      -2,
      0.333251953125,
      2 ** -24,
      -1023 * 2 ** -24,
      2 ** -14,
      65504,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ];
    expect(read("F16", [12], Uint16Array.from(halves).buffer).data).toEqual(Float32Array.from(values));
  });

  it("BF16: the upper half of a float32", () => {
    const halves = [0x0000, 0x8000, 0x3f80, 0xc000, 0x3eab, 0x0001, 0x7f80, 0xff80, 0x7fc0];
    const values = [
      0,
      -0,
      1,
      -2,
      0.333984375,
      2 ** -133,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ];
    expect(read("BF16", [9], Uint16Array.from(halves).buffer).data).toEqual(Float32Array.from(values));
  });

  it("F64: rounded to float32, infinite beyond its range", () => {
    const values = Float64Array.of(0.1, -1e300, Number.NaN, 1e-50);
    expect(read("F64", [2, 2], values.buffer)).toEqual({
      shape: [2, 2],
      data: Float32Array.of(Math.fround(0.1), Number.NEGATIVE_INFINITY, Number.NaN, 0),
    });
  });

  it("I64: the values that fit in 32 bits, no others", () => {
    const fit = BigInt64Array.of(-(2n ** 31n), -1n, 0n, 2n ** 31n - 1n);
    expect(read("I64", [4], fit.buffer).data).toEqual(Int32Array.of(-(2 ** 31), -1, 0, 2 ** 31 - 1));
    expect(formatError(() => read("I64", [2], BigInt64Array.of(0n, 2n ** 31n).buffer))).toContain(
      'tensor "x": element 1 is 2147483648',
    );
    formatError(() => read("I64", [1], BigInt64Array.of(-(2n ** 31n) - 1n).buffer));
  });

  it("U8: as integers", () => {
    expect(read("U8", [3], Uint8Array.of(0, 1, 255).buffer).data).toEqual(Int32Array.of(0, 1, 255));
  });
});

describe("a damaged file", () => {
  const one = entry("U8", "[1]", "[0,1]");
  it.each<[string, Uint8Array, string]>([
    ["shorter than 8 bytes", new Uint8Array(7), "7 bytes, expected at least 8"],
    ["header longer than the file", file("{}", [], 3n), "is 3 bytes long, but only 2 follow"],
    ["header length of 2^64 - 1", file("{}", [], 2n ** 64n - 1n), "not a file of this format"],
    ["a text", new TextEncoder().encode("First Citizen:\nBefore"), "such as a model"],
    ["a picture", Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10, 0, 255), "not a file of this format"],
    ["not UTF-8", file(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)), "UTF-8"],
    ["empty header", file(""), 'begins with "", expected {'],
    ["byte order mark", file("\ufeff{}"), "expected {"],
    ["white space first", file(" {}"), "expected {"],
    ["not an object", file("[]"), "expected {"],
    ["text after the object", file("{} x"), 'character 3: expected the end of the header, found "x"'],
    ["trailing comma", file(`{"x":${one},}`, [0]), 'expected a string, found "}"'],
    ["missing comma", file(`{"x":${one} "y":${one}}`, [0]), "expected '}'"],
    ["cut off", file('{"x":{'), "expected a string, found its end"],
    ["cut off in a string", file('{"x'), "malformed string"],
    ["cut off in an escape", file('{"x\\'), "malformed string"],
    ["bad escape", file('{"\\x":{}}'), "malformed string"],
    ["line break in a string", file('{"a\nb":{}}'), "malformed string"],
    ["duplicate tensor", file(`{"x":${one},"x":${one}}`, [0]), 'the key "x" occurs twice'],
    ["duplicate tensor, escaped", file(`{"x":${one},"\\u0078":${one}}`, [0]), 'the key "x" occurs twice'],
    ["duplicate __proto__", file(`{"__proto__":${one},"__proto__":${one}}`, [0]), "occurs twice"],
    ["duplicate metadata", file('{"__metadata__":{},"__metadata__":{}}'), "occurs twice"],
    ["duplicate metadata key", file('{"__metadata__":{"a":"1","a":"1"}}'), "occurs twice"],
    [
      "duplicate key in an entry",
      file('{"x":{"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]}}', [0]),
      "occurs twice",
    ],
    ["metadata of numbers", file('{"__metadata__":{"a":1}}'), 'expected a string, found "1'],
    ["metadata not an object", file('{"__metadata__":"a"}'), "expected '{'"],
    ["entry not an object", file('{"x":null}'), "expected '{'"],
    [
      "entry without a dtype",
      file('{"x":{"shape":[1],"data_offsets":[0,1]}}', [0]),
      "expected dtype, shape and",
    ],
    [
      "entry without a shape",
      file('{"x":{"dtype":"U8","data_offsets":[0,1]}}', [0]),
      "expected dtype, shape and",
    ],
    ["entry without offsets", file('{"x":{"dtype":"U8","shape":[1]}}', [0]), "expected dtype, shape and"],
    [
      "entry with an unknown key",
      file('{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"more":[]}}', [0]),
      'unknown key "more"',
    ],
    ["unknown dtype", file(`{"x":${entry("F8_E4M3", "[1]", "[0,1]")}}`, [0]), "expected one of F32, I32,"],
    ["dtype of Object.prototype", file(`{"x":${entry("toString", "[1]", "[0,1]")}}`, [0]), "expected one of"],
    ["negative shape", file(`{"x":${entry("U8", "[-1]", "[0,1]")}}`, [0]), "expected an integer from 0"],
    ["fractional shape", file(`{"x":${entry("U8", "[1.0]", "[0,1]")}}`, [0]), "expected an integer from 0"],
    [
      "shape with an exponent",
      file(`{"x":${entry("U8", "[1e0]", "[0,1]")}}`, [0]),
      "expected an integer from 0",
    ],
    [
      "shape with a leading zero",
      file(`{"x":${entry("U8", "[01]", "[0,1]")}}`, [0]),
      "expected an integer from 0",
    ],
    ["shape of 2^53", file(`{"x":${entry("U8", "[9007199254740992]", "[0,1]")}}`, [0]), "from 0 to 2^53 - 1"],
    ["nested shape", file(`{"x":${entry("U8", "[[1]]", "[0,1]")}}`, [0]), "expected an integer from 0"],
    ["overflowing shape", file(`{"x":${entry("U8", "[4294967296,4294967296]", "[0,0]")}}`), "2^53 elements"],
    ["one offset", file(`{"x":${entry("U8", "[1]", "[0]")}}`, [0]), "expected [begin, end]"],
    ["three offsets", file(`{"x":${entry("U8", "[1]", "[0,1,2]")}}`, [0]), "expected [begin, end]"],
    ["offsets turned round", file(`{"x":${entry("U8", "[1]", "[1,0]")}}`, [0]), "expected [begin, end]"],
    ["too few bytes for the shape", file(`{"x":${entry("F32", "[2]", "[0,4]")}}`, [0, 0, 0, 0]), "need 8"],
    [
      "beyond the end",
      file(`{"x":${entry("U8", "[2]", "[0,2]")}}`, [0]),
      "ends at data byte 2, but there are 1",
    ],
    ["hole at the start", file(`{"x":${entry("U8", "[1]", "[1,2]")}}`, [0, 0]), "begins at data byte 1"],
    [
      "hole",
      file(`{"x":${one},"y":${entry("U8", "[1]", "[2,3]")}}`, [0, 0, 0]),
      'tensor "y" begins at data byte 2, expected 1',
    ],
    [
      "overlap",
      file(`{"x":${entry("U8", "[2]", "[0,2]")},"y":${entry("U8", "[2]", "[1,3]")}}`, [0, 0, 0]),
      'tensor "y" begins at data byte 1',
    ],
    ["the same bytes twice", file(`{"x":${one},"y":${one}}`, [0]), 'tensor "y" begins at data byte 0'],
    ["trailing bytes", file(`{"x":${one}}`, [0, 0]), "the tensors end at data byte 1, but there are 2"],
    ["data without tensors", file("{}", [0]), "the tensors end at data byte 0, but there are 1"],
  ])("%s", (_, bytes, message) => {
    expect(formatError(() => parseSafetensors(bytes))).toContain(message);
  });

  it("is no Uint8Array", () => {
    for (const bytes of [undefined, "{}", new ArrayBuffer(8)]) {
      expect(formatError(() => parseSafetensors(bytes as never))).toContain("Uint8Array");
    }
  });

  it("has a header of more than 100 MB", () => {
    const bytes = new Uint8Array(8 + 100_000_001);
    new DataView(bytes.buffer).setUint32(0, 100_000_001, true);
    expect(formatError(() => parseSafetensors(bytes))).toContain("not a file of this format");
  });

  it("is read or refused as ERR_FORMAT, whatever its bytes", () => {
    const accepts = (bytes: Uint8Array) => {
      try {
        const { tensors } = parseSafetensors(bytes);
        for (const { shape, data } of Object.values(tensors)) {
          expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
        }
      } catch (error) {
        expect(error).toBeInstanceOf(UnrolledError);
        expect((error as UnrolledError).code).toBe("ERR_FORMAT");
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), accepts));
    fc.assert(fc.property(fc.uint8Array(), (header) => accepts(file(header))));
    fc.assert(fc.property(fc.json(), (header) => accepts(file(header))));
    const mutations = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'{}[]",:019-\\ex\0\xff')), {
      minLength: 1,
      maxLength: 3,
    });
    const cut = fc.nat({ max: 3 });
    fc.assert(
      fc.property(files, mutations, cut, ({ tensors, metadata }, changes, missing) => {
        const bytes = serializeSafetensors(tensors, metadata);
        for (const [at, char] of changes) bytes[at % bytes.length] = char.charCodeAt(0);
        accepts(bytes.subarray(0, bytes.length - missing));
      }),
      { numRuns: 500 },
    );
  });
});

describe("serializeSafetensors refuses", () => {
  const x = { shape: [1], data: Float32Array.of(1) };
  it.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    [
      "a shape that is not the data's",
      { x: { ...x, shape: [2] } },
      {},
      'tensor "x": shape [2] for 1 element',
    ],
    ["a negative shape", { x: { ...x, shape: [-1, -1] } }, {}, "shape entry -1 is not a count"],
    ["a fractional shape", { x: { ...x, shape: [2, 0.5] } }, {}, "shape entry 0.5 is not a count"],
    ["other data", { x: { shape: [1], data: Float64Array.of(1) } }, {}, "not a Float32Array or Int32Array"],
    ["the reserved name", { __metadata__: x }, {}, "cannot be called __metadata__"],
    ["metadata that is not text", { x }, { n: 1 }, 'metadata "n" is of type number'],
  ])("%s", (_, tensors, metadata, message) => {
    const run = () =>
      serializeSafetensors(tensors as Record<string, StoredTensor>, metadata as Record<string, string>);
    expect(formatError(run)).toContain(message);
  });
});
