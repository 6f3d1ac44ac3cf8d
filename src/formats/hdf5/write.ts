import { UnrolledError } from "../../errors.ts";
import { sizeOf } from "../../runtime/shapes.ts";
import { show } from "../../schema.ts";
import { MESSAGE } from "./object-header.ts";

/** Texts that belong to a group or dataset, by name. */
export type Hdf5Attributes = Readonly<Record<string, string | readonly string[]>>;

/** A dataset to write: float32 numbers in C order. */
export interface Hdf5Dataset {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A group to write. */
export interface Hdf5Group {
  readonly attributes?: Hdf5Attributes;
  /** Groups and datasets by name. A name has no slash. */
  readonly members: Readonly<Record<string, Hdf5Group | Hdf5Dataset>>;
}

/** An address that says that there is nothing. */
const NOWHERE = 2n ** 64n - 1n;
/** Half of the children that a node of a B-tree has room for. */
const TREE_K = 16;
const SUPERBLOCK_SIZE = 96;
const SYMBOL_SIZE = 40;
/** Maximum size of a message, whose length has 16 bits and is a multiple of 8. */
const MAX_MESSAGE = 65_528;

const encoder = new TextEncoder();

/** Returns the next multiple of 8. */
const padded = (size: number) => (size + 7) & ~7;

/** Collects little-endian numbers. */
class Block {
  #bytes: number[] = [];

  get size(): number {
    return this.#bytes.length;
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** Adds unsigned numbers of `size` bytes. */
  uint(size: number, ...values: (number | bigint)[]): this {
    for (const value of values) {
      for (let i = 0, left = BigInt(value); i < size; i++, left >>= 8n) this.#bytes.push(Number(left & 255n));
    }
    return this;
  }

  add(bytes: Uint8Array): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  text(text: string): this {
    return this.add(encoder.encode(text));
  }

  /** Adds zeros up to a multiple of 8, or up to `size`. */
  pad(size = padded(this.size)): this {
    while (this.size < size) this.#bytes.push(0);
    return this;
  }
}

/** A dataspace message of version 1. */
function dataspace(shape: readonly number[]): Uint8Array {
  return new Block()
    .uint(1, 1, shape.length, 0, 0)
    .uint(4, 0)
    .uint(8, ...shape).bytes;
}

/** The datatype message of IEEE float32, little-endian: sign at bit 31, exponent of 8 bits at 23 with bias 127, mantissa of 23 bits. */
const FLOAT32 = new Block()
  .uint(1, 0x11, 0x20, 31, 0)
  .uint(4, 4)
  .uint(2, 0, 32)
  .uint(1, 23, 8, 0, 23)
  .uint(4, 127).bytes;

/** The datatype message of texts of a fixed size in UTF-8, which zeros fill up. */
const textType = (size: number) => new Block().uint(1, 0x13, 0x11, 0, 0).uint(4, size).bytes;

/** An attribute message of version 1. */
function attribute(name: string, value: string | readonly string[]): Uint8Array {
  const single = typeof value === "string";
  const texts = (single ? [value] : value).map((text) => encoder.encode(text));
  const size = Math.max(1, ...texts.map(({ length }) => length));
  const key = encoder.encode(`${name}\0`);
  const [type, space] = [textType(size), dataspace(single ? [] : [texts.length])];
  const block = new Block().uint(1, 1, 0).uint(2, key.length, type.length, space.length);
  for (const part of [key, type, space]) block.add(part).pad();
  for (const text of texts) {
    const end = block.size + size;
    block.add(text).pad(end);
  }
  return block.bytes;
}

/** An object header of version 1, with messages as type and contents. */
function header(messages: readonly (readonly [type: number, bytes: Uint8Array])[]): Uint8Array {
  const list = new Block();
  for (const [type, bytes] of messages) {
    list.uint(2, type, padded(bytes.length)).uint(4, 0).add(bytes).pad();
  }
  return new Block().uint(1, 1, 0).uint(2, messages.length).uint(4, 1, list.size, 0).add(list.bytes).bytes;
}

function attributeMessages(attributes: Hdf5Attributes = {}) {
  return Object.entries(attributes).map(([name, value]) => {
    const bytes = attribute(name, value);
    if (bytes.length <= MAX_MESSAGE) return [MESSAGE.attribute, bytes] as const;
    throw new UnrolledError(
      "ERR_VALUE",
      `HDF5: attribute ${show(name)} has ${bytes.length} bytes, expected at most ${MAX_MESSAGE}`,
    );
  });
}

/** Where a group begins, and where its table of members is. */
interface Place {
  readonly header: number;
  readonly tree: number;
  readonly heap: number;
}

/** Lays out a file: blocks one after the other, each at a multiple of 8. */
class Writer {
  readonly #parts: Uint8Array[] = [];
  #end = SUPERBLOCK_SIZE;
  /** Half of the symbols that a leaf has room for: each group has one leaf. */
  readonly #leafK: number;

