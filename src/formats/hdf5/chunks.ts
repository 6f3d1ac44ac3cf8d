import { walkRecords, walkTree } from "./b-tree.ts";
import { readExtensibleArray, readFixedArray } from "./chunk-arrays.ts";
import type { Hdf5File, Hdf5Reader } from "./file.ts";

/** A chunk of a dataset. */
export interface Chunk {
  /** Its place among the chunks, along each axis. */
  readonly place: readonly number[];
  readonly address: number;
  /** Bytes in the file. */
  readonly size: number;
  /** A bit for each filter that was left out. */
  readonly mask: number;
}

/** How a dataset is divided. */
export interface Chunking {
  readonly shape: readonly number[];
  /** The largest shape that it may have, with Infinity if it can grow without end. */
  readonly most: readonly number[];
  readonly chunk: readonly number[];
  readonly elementSize: number;
  readonly filtered: boolean;
}

/** Finds the chunks by the B-tree of version 1, of layouts of version 3. */
export function chunksOfTree(file: Hdf5File, address: number, { chunk }: Chunking): Chunk[] {
  const found: Chunk[] = [];
  walkTree(file, address, 1, 8 + 8 * (chunk.length + 1), (key, child) => {
    const [size, mask] = [key.uint(4), key.uint(4)];
    const place = chunk.map((length) => key.uint(8) / length);
    found.push({ place, address: child, size, mask });
  });
  return found;
}

/** Finds the chunks by one of the indexes of layouts of version 4. @param reader stands at the kind of index */
export function chunksOfIndex(reader: Hdf5Reader, flags: number, given: Chunking): Chunk[] {
  const { file } = reader;
  const { shape, most, chunk, elementSize, filtered } = given;
  const kind = reader.uint(1);
  const full = chunk.reduce((product, length) => product * length, elementSize);
  const counts = most.map((length, axis) => Math.ceil(length / chunk[axis]!));
  const placeOf = (index: number, order = counts) => {
    const place = order.map(() => 0);
    for (let axis = order.length - 1; axis >= 0; axis--) {
      place[axis] = index % order[axis]!;
      index = Math.floor(index / order[axis]!);
    }
    return place;
  };
  if (kind === 1) {
    const alone = (flags & 2) > 0;
    const [size, mask] = alone ? [reader.length(), reader.uint(4)] : [full, 0];
    return [{ place: placeOf(0), address: reader.knownAddress(), size, mask }];
  }
  if (kind === 2) {
    const address = reader.knownAddress();
    const total = counts.reduce((product, count) => product * count, 1);
    file.budget.take(total * 64, "HDF5");
    return Array.from({ length: total }, (_, i) => ({
      place: placeOf(i),
      address: address + i * full,
      size: full,
      mask: 0,
    })).filter(({ place }) => place.every((index, axis) => index * chunk[axis]! < shape[axis]!));
  }
  const found: Chunk[] = [];
  /** Reads an entry of an index: the address and, if there are filters, the size. */
  const readChunk = (entry: Hdf5Reader, sizeBytes: number, place: () => readonly number[]) => {
    file.budget.take(64, "HDF5");
    const address = entry.address();
    const [size, mask] = filtered ? [entry.uint(sizeBytes), entry.uint(4)] : [full, 0];
    if (address !== undefined) found.push({ place: place(), address, size, mask });
  };
  if (kind === 5) {
    reader.take(6);
    const rest = file.offsetSize + 8 * shape.length + 4;
    walkRecords(file, reader.knownAddress(), (record, type) => {
      if (type !== (filtered ? 11 : 10)) record.fail();
      const sizeBytes = record.left - rest;
      readChunk(record, sizeBytes, () => shape.map(() => record.uint(8)));
    });
    return found;
  }
  if (kind === 3 || kind === 4) {
    reader.take(kind === 3 ? 1 : 5);
    // The axis that grows counts last.
    const grows = Math.max(0, counts.indexOf(Number.POSITIVE_INFINITY));
    const order = [counts[grows]!, ...counts.filter((_, axis) => axis !== grows)];
    const placeAt = (i: number) => {
      const [along, ...others] = placeOf(i, order);
      return [...others.slice(0, grows), along!, ...others.slice(grows)];
    };
    (kind === 3 ? readFixedArray : readExtensibleArray)(file, reader.knownAddress(), (entry, i) =>
      readChunk(entry, entry.left - file.offsetSize - 4, () => placeAt(i)),
    );
    return found;
  }
  return reader.fail(`an index of chunks has kind ${kind}, expected 1 to 5`);
}
