import { walkRecords } from "./b-tree.ts";
import type { Hdf5File } from "./file.ts";

/** Returns a function that reads a name of a local heap by its offset. */
export function openLocalHeap(file: Hdf5File, address: number): (offset: number) => string {
  const header = file.at(address);
  header.expect("HEAP");
  header.version(0);
  header.take(3);
  const size = header.length();
  header.length();
  const data = file.at(header.knownAddress(), size);
  return (offset) => {
    const end = data.bytes.indexOf(0, offset);
    if (end < 0) data.fail();
    file.budget.take(end - offset, "HDF5");
    data.position = offset;
    return data.text(end - offset);
  };
}

/** Returns a function that reads an object of a global heap, kept so that each collection is read once. */
export function globalHeaps(file: Hdf5File): (address: number, index: number) => Uint8Array {
  const collections = new Map<number, ReadonlyMap<number, Uint8Array>>();
  const open = (address: number) => {
    const objects = new Map<number, Uint8Array>();
    const reader = file.at(address);
    reader.expect("GCOL");
    reader.version(1);
    reader.take(3);
    const size = reader.length();
    const objectsIn = file.reader(reader.take(size - reader.position));
    while (objectsIn.left >= 8 + file.lengthSize) {
      const index = objectsIn.uint(2);
      if (!index) break; // free space
      objectsIn.take(6);
      const length = objectsIn.length();
      file.budget.take(128, "HDF5");
      objects.set(index, objectsIn.take(length));
      objectsIn.take(Math.min(objectsIn.left, -length & 7));
    }
    collections.set(address, objects);
    return objects;
  };
  return (address, index) => {
    const found = (collections.get(address) ?? open(address)).get(index);
    return found ?? file.at(address).fail();
  };
}

/**
 * Returns a function that reads an object of a fractal heap by its identifier. Groups with many links or attributes have one.
 */
export function openFractalHeap(file: Hdf5File, address: number): (id: Uint8Array) => Uint8Array {
  const header = file.at(address);
  header.expect("FRHP");
  header.version(0);
  header.take(2);
  const filters = header.uint(2);
  header.take(1);
  const mostManaged = header.uint(4);
  header.length();
  const hugeTree = header.address();
  header.length();
  header.address();
  for (let i = 0; i < 8; i++) header.length();
  const width = header.uint(2);
  const firstSize = header.length();
  const mostDirect = header.length();
  const offsetBits = header.uint(2);
  header.take(2);
  const root = header.address();
  const rootRows = header.uint(2);
  const offsetSize = (offsetBits + 7) >> 3;
  const powers = [firstSize, mostDirect].every((size) => size > 0 && Number.isInteger(Math.log2(size)));
  if (!powers || offsetBits > 48 || !width || mostDirect < firstSize) header.fail();
  if (filters) header.fail("compressed links or attributes are not supported");
  const bits = (size: number) => (Math.log2(size) + 7) >> 3;
  const lengthSize = Math.min(bits(mostDirect), bits(2 ** Math.floor(Math.log2(Math.max(1, mostManaged)))));
  const sizeOfRow = (row: number) => firstSize * 2 ** Math.max(0, row - 1);
  const directRows = Math.log2(mostDirect / firstSize) + 2;

  /** Finds the direct block of an offset, and where it begins. */
  const find = (offset: number): { block: number; begin: number; size: number } => {
    if (root === undefined) return header.fail();
    if (!rootRows) return { block: root, begin: 0, size: firstSize };
    let block = root;
    let rows = rootRows;
    let begin = 0;
    for (;;) {
      const reader = file.at(block);
      reader.expect("FHIB");
      reader.version(0);
      reader.take(file.offsetSize + offsetSize);
      let row = 0;
      while (row < rows && offset >= begin + width * sizeOfRow(row)) begin += width * sizeOfRow(row++);
      if (row === rows) return header.fail();
      const size = sizeOfRow(row);
      const column = Math.floor((offset - begin) / size);
      reader.take((row * width + column) * file.offsetSize);
      block = reader.knownAddress();
      begin += column * size;
      if (row < directRows) return { block, begin, size };
      rows = Math.log2(size / (firstSize * width)) + 1;
    }
  };

  const managed = (offset: number, length: number) => {
    const { block, begin, size } = find(offset);
    const reader = file.at(block, size);
    reader.expect("FHDB");
    reader.take(offset - begin - 4);
    file.budget.take(length, "HDF5");
    return reader.take(length);
  };

  const huge = (id: number) => {
    let found: Uint8Array | undefined;
    if (hugeTree !== undefined) {
      walkRecords(file, hugeTree, (record) => {
        const [at, length] = [record.knownAddress(), record.length()];
        if (record.length() === id) found = file.at(at, length).bytes;
      });
    }
    return found ?? header.fail();
  };

  return (id) => {
    const reader = file.reader(id);
    const kind = (reader.uint(1) >> 4) & 3;
    if (kind === 0) return managed(reader.uint(offsetSize), reader.uint(lengthSize));
    if (kind === 1) return huge(reader.uint(Math.min(8, reader.left)));
    return reader.take((id[0]! & 15) + 1);
  };
}
