import { show } from "../../schema.ts";
import { Budget } from "../byte-reader.ts";
import { countOf } from "../elements.ts";
import { walkRecords, walkTree } from "./b-tree.ts";
import { type Chunking, chunksOfIndex, chunksOfTree } from "./chunks.ts";
import { type Dataspace, decode, type Hdf5Value, readDataspace, readDatatype } from "./data.ts";
import { Hdf5File, type Hdf5Reader } from "./file.ts";
import { readFilters, undoFilters } from "./filters.ts";
import { globalHeaps, openFractalHeap, openLocalHeap } from "./heaps.ts";
import { MESSAGE, type Message, readMessages } from "./object-header.ts";

/** What all objects of a file share. */
interface Shared {
  readonly file: Hdf5File;
  readonly texts: (address: number, index: number) => Uint8Array;
  /** The objects that are open, by address. */
  readonly open: Map<number, Hdf5Object>;
}

/** A group or a dataset. Nothing is read before it is asked for. */
export class Hdf5Object {
  readonly #shared: Shared;
  readonly #messages: readonly Message[];
  #links: ReadonlyMap<string, number> | undefined;
  #attributes: ReadonlyMap<string, Uint8Array> | undefined;

  constructor(shared: Shared, address: number) {
    this.#shared = shared;
    this.#messages = readMessages(shared.file, address);
  }

  /** Whether it holds data. */
  get isDataset(): boolean {
    return this.#find(MESSAGE.layout) !== undefined;
  }

