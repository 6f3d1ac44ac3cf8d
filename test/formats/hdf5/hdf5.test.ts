import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Budget } from "../../../src/formats/byte-reader.ts";
import { Hdf5File } from "../../../src/formats/hdf5/file.ts";
import { undoFilters } from "../../../src/formats/hdf5/filters.ts";
import { type Hdf5Object, openHdf5 } from "../../../src/formats/hdf5/object.ts";
import { damaged, readsOrRefuses, refusal, unpacked } from "../files.ts";
import files from "./files.json" with { type: "json" };

// Files of h5py for each version of the format that it writes: see ../make-fixtures.py.

type Name = keyof typeof files;
const open = (name: Name) => openHdf5(unpacked(files[name]));
const versionsOf = (kind: string) => (Object.keys(files) as Name[]).filter((name) => name.startsWith(kind));

/** Row r, column c: 10 r + c. */
const grid = (rows: number, columns: number) =>
  Array.from({ length: rows * columns }, (_, i) => 10 * Math.floor(i / columns) + (i % columns));

const numbers = (object: Hdf5Object | undefined) => {
  const value = object!.read("a");
  if (typeof value === "string" || !("data" in value)) throw new Error("no numbers");
  return { ...value, data: [...value.data] };
};

describe.each(versionsOf("types"))("%s", (name) => {
  const file = open(name);
  it.each([
    ...[
      ["f2", "float16"],
      ["f4", "float32"],
      ["f8", "float64"],
      ["big", "float32"],
    ],
    ...[
      ["i1", "int8"],
      ["u1", "uint8"],
      ["i2", "int16"],
      ["u2", "uint16"],
    ],
    ...[
      ["i4", "int32"],
      ["u4", "uint32"],
      ["i8", "int64"],
      ["u8", "uint64"],
    ],
  ])("reads %s", (key, dtype) => {
    expect(numbers(file.get(key))).toEqual({ dtype, shape: [2, 3], data: grid(2, 3) });
  });

  it("reads bools and texts", () => {
    expect(numbers(file.get("bool")).data).toEqual([1, 0]);
    expect(file.get("text")!.read("text")).toEqual(["ab", "cde"]);
  });

  it("lists the names", () => {
    expect(file.keys()).toHaveLength(14);
    expect(file.isDataset).toBe(false);
    expect(file.get("f4")!.isDataset).toBe(true);
  });
});

describe.each([...versionsOf("shapes"), "user block" as Name])("%s", (name) => {
  const file = open(name);
  it("follows paths", () => {
    expect(numbers(file.get("outer/inner/leaf")).data).toEqual(grid(2, 2));
    expect(file.get("/outer")!.get("inner")!.keys()).toEqual(["leaf"]);
    expect(file.get("outer/nothing")).toBeUndefined();
    expect(file.get("scalar/nothing")).toBeUndefined();
  });

  it("reads data of each shape and place", () => {
    expect(numbers(file.get("scalar"))).toEqual({ dtype: "float32", shape: [], data: [7] });
    expect(numbers(file.get("empty"))).toEqual({ dtype: "float32", shape: [0, 3], data: [] });
    expect(numbers(file.get("compact")).data).toEqual(grid(2, 2));
    expect(refusal(() => file.read("root"))).toBe('HDF5: "root" is no dataset');
  });
});

describe.each(versionsOf("chunks"))("%s", (name) => {
  const file = open(name);
  it.each(file.keys())("reads %s", (key) => {
    expect(numbers(file.get(key))).toEqual({ dtype: "float32", shape: [5, 4], data: grid(5, 4) });
  });
});

describe.each(versionsOf("many_chunks"))("%s", (name) => {
  it.each([
    ["fixed", 1100],
    ["grows", 300],
  ])("reads pages of an index of %s", (key, count) => {
    expect(numbers(open(name).get(key)).data).toEqual(Array.from({ length: count }, (_, i) => i % 7));
  });
});