  constructor(leafK: number) {
    this.#leafK = leafK;
  }

  /** Adds a block. @returns its address */
  #put(bytes: Uint8Array): number {
    const at = this.#end;
    this.#parts.push(bytes, new Uint8Array(padded(bytes.length) - bytes.length));
    this.#end = at + padded(bytes.length);
    return at;
  }

  dataset({ shape, data }: Hdf5Dataset, name: string): number {
    if (sizeOf(shape) !== data.length) {
      throw new UnrolledError("ERR_SHAPE", `HDF5: ${show(name)} is [${shape}] with ${data.length} numbers`);
    }
    const bytes = new Uint8Array(data.length * 4);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < data.length; i++) view.setFloat32(i * 4, data[i]!, true);
    const at = data.length ? BigInt(this.#put(bytes)) : NOWHERE;
    return this.#put(
      header([
        [MESSAGE.dataspace, dataspace(shape)],
        [MESSAGE.datatype, FLOAT32],
        [MESSAGE.layout, new Block().uint(1, 3, 1).uint(8, at, bytes.length).bytes],
      ]),
    );
  }

  group({ attributes, members }: Hdf5Group): Place {
    const entries = Object.entries(members).map(([name, member]) => {
      if (!name || name.includes("/")) {
        throw new UnrolledError("ERR_VALUE", `HDF5: the name ${show(name)}, expected one without a slash`);
      }
      const place = "members" in member ? this.group(member) : { header: this.dataset(member, name) };
      return { name: encoder.encode(name), place };
    });
    entries.sort((one, other) => compareBytes(one.name, other.name));
    // The heap begins with the empty name, which is the first key of the tree.
    const names = new Block().uint(8, 0);
    const symbols = new Block().text("SNOD").uint(1, 1, 0).uint(2, entries.length);
    let last = 0;
    for (const { name, place } of entries) {
      last = names.size;
      names.add(name).uint(1, 0).pad();
      symbols.uint(8, last, place.header);
      if ("tree" in place) symbols.uint(4, 1, 0).uint(8, place.tree, place.heap);
      else symbols.uint(4, 0, 0).uint(8, 0, 0);
    }
    const leaf = this.#put(symbols.pad(8 + 2 * this.#leafK * SYMBOL_SIZE).bytes);
    const list = this.#put(names.bytes);
    // A free list of 1 says that nothing is free.
    const heap = this.#put(new Block().text("HEAP").uint(4, 0).uint(8, names.size, 1, list).bytes);
    const node = new Block()
      .text("TREE")
      .uint(1, 0, 0)
      .uint(2, Number(entries.length > 0));
    node.uint(8, NOWHERE, NOWHERE);
    if (entries.length) node.uint(8, 0, leaf, last);
    const tree = this.#put(node.pad(24 + (4 * TREE_K + 1) * 8).bytes);
    const table = new Block().uint(8, tree, heap).bytes;
    return {
      header: this.#put(header([[MESSAGE.symbolTable, table], ...attributeMessages(attributes)])),
      ...{ tree, heap },
    };
  }

  finish(root: Place): Uint8Array<ArrayBuffer> {
    const superblock = new Block()
      .add(Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10))
      .uint(1, 0, 0, 0, 0, 0, 8, 8, 0)
      .uint(2, this.#leafK, TREE_K)
      .uint(4, 0)
      .uint(8, 0, NOWHERE, this.#end, NOWHERE)
      .uint(8, 0, root.header)
      .uint(4, 1, 0)
      .uint(8, root.tree, root.heap).bytes;
    const file = new Uint8Array(this.#end);
    let at = 0;
    for (const part of [superblock, ...this.#parts]) {
      file.set(part, at);
      at += part.length;
    }
    return file;
  }
}

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const at = one.findIndex((byte, i) => byte !== other[i]);
  return at < 0 ? one.length - other.length : one[at]! - (other[at] ?? -1);
}

/** Returns the number of members of the largest group. */
function largest({ members }: Hdf5Group): number {
  const own = Object.values(members);
  return Math.max(own.length, ...own.map((member) => ("members" in member ? largest(member) : 0)));
}

/**
 * Writes an HDF5 file of the oldest form, which every version of HDF5 reads: superblock 0, groups with symbol tables, contiguous
 * datasets of float32, and attributes that are texts of a fixed size
 * (support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html).
 *
 * @throws ERR_VALUE if a name is empty or has a slash, or an attribute has more than 65,528 bytes; ERR_SHAPE if a dataset has more or
 *   fewer numbers than its shape says
 */
export function writeHdf5(root: Hdf5Group): Uint8Array<ArrayBuffer> {
  const writer = new Writer(Math.max(4, Math.ceil(largest(root) / 2)));
  return writer.finish(writer.group(root));
}