  /** Names in a group, in the file's order. Links to other files or paths are left out. */
  keys(): string[] {
    return [...this.#linked().keys()];
  }

  /** Returns the object at a path such as `a/b`; undefined if there is none. */
  get(path: string): Hdf5Object | undefined {
    let found: Hdf5Object | undefined = this;
    for (const name of path.split("/").filter(Boolean)) {
      const address: number | undefined = found.#linked().get(name);
      if (address === undefined) return undefined;
      found = openAt(this.#shared, address);
    }
    return found;
  }

  /** Names of the attributes. */
  attributeNames(): string[] {
    return [...this.#attributesByName().keys()];
  }

  /** Reads an attribute; undefined if there is none, or if its type is nothing that models need. */
  attribute(name: string): Hdf5Value | undefined {
    const bytes = this.#attributesByName().get(name);
    if (!bytes) return undefined;
    const { type, dataspace, data } = splitAttribute(this.#shared.file.reader(bytes));
    if (!type || !dataspace || type.kind === "opaque") return undefined;
    return decode(this.#shared.file, type, dataspace.shape, data, this.#shared.texts, name);
  }

  /**
   * Reads the data of a dataset.
   *
   * @param name names it in errors
   * @throws ERR_FORMAT if it is a group, or if its data are damaged or of a type that is not supported
   */
  read(name: string): Hdf5Value {
    const { file, texts } = this.#shared;
    const [space, type, layout] = [MESSAGE.dataspace, MESSAGE.datatype, MESSAGE.layout].map((one) =>
      this.#find(one),
    );
    if (!space || !type || !layout) return file.reader(new Uint8Array(0)).fail(`${show(name)} is no dataset`);
    const dataspace = readDataspace(space);
    const datatype = readDatatype(type);
    if (!dataspace || !datatype)
      return layout.fail(`${show(name)} has a type of elements that is not supported`);
    const { shape } = dataspace;
    const bfloat16 =
      datatype.kind === "opaque" && datatype.size === 2 && this.attribute("dtype") === "bfloat16";
    const size = countOf(shape, "HDF5", name) * datatype.size;
    const bytes = size ? this.#bytes(layout, dataspace, datatype.size, size) : new Uint8Array(0);
    return decode(file, bfloat16 ? { ...datatype, kind: "bfloat16" } : datatype, shape, bytes, texts, name);
  }

  #find(type: number): Hdf5Reader | undefined {
    const message = this.#messages.find((one) => one.type === type);
    return message && this.#shared.file.reader(message.bytes);
  }

  #bytes(layout: Hdf5Reader, { shape, most }: Dataspace, elementSize: number, size: number): Uint8Array {
    const { file } = this.#shared;
    const version = layout.version(3, 4, 5);
    const kind = layout.uint(1);
    if (kind === 0) return layout.take(layout.uint(2)).subarray(0, size);
    if (kind === 1)
      return file.at(layout.address() ?? layout.fail("a dataset was never written"), size).bytes;
    if (kind !== 2) return layout.fail(`a layout has kind ${kind}, expected 0 to 2`);
    const filters = this.#find(MESSAGE.filters);
    const pipeline = filters ? readFilters(filters) : [];
    const flags = version > 3 ? layout.uint(1) : 0;
    const rank = layout.uint(1) - 1;
    if (rank !== shape.length) layout.fail();
    const address = version === 3 ? layout.address() : undefined;
    const lengthSize = version === 3 ? 4 : layout.uint(1);
    const chunk = shape.map(() => layout.uint(lengthSize) || layout.fail());
    if (layout.uint(lengthSize) !== elementSize) layout.fail();
    const given: Chunking = { shape, most, chunk, elementSize, filtered: pipeline.length > 0 };
    const chunks =
      version > 3
        ? chunksOfIndex(layout, flags, given)
        : chunksOfTree(file, address ?? layout.fail("a dataset was never written"), given);
    const expected = shape.reduce((product, length, axis) => product * Math.ceil(length / chunk[axis]!), 1);
    if (chunks.length !== expected)
      layout.fail(`a dataset has ${chunks.length} chunks of ${expected}: the rest was never written`);
    file.budget.take(size, "HDF5");
    const output = new Uint8Array(size);
    const chunkSize = chunk.reduce((product, length) => product * length, elementSize);
    const seen = new Set<string>();
    for (const { place, address: at, size: stored, mask } of chunks) {
      const fits = place.every(
        (index, axis) => Number.isInteger(index) && index * chunk[axis]! < shape[axis]!,
      );
      if (!fits || seen.has(place.join())) layout.fail();
      seen.add(place.join());
      // Chunks that stick out may be stored without filters.
      const partial = flags & 1 && place.some((index, axis) => (index + 1) * chunk[axis]! > shape[axis]!);
      const raw = file.at(at, stored).bytes;
      const data = undoFilters(layout, raw, partial ? [] : pipeline, mask, chunkSize, elementSize);
      copyChunk(output, data, shape, chunk, place, elementSize);
    }
    return output;
  }

  #linked(): ReadonlyMap<string, number> {
    this.#links ??= this.#readLinks();
    return this.#links;
  }

  #readLinks(): ReadonlyMap<string, number> {
    const { file } = this.#shared;
    const links = new Map<string, number>();
    const add = (name: string, address: number | undefined) => {
      file.budget.take(128 + name.length, "HDF5");
      if (address !== undefined) links.set(name, address);
    };
    const table = this.#find(MESSAGE.symbolTable);
    if (table) readSymbols(file, table.knownAddress(), table.knownAddress(), add);
    for (const { type, bytes } of this.#messages) {
      if (type === MESSAGE.link) add(...readLink(file.reader(bytes)));
    }
    const info = this.#find(MESSAGE.linkInfo);
    if (info) {
      info.version(0);
      if (info.uint(1) & 1) info.take(8);
      walkDense(file, info, 4, 7, (bytes) => add(...readLink(file.reader(bytes))));
    }
    return links;
  }

  #attributesByName(): ReadonlyMap<string, Uint8Array> {
    this.#attributes ??= this.#readAttributes();
    return this.#attributes;
  }

  #readAttributes(): ReadonlyMap<string, Uint8Array> {
    const { file } = this.#shared;
    const attributes = new Map<string, Uint8Array>();
    const add = (bytes: Uint8Array) => {
      file.budget.take(128, "HDF5");
      attributes.set(splitAttribute(file.reader(bytes)).name, bytes);
    };
    for (const { type, bytes } of this.#messages) if (type === MESSAGE.attribute) add(bytes);
    const info = this.#find(MESSAGE.attributeInfo);
    if (info) {
      info.version(0);
      if (info.uint(1) & 1) info.take(2);
      walkDense(file, info, 0, 8, add);
    }
    return attributes;
  }
}