describe.each(versionsOf("attributes"))("%s", (name) => {
  it("reads texts and numbers", () => {
    const file = open(name);
    expect(file.attribute("text")).toBe("tëxt");
    expect(file.attribute("fixed")).toBe("fixed");
    expect(file.attribute("texts")).toEqual(["a", "bc", ""]);
    expect(file.attribute("fixed_texts")).toEqual(["a", "bcd"]);
    expect(file.attribute("number")).toMatchObject({ shape: [], data: Float32Array.of(1.5) });
    expect(file.attribute("numbers")).toMatchObject({ shape: [2, 2], data: Int32Array.from(grid(2, 2)) });
    expect(file.attribute("none")).toMatchObject({ shape: [0] });
    expect(file.attribute("nothing")).toBeUndefined();
    expect(file.attributeNames()).toHaveLength(7);
  });
});

describe.each(versionsOf("dense"))("%s", (name) => {
  it("reads many links and attributes", () => {
    const file = open(name);
    expect(file.get("group")!.keys()).toHaveLength(40);
    for (let i = 0; i < 40; i++) {
      expect(numbers(file.get(`group/link${i}`)).data).toEqual([i]);
      expect(file.attribute(`attribute${i}`)).toMatchObject({ data: Int32Array.of(i) });
    }
    if (!name.includes("earliest")) expect(file.attribute("long")).toBe("x".repeat(70000));
  });
});

/** Reads all that a file has. */
function readAll(object: Hdf5Object, depth = 0): void {
  for (const name of object.attributeNames()) object.attribute(name);
  if (object.isDataset) object.read("data");
  else if (depth < 5) for (const key of object.keys()) readAll(object.get(key)!, depth + 1);
}

describe("a damaged file", () => {
  it.each(Object.keys(files) as Name[])("of %s is read or refused", (name) => {
    const bytes = unpacked(files[name]);
    fc.assert(
      fc.property(damaged(bytes), (changed) => readsOrRefuses(() => readAll(openHdf5(changed)))),
      { numRuns: 60 },
    );
  });

  it("is refused at each place where it may be cut off", () => {
    const bytes = unpacked(files["shapes latest"]);
    for (let end = 0; end < bytes.length; end++) {
      expect(refusal(() => openHdf5(bytes.subarray(0, end)))).toMatch(/^HDF5: /);
    }
  });

  it("says if the data of a chunk differ from their checksum", () => {
    const bytes = unpacked(files["chunks earliest"]);
    const sums = openHdf5(bytes).get("some_sums")!;
    const chunk = Buffer.from(Float32Array.of(0, 1, 2, 10, 11, 12).buffer);
    const begin = Buffer.from(bytes).indexOf(chunk, Buffer.from(bytes).indexOf(chunk) + 1);
    expect(begin).toBeGreaterThan(0);
    for (let at = begin; at < begin + 28; at++) {
      bytes[at]! ^= 4;
      expect(refusal(() => numbers(sums))).toContain("damaged");
      bytes[at]! ^= 4;
    }
    expect(numbers(sums).data).toEqual(grid(5, 4));
  });

  it("says if compressed data differ from their checksum", () => {
    const reader = new Hdf5File(unpacked(files["types latest"]), new Budget(0)).reader(new Uint8Array(0));
    const small = new Uint8Array(deflateSync(Uint8Array.of(1, 2, 3, 4)));
    expect([...undoFilters(reader, small, [1], 0, 4, 1)]).toEqual([1, 2, 3, 4]);
    for (let at = small.length - 4; at < small.length; at++) {
      const changed = small.slice();
      changed[at]! ^= 16;
      refusal(() => undoFilters(reader, changed, [1], 0, 4, 1));
    }
  });
});

describe("a file made to fill memory", () => {
  /** Replaces a number of 8 bytes, which occurs in the file. */
  function replaced(name: Name, from: readonly number[], to: readonly number[]): Uint8Array {
    const bytes = unpacked(files[name]);
    const wide = (values: readonly number[]) => Buffer.from(new BigUint64Array(values.map(BigInt)).buffer);
    const at = Buffer.from(bytes).indexOf(wide(from));
    expect(at).toBeGreaterThan(0);
    bytes.set(wide(to), at);
    return bytes;
  }

  it("is refused before its memory is taken", () => {
    const before = process.memoryUsage().arrayBuffers;
    for (const huge of [2 ** 40, 2 ** 52, 2 ** 31]) {
      const bytes = replaced("chunks earliest", [5, 4], [huge, 4]);
      readsOrRefuses(() => readAll(openHdf5(bytes)));
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 26);
    }
  });
});
