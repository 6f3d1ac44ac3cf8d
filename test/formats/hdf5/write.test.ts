import { expect, it } from "vitest";
import { openHdf5 } from "../../../src/formats/hdf5/object.ts";
import { type Hdf5Group, writeHdf5 } from "../../../src/formats/hdf5/write.ts";

const data = (count: number) => Float32Array.from({ length: count }, (_, i) => i / 7 - 3);

const file: Hdf5Group = {
  attributes: { title: "a ü model", names: ["z", "lstm", "ä"], none: [] },
  members: {
    z: { attributes: { weight_names: [] }, members: {} },
    lstm: { members: { "kernel:0": { shape: [2, 3], data: data(6) }, bias: { shape: [3], data: data(3) } } },
    ä: {
      members: Object.fromEntries(
        Array.from({ length: 40 }, (_, i) => [`w${i}`, { shape: [i], data: data(i) }]),
      ),
    },
  },
};

it("writes groups, datasets and texts that the reader reads", () => {
  const root = openHdf5(writeHdf5(file));
  expect(root.keys()).toEqual(["lstm", "z", "ä"]);
  expect(root.attribute("title")).toBe("a ü model");
  expect(root.attribute("names")).toEqual(["z", "lstm", "ä"]);
  expect(root.attribute("none")).toEqual([]);
  expect(root.get("z")!.keys()).toEqual([]);
  expect(root.get("z")!.attribute("weight_names")).toEqual([]);
  expect(root.get("lstm/kernel:0")!.read("kernel")).toEqual({
    dtype: "float32",
    shape: [2, 3],
    data: data(6),
  });
  const many = root.get("ä")!;
  expect(many.keys()).toHaveLength(40);
  for (let i = 1; i < 40; i++)
    expect(many.get(`w${i}`)!.read("w")).toMatchObject({ shape: [i], data: data(i) });
});

it("aligns everything to 8 bytes and ends where the superblock says", () => {
  const bytes = writeHdf5(file);
  expect(bytes.length % 8).toBe(0);
  expect(new DataView(bytes.buffer).getBigUint64(40, true)).toBe(BigInt(bytes.length));
});

it("refuses what the format cannot say", () => {
  const one =
    (member: Hdf5Group["members"][string], name = "x") =>
    () =>
      writeHdf5({ members: { [name]: member } });
  expect(one({ members: {} }, "a/b")).toThrow('HDF5: the name "a/b", expected one without a slash');
  expect(one({ members: {} }, "")).toThrow('HDF5: the name "", expected one without a slash');
  expect(one({ shape: [2], data: data(3) })).toThrow('HDF5: "x" is [2] with 3 numbers');
  expect(() => writeHdf5({ attributes: { text: "x".repeat(70_000) }, members: {} })).toThrow(
    'HDF5: attribute "text" has 70032 bytes, expected at most 65528',
  );
});