/** Calls `visit` for the objects of a fractal heap that a B-tree lists. @param skip bytes of a record before the identifier */
function walkDense(
  file: Hdf5File,
  info: Hdf5Reader,
  skip: number,
  idSize: number,
  visit: (bytes: Uint8Array) => void,
): void {
  const heap = info.address();
  const names = info.address();
  if (heap === undefined || names === undefined) return;
  const read = openFractalHeap(file, heap);
  walkRecords(file, names, (record) => {
    record.take(skip);
    visit(read(record.take(idSize)));
  });
}

function readSymbols(
  file: Hdf5File,
  tree: number,
  heap: number,
  add: (name: string, address: number | undefined) => void,
): void {
  const nameAt = openLocalHeap(file, heap);
  walkTree(file, tree, 0, file.lengthSize, (_, child) => {
    const node = file.at(child);
    node.expect("SNOD");
    node.version(1);
    node.take(1);
    const count = node.uint(2);
    for (let i = 0; i < count; i++) {
      const [name, address] = [node.uint(file.offsetSize), node.address()];
      const soft = node.uint(4) === 2;
      node.take(20);
      add(nameAt(name), soft ? undefined : address);
    }
  });
}

/** Reads a link message. The address is undefined if the link is soft or leads to another file. */
function readLink(reader: Hdf5Reader): [name: string, address: number | undefined] {
  reader.version(1);
  const flags = reader.uint(1);
  const kind = flags & 8 ? reader.uint(1) : 0;
  reader.take((flags & 4 ? 8 : 0) + (flags & 16 ? 1 : 0));
  const name = reader.text(reader.uint(1 << (flags & 3)));
  return [name, kind === 0 ? reader.address() : undefined];
}

function splitAttribute(reader: Hdf5Reader) {
  const version = reader.version(1, 2, 3);
  const flags = reader.uint(1);
  const sizes = [reader.uint(2), reader.uint(2), reader.uint(2)];
  if (version === 3) reader.take(1);
  if (version > 1 && flags) reader.fail("shared messages are not supported, such as named data types");
  const [name, type, space] = sizes.map((size) => {
    const part = reader.take(size);
    if (version === 1) reader.take(-size & 7);
    return reader.file.reader(part);
  });
  return {
    name: name!.text(name!.left).replace(/\0.*$/s, ""),
    type: readDatatype(type!),
    dataspace: readDataspace(space!),
    data: reader.take(reader.left),
  };
}

/** Copies the rows of a chunk that lie inside of the dataset. */
function copyChunk(
  output: Uint8Array,
  data: Uint8Array,
  shape: readonly number[],
  chunk: readonly number[],
  place: readonly number[],
  elementSize: number,
): void {
  const last = shape.length - 1;
  const begins = place.map((index, axis) => index * chunk[axis]!);
  const lengths = chunk.map((length, axis) => Math.min(length, shape[axis]! - begins[axis]!));
  const copyAxis = (axis: number, from: number, to: number) => {
    const [offset, length] = [begins[axis]!, lengths[axis]!];
    if (axis === last) {
      const start = from * chunk[axis]! * elementSize;
      const end = start + length * elementSize;
      output.set(data.subarray(start, end), (to * shape[axis]! + offset) * elementSize);
      return;
    }
    for (let i = 0; i < length; i++)
      copyAxis(axis + 1, from * chunk[axis]! + i, to * shape[axis]! + offset + i);
  };
  copyAxis(0, 0, 0);
}

function openAt(shared: Shared, address: number): Hdf5Object {
  const open = shared.open.get(address) ?? new Hdf5Object(shared, address);
  shared.open.set(address, open);
  return open;
}

/**
 * Opens an HDF5 file and returns its root group.
 *
 * @param budget pays for what is read; default: one for the size of the file
 * @throws ERR_FORMAT if it is no HDF5 file, or cut off. Methods of objects throw it if their part of the file is damaged
 */
export function openHdf5(bytes: Uint8Array, budget = new Budget(bytes.length)): Hdf5Object {
  const file = new Hdf5File(bytes, budget);
  return openAt({ file, texts: globalHeaps(file), open: new Map() }, file.root);
}
