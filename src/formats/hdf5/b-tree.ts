import type { Hdf5File, Hdf5Reader } from "./file.ts";

/**
 * Calls `visit` for each entry of the leaves of a B-tree of version 1.
 *
 * @param type 0 for groups, 1 for chunks
 * @param keySize bytes of a key
 * @param visit gets the key and the address of what it leads to
 */
export function walkTree(
  file: Hdf5File,
  address: number,
  type: number,
  keySize: number,
  visit: (key: Hdf5Reader, child: number) => void,
  level?: number,
): void {
  const reader = file.at(address);
  reader.expect("TREE");
  if (reader.uint(1) !== type) reader.fail();
  const own = reader.uint(1);
  if (level !== undefined && own !== level) reader.fail();
  const count = reader.uint(2);
  reader.address();
  reader.address();
  for (let i = 0; i < count; i++) {
    file.budget.take(64, "HDF5");
    const key = file.reader(reader.take(keySize));
    const child = reader.knownAddress();
    if (own > 0) walkTree(file, child, type, keySize, visit, own - 1);
    else visit(key, child);
  }
}

/** Bytes that hold a count up to a limit. */
const bytesFor = (limit: number) => (Math.floor(Math.log2(limit)) >> 3) + 1;

/** Calls `visit` for each record of a B-tree of version 2. */
export function walkRecords(
  file: Hdf5File,
  address: number,
  visit: (record: Hdf5Reader, type: number) => void,
): void {
  const header = file.at(address);
  header.expect("BTHD");
  header.version(0);
  const type = header.uint(1);
  const nodeSize = header.uint(4);
  const recordSize = header.uint(2);
  const depth = header.uint(2);
  header.take(2);
  const root = header.address();
  const rootCount = header.uint(2);
  if (root === undefined) return;
  // Of each level: the most records below a node, for the size of the counts of its parent.
  const leafMost = Math.floor((nodeSize - 10) / recordSize);
  if (!(leafMost >= 1) || depth > 16) header.fail();
  const countSize = bytesFor(leafMost);
  const pointers: number[] = [];
  let below = leafMost;
  for (let level = 1; level <= depth; level++) {
    const totalSize = level > 1 ? bytesFor(below) : 0;
    pointers.push(totalSize);
    const most = Math.floor(
      (nodeSize - 10 - (file.offsetSize + countSize + totalSize)) /
        (recordSize + file.offsetSize + countSize + totalSize),
    );
    below = (most + 1) * below + most;
    if (!(most >= 1) || below > 2 ** 50) header.fail();
  }

  const walk = (node: number, count: number, level: number) => {
    const reader = file.at(node, nodeSize);
    reader.expect(level ? "BTIN" : "BTLF");
    reader.version(0);
    if (reader.uint(1) !== type) reader.fail();
    const records = file.reader(reader.take(count * recordSize));
    for (let i = 0; i <= count; i++) {
      if (level) {
        const child = reader.knownAddress();
        const childCount = reader.uint(countSize);
        reader.uint(pointers[level - 1]!);
        walk(child, childCount, level - 1);
      }
      if (i < count) visit(file.reader(records.take(recordSize)), type);
    }
  };
  walk(root, rootCount, depth);
}
